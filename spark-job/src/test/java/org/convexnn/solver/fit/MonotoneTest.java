package org.convexnn.solver.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.convexnn.loss.RegressionLoss;
import org.convexnn.network.FeatureConstraints;
import org.convexnn.network.Forest;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.LeafModel;
import org.convexnn.network.LeafPenalty;
import org.convexnn.network.Network;
import org.convexnn.network.Tree;
import org.convexnn.network.WeightLayout;
import org.convexnn.network.leaf.LeafOrder;
import org.convexnn.solver.Progress;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.TraceRecord;
import org.convexnn.solver.Training;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.method.ConsensusSolver;
import org.convexnn.solver.program.PassCounter;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.rows.LocalRows;
import org.convexnn.solver.setup.Preparation;
import org.convexnn.solver.setup.PreparedData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ojalgo.matrix.store.R064Store;
import org.ojalgo.optimisation.Optimisation;
import org.ojalgo.optimisation.convex.ConvexSolver;

/** Networks held to be monotone: closed forms, ojAlgo's optimum, bounds at every record, every point. */
class MonotoneTest {

  private static final int FEATURES = 3;
  private static final FeatureConstraints RISES_AND_FALLS =
      new FeatureConstraints(List.of(1, -1, 0), List.of());

  /** A fit of given trees. */
  private static final class Trained implements AutoCloseable {
    private final GatedModel model;
    private final ProgramFit fit;
    private final RunLog log;

    Trained(
        Training training,
        LocalRows rows,
        GateSet gates,
        double a,
        FeatureConstraints constraints) {
      training.gates = 0;
      TrainingOptions options =
          training
              .options()
              .with(a, TrainingOptions.Leaves.of(LeafModel.CONSTANT).held(constraints));
      PreparedData prepared = Preparation.of(rows, options);
      log = new RunLog(Progress.SILENT, new PassCounter(), prepared.groups(options), 1e-9);
      model =
          GatedModel.of(rows, rows.activate(gates, prepared.map()), options, prepared, gates, log);
      fit =
          new ProgramFit(model, new SolverChoice(model, false), model.problem(prepared.allRows()));
      fit.begin(fit.skip());
    }

    Solver.Solution solve(double beta, double tol, int passes) {
      return new ConsensusSolver()
          .solve(
              fit.problem(),
              beta,
              fit.start(),
              new Solver.Stopping(tol, passes, 1e-9),
              log.watch("solve", beta, fit.problem().groups()));
    }

    Network network(Solver.Solution found) {
      return model.network(fit.problem().coordinates(), found.weights());
    }

    @Override
    public void close() {
      model.close();
    }
  }

  private static Tree randomTree(Random random, int nodes, int features) {
    int[] feature = new int[nodes];
    double[] threshold = new double[nodes];
    int[] left = new int[nodes];
    int[] right = new int[nodes];
    List<int[]> open = new ArrayList<>();
    for (int node = 0; node < nodes; node++) {
      feature[node] = random.nextInt(features);
      threshold[node] = random.nextGaussian();
      if (node > 0) {
        int[] place = open.remove(random.nextInt(open.size()));
        (place[1] == 0 ? left : right)[place[0]] = node;
      }
      open.add(new int[] {node, 0});
      open.add(new int[] {node, 1});
    }
    int leaf = 0;
    for (int[] place : open) {
      (place[1] == 0 ? left : right)[place[0]] = ~leaf++;
    }
    return new Tree(feature, threshold, left, right);
  }

  private static GateSet forest(long seed, int trees, int nodes, int features, double farthest) {
    Random random = new Random(seed);
    List<Tree> grown = new ArrayList<>();
    for (int t = 0; t < trees; t++) {
      grown.add(randomTree(random, nodes, features));
    }
    int[] output = new int[trees];
    Arrays.fill(output, WeightLayout.ALL);
    Forest forest = new Forest(grown, LeafModel.CONSTANT, output);
    double[] weights = new double[forest.leaves()];
    Arrays.setAll(weights, i -> 0.5 + (i % 3));
    double[] centres = new double[farthest == 0 ? 0 : weights.length];
    Arrays.setAll(centres, i -> farthest * ((i % 5) - 2) / 2);
    return new GateSet(
        HalfSpaces.none(FEATURES), List.of(), forest.with(new LeafPenalty(weights, centres)));
  }

  /** Of rows without order in any feature. */
  private static Training.Data data(long seed, int n) {
    Random random = new Random(seed);
    double[][] x = new double[n][FEATURES];
    double[] y = new double[n];
    for (int r = 0; r < n; r++) {
      for (int j = 0; j < FEATURES; j++) {
        x[r][j] = random.nextGaussian();
      }
      y[r] = Math.sin(2 * x[r][0]) + x[r][1] * x[r][1] - x[r][2] + 0.3 * random.nextGaussian();
    }
    return new Training.Data(x, y, Training.ones(n));
  }

  /** Some label that a loss takes, of the same signal. */
  private static Training.Data labelled(String task, long seed, int n) {
    Training.Data data = data(seed, n);
    double[] y = new double[n];
    for (int r = 0; r < n; r++) {
      y[r] =
          switch (task) {
            case "binary" -> data.y()[r] > 0 ? 1 : 0;
            case "poisson" -> Math.floor(2 * Math.exp(0.3 * data.y()[r]));
            case "gamma" -> Math.exp(0.3 * data.y()[r]);
            default -> data.y()[r];
          };
    }
    return new Training.Data(data.x(), y, data.w());
  }

  private static Training training(String task) {
    return switch (task) {
      case "binary" -> Training.binary();
      case "regression" -> Training.regression();
      default -> Training.regression(RegressionLoss.Kind.of(task));
    };
  }

  /** One tree of one feature: means of leaves, shrunk, pooled from below. */
  @Test
  void oneFeatureIsPooled() {
    Training training = Training.regression();
    training.intercept = false;
    Training.Data data = data(1, 400);
    GateSet gates = forest(5, 1, 15, 1, 0);
    FeatureConstraints rises = new FeatureConstraints(List.of(1), List.of());
    double beta = 0.05;
    try (Trained trained = new Trained(training, data.rows(400), gates, 0, rises)) {
      double[] v = trained.network(trained.solve(beta, 1e-9, 200)).weights();
      PreparedData prepared = trained.model.prepared();
      Tree tree = gates.trees().get(0);
      int leaves = tree.leaves();
      double[] lowest = new double[leaves];
      Arrays.fill(lowest, Double.POSITIVE_INFINITY);
      double[] h = new double[leaves];
      double[] force = new double[leaves];
      for (int r = 0; r < data.y().length; r++) {
        int l = tree.leaf(data.x()[r]);
        lowest[l] = Math.min(lowest[l], data.x()[r][0]);
        h[l] += 1.0 / data.y().length;
        force[l] += (data.y()[r] - prepared.shift()) / prepared.scale() / data.y().length;
      }
      int[] ascending =
          IntStream.range(0, leaves)
              .filter(l -> h[l] > 0)
              .boxed()
              .sorted((k, l) -> Double.compare(lowest[k], lowest[l]))
              .mapToInt(l -> l)
              .toArray();
      for (int l = 0; l < leaves; l++) {
        double w = gates.forest().penalty().weights()[l];
        h[l] += beta * w * w * (1.03 * h[l] + 2e-5);
      }
      // max over starts of min over ends of the mean between (Barlow et al. 1972, 1.9).
      for (int k = 0; k < ascending.length; k++) {
        double most = Double.NEGATIVE_INFINITY;
        for (int from = 0; from <= k; from++) {
          double least = Double.POSITIVE_INFINITY;
          double sum = 0;
          double weight = 0;
          for (int to = from; to < ascending.length; to++) {
            sum += force[ascending[to]];
            weight += h[ascending[to]];
            least = to >= k ? Math.min(least, sum / weight) : least;
          }
          most = Math.max(most, least);
        }
        int at = trained.fit.problem().coordinates().layout().start(ascending[k]);
        assertThat(v[at]).isCloseTo(most, within(1e-5));
      }
    }
  }

  /** The program as a quadratic one in [b, leaf values v, bounds of {@code |v - c|}]. */
  private static double byOjAlgo(
      Trained trained, Training training, Training.Data data, double a, double beta) {
    GateSet gates = trained.model.gates();
    PreparedData prepared = trained.model.prepared();
    LeafPenalty penalty = gates.forest().penalty();
    LeafOrder order = LeafOrder.of(gates.forest(), RISES_AND_FALLS);
    int leaves = gates.size();
    int n = data.y().length;
    double[] scales = trained.fit.problem().groups().cone().scales();
    double[] centres = penalty.centres().length == 0 ? new double[leaves] : penalty.centres();
    int size = 1 + 2 * leaves;
    R064Store design = R064Store.FACTORY.make(n, size);
    double[] labels = new double[n];
    double value = 0;
    for (int r = 0; r < n; r++) {
      double root = Math.sqrt(1.0 / n);
      labels[r] =
          root * ((data.y()[r] - prepared.shift()) / prepared.scale() - prepared.offset()[0]);
      value += 0.5 * labels[r] * labels[r];
      design.set(r, 0, root);
      int first = 0;
      for (Tree tree : gates.trees()) {
        design.set(r, 1 + first + tree.leaf(data.x()[r]), root);
        first += tree.leaves();
      }
    }
    var hessian = design.transpose().multiply(design).copy();
    double[] linear = design.transpose().multiply(R064Store.FACTORY.column(labels)).toRawCopy1D();
    hessian.add(0, 0, training.skipRidge);
    List<double[]> rows = new ArrayList<>();
    List<Double> most = new ArrayList<>();
    for (int i = 0; i < leaves; i++) {
      double square = beta * (1 - a) / (scales[i] * scales[i]);
      hessian.add(1 + i, 1 + i, square);
      hessian.add(1 + leaves + i, 1 + leaves + i, 1e-10);
      linear[1 + i] += square * centres[i];
      linear[1 + leaves + i] -= beta * a / scales[i];
      value += 0.5 * square * centres[i] * centres[i];
      for (int sign = -1; sign <= 1; sign += 2) {
        double[] row = new double[size];
        row[1 + i] = sign;
        row[1 + leaves + i] = -1;
        rows.add(row);
        most.add(sign * centres[i]);
      }
    }
    for (int t = 0; t < gates.trees().size(); t++) {
      int[] pairs = order.pairs(t);
      for (int p = 0; p < pairs.length; p += 2) {
        double[] row = new double[size];
        row[1 + order.first()[t] + pairs[p]] = 1;
        row[1 + order.first()[t] + pairs[p + 1]] = -1;
        rows.add(row);
        most.add(0.0);
      }
    }
    Optimisation.Result result =
        ConvexSolver.newBuilder()
            .objective(hessian, R064Store.FACTORY.column(linear))
            .inequalities(
                R064Store.FACTORY.rows(rows.toArray(double[][]::new)),
                R064Store.FACTORY.column(most.stream().mapToDouble(d -> d).toArray()))
            .build()
            .solve();
    assertThat(result.getState().isOptimal()).isTrue();
    double[] x = result.toRawCopy1D();
    for (int i = 0; i < size; i++) {
      value -= linear[i] * x[i];
      for (int j = 0; j < size; j++) {
        value += 0.5 * hessian.doubleValue(i, j) * x[i] * x[j];
      }
    }
    return value;
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.5, 0", "1, 0", "0, 0.6", "0.4, 0.6"})
  void theOptimumIsThatOfAQuadraticSolver(double a, double farthest) {
    Training training = Training.regression();
    Training.Data data = data(11, 480);
    GateSet gates = forest(7, 6, 6, FEATURES, farthest);
    for (int blockRows : new int[] {480, 160, 30}) {
      try (Trained trained =
          new Trained(training, data.rows(blockRows), gates, a, RISES_AND_FALLS)) {
        double beta = a == 0 ? 0.01 : 0.1 * trained.fit.betaMax();
        double optimum = byOjAlgo(trained, training, data, a, beta);
        Solver.Solution found = trained.solve(beta, 1e-6, 4000);
        if (found.reason() != StopReason.GAP)
          for (TraceRecord rr : trained.log.trace())
            System.out.println(
                "DBG " + a + " " + farthest + " " + blockRows + " " + optimum + " " + rr);
        assertThat(found.reason()).isEqualTo(StopReason.GAP);
        assertThat(found.upper()).isCloseTo(optimum, within(3e-6 * optimum));
        for (TraceRecord record : trained.log.trace()) {
          assertThat(record.dualBound()).isLessThanOrEqualTo(optimum * (1 + 1e-7));
          assertThat(record.objective()).isGreaterThanOrEqualTo(optimum * (1 - 1e-7));
        }
        // Without the order there is a better network.
        try (Trained free =
            new Trained(training, data.rows(blockRows), gates, a, FeatureConstraints.NONE)) {
          assertThat(free.solve(beta, 1e-6, 4000).upper()).isLessThan(0.999 * optimum);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "binary, 0, 0",
    "binary, 0.5, 0.4",
    "poisson, 0, 0",
    "poisson, 0.3, 0.4",
    "gamma, 0, 0",
    "huber, 0.5, 0",
    "quantile, 0, 0"
  })
  void partitionsAgreeAndBoundsHold(String task, double a, double farthest) {
    Training training = training(task);
    Training.Data data = labelled(task, 3, 480);
    GateSet gates = forest(9, 8, 7, FEATURES, farthest);
    double[] uppers = new double[3];
    int[] blockRows = {480, 160, 30};
    for (int k = 0; k < 3; k++) {
      try (Trained trained =
          new Trained(training, data.rows(blockRows[k]), gates, a, RISES_AND_FALLS)) {
        double beta = a == 0 ? 0.01 : 0.05 * trained.fit.betaMax();
        Solver.Solution found = trained.solve(beta, 1e-5, 4000);
        if (found.reason() != StopReason.GAP)
          for (TraceRecord rr : trained.log.trace())
            System.out.println("DBG " + task + " " + blockRows[k] + " " + rr);
        assertThat(found.reason()).isEqualTo(StopReason.GAP);
        uppers[k] = found.upper();
        for (TraceRecord record : trained.log.trace()) {
          assertThat(record.dualBound()).isLessThanOrEqualTo(uppers[0] * (1 + 1e-9));
        }
        isMonotone(trained.network(found), data);
      }
    }
    assertThat(uppers[1]).isCloseTo(uppers[0], within(2e-5 * uppers[0]));
    assertThat(uppers[2]).isCloseTo(uppers[0], within(2e-5 * uppers[0]));
  }

  /** No violation, to the last bit, from any row or random point along a fine grid. */
  private static void isMonotone(Network network, Training.Data data) {
    var evaluator = network.evaluator();
    Random random = new Random(17);
    double[] f = new double[1];
    for (int trial = 0; trial < 200; trial++) {
      double[] point = data.x()[trial].clone();
      if (trial % 2 == 0) {
        Arrays.setAll(point, j -> 3 * random.nextGaussian());
      }
      for (int j = 0; j < FEATURES; j++) {
        int direction = RISES_AND_FALLS.direction(j);
        double last = Double.NEGATIVE_INFINITY;
        for (double value = -4; direction != 0 && value <= 4; value += 0.01) {
          double[] x = point.clone();
          x[j] = value;
          evaluator.evaluate(x, f);
          assertThat(direction * f[0]).isGreaterThanOrEqualTo(last);
          last = direction * f[0];
        }
      }
    }
  }

  @Test
  void aWeightOfTwoIsARowTwice() {
    Training training = Training.regression();
    Training.Data data = data(21, 150);
    double[] weights = new double[150];
    Arrays.setAll(weights, r -> 1 + r % 2);
    double[][] x = new double[225][];
    double[] y = new double[225];
    for (int r = 0, at = 0; r < 150; r++) {
      for (int k = 0; k < 1 + r % 2; k++, at++) {
        x[at] = data.x()[r];
        y[at] = data.y()[r];
      }
    }
    Training.Data twice = new Training.Data(x, y, Training.ones(225));
    GateSet gates = forest(23, 5, 6, FEATURES, 0);
    double[] uppers = new double[2];
    for (int k = 0; k < 2; k++) {
      Training.Data rows = k == 0 ? data.weights(weights) : twice;
      try (Trained trained = new Trained(training, rows.rows(60), gates, 0.2, RISES_AND_FALLS)) {
        uppers[k] = trained.solve(0.02, 1e-7, 4000).upper();
      }
    }
    assertThat(uppers[0]).isCloseTo(uppers[1], within(3e-7 * uppers[1]));
  }
}
