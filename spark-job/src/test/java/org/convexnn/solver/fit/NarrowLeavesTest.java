package org.convexnn.solver.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.convexnn.loss.Loss;
import org.convexnn.loss.RegressionLoss;
import org.convexnn.network.Forest;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.LeafModel;
import org.convexnn.network.LeafPenalty;
import org.convexnn.network.Tree;
import org.convexnn.network.WeightLayout;
import org.convexnn.solver.Progress;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.TraceRecord;
import org.convexnn.solver.Training;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingResult;
import org.convexnn.solver.method.ConsensusSolver;
import org.convexnn.solver.method.GradientSolver;
import org.convexnn.solver.path.FinalFit;
import org.convexnn.solver.program.PassCounter;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.rows.LocalRows;
import org.convexnn.solver.setup.Preparation;
import org.convexnn.solver.setup.PreparedData;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Trees of constant leaves: closed forms, two solvers, bounds at every record. */
class NarrowLeavesTest {

  private static final int FEATURES = 3;

  /** A fit of given trees. */
  private static final class Trained implements AutoCloseable {
    private final GatedModel model;
    private final ProgramFit fit;
    private final RunLog log;

    Trained(Training training, LocalRows rows, GateSet gates, double a) {
      training.gates = 0;
      TrainingOptions options = training.options();
      options = options.with(a, TrainingOptions.Leaves.of(LeafModel.CONSTANT));
      PreparedData prepared = Preparation.of(rows, options);
      log = new RunLog(Progress.SILENT, new PassCounter(), prepared.groups(options), 1e-9);
      GatedRows gated = rows.activate(gates, prepared.map());
      model = GatedModel.of(rows, gated, options, prepared, gates, log);
      fit =
          new ProgramFit(model, new SolverChoice(model, false), model.problem(prepared.allRows()));
      fit.begin(fit.skip());
    }

    Solver.Solution solve(Solver solver, double beta, double tol, int passes) {
      return solver.solve(
          fit.problem(),
          beta,
          fit.start(),
          new Solver.Stopping(tol, passes, 1e-9),
          log.watch("solve", beta, fit.problem().groups()));
    }

    @Override
    public void close() {
      model.close();
    }
  }

  private static Tree randomTree(Random random, int nodes) {
    int[] feature = new int[nodes];
    double[] threshold = new double[nodes];
    int[] left = new int[nodes];
    int[] right = new int[nodes];
    // A leaf that is open becomes a node.
    List<int[]> open = new ArrayList<>();
    for (int node = 0; node < nodes; node++) {
      feature[node] = random.nextInt(FEATURES);
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

  private static GateSet forest(long seed, int trees, int nodes, int outputs) {
    Random random = new Random(seed);
    List<Tree> grown = new ArrayList<>();
    int[] output = new int[trees];
    for (int t = 0; t < trees; t++) {
      grown.add(randomTree(random, nodes));
      output[t] = outputs == 1 ? WeightLayout.ALL : t % outputs;
    }
    return new GateSet(
        HalfSpaces.none(FEATURES), List.of(), new Forest(grown, LeafModel.CONSTANT, output));
  }

  private static Training training(String task) {
    return switch (task) {
      case "binary" -> Training.binary();
      case "multiclass" -> Training.multiclass();
      case "regression" -> Training.regression();
      default -> Training.regression(RegressionLoss.Kind.of(task));
    };
  }

  private static Training.Data data(String task, int n) {
    return switch (task) {
      case "binary" -> Training.xor(3, n, FEATURES, 0.1);
      case "multiclass" -> Training.quadrants(3, n, FEATURES, 0.1);
      case "regression" -> Training.absolute(3, n, FEATURES);
      default -> Training.labelled(RegressionLoss.Kind.of(task), 3, n, FEATURES);
    };
  }

  /** Trees whose penalty has weights and, if they are to be far, centres away from zero. */
  private static GateSet penalised(GateSet gates, double farthest) {
    double[] weights = new double[gates.size()];
    Arrays.setAll(weights, i -> 0.5 + (i % 3));
    double[] centres = new double[farthest == 0 ? 0 : gates.size()];
    Arrays.setAll(centres, i -> farthest * ((i % 5) - 2) / 2);
    Forest forest = gates.forest().with(new LeafPenalty(weights, centres));
    return new GateSet(gates.halfSpaces(), List.of(), forest);
  }

  /**
   * argmin_v p (v - mean)^2 / 2 + beta (a w sqrt(A) |v - c| + (1 - a) w^2 A (v - c)^2 / 2), leaf by
   * leaf.
   */
  @ParameterizedTest
  @CsvSource({"0, 0", "0.3, 0", "1, 0", "0, 0.8", "0.3, 0.8", "1, 0.8"})
  void oneTreeIsTheShrunkenMeanOfEachLeaf(double a, double farthest) {
    Training training = Training.regression();
    training.intercept = false;
    Training.Data data = data("regression", 300);
    GateSet gates = penalised(forest(5, 1, 7, 1), farthest);
    LeafPenalty penalty = gates.forest().penalty();
    try (Trained trained = new Trained(training, data.rows(100), gates, a)) {
      double beta = 0.05;
      Solver.Solution found = trained.solve(new ConsensusSolver(), beta, 1e-9, 100);
      double[] v = trained.fit.problem().coordinates().toNetwork(found.weights());
      WeightLayout layout = trained.fit.problem().coordinates().layout();
      PreparedData prepared = trained.model.prepared();
      Tree tree = gates.trees().get(0);
      for (int leaf = 0; leaf < tree.leaves(); leaf++) {
        double rows = 0;
        double sum = 0;
        for (int r = 0; r < data.y().length; r++) {
          if (tree.leaf(data.x()[r]) == leaf) {
            rows++;
            sum += (data.y()[r] - prepared.shift()) / prepared.scale();
          }
        }
        double c = farthest == 0 ? 0 : penalty.centres()[leaf];
        if (rows == 0) {
          assertThat(v[layout.start(leaf)]).isCloseTo(c, within(1e-12));
          continue;
        }
        double p = rows / data.y().length;
        double metric = 1.03 * p + 2e-5;
        double w = penalty.weights()[leaf];
        double z = sum / data.y().length - p * c;
        double size = Math.max(0, Math.abs(z) - beta * a * w * Math.sqrt(metric));
        double expected = c + Math.signum(z) * size / (p + beta * (1 - a) * w * w * metric);
        assertThat(v[layout.start(leaf)]).isCloseTo(expected, within(1e-5));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "binary, 1, 0",
    "binary, 0.5, 0",
    "binary, 0, 0",
    "binary, 0, 0.5",
    "multiclass, 1, 0",
    "multiclass, 0.2, 0",
    "multiclass, 0.2, 0.5",
    "regression, 0, 0",
    "regression, 0.5, 0.5",
    "regression, 1, 0",
    "poisson, 0, 0",
    "poisson, 0.5, 0.5",
    "gamma, 0.2, 0",
    "tweedie, 0, 0.5",
    "huber, 0.2, 0",
    "quantile, 0, 0.5"
  })
  void consensusAndProximalGradientMeetAtOneOptimum(String task, double a, double farthest) {
    Training training = training(task);
    Training.Data data = data(task, 600);
    // Under the norm alone the scaled dual point is the last to be good.
    double tol = a == 1 && !task.equals("regression") ? 1e-5 : 1e-6;
    GateSet alike = forest(7, 9, 6, task.equals("multiclass") ? 3 : 1);
    GateSet gates = farthest == 0 ? alike : penalised(alike, farthest);
    for (int blockRows : new int[] {600, 200, 64}) {
      try (Trained trained = new Trained(training, data.rows(blockRows), gates, a)) {
        double beta = 0.02 * trained.fit.betaMax() * (a == 0 ? 0.05 : 1);
        Solver.Solution slow = trained.solve(new GradientSolver(), beta, tol / 5, 20_000);
        Solver.Solution found = trained.solve(new ConsensusSolver(), beta, tol, 2000);
        assertThat(found.upper()).isCloseTo(slow.upper(), within(2 * tol * slow.upper()));
        for (TraceRecord record : trained.log.trace()) {
          assertThat(record.dualBound()).isLessThanOrEqualTo(slow.upper() * (1 + 1e-9));
        }
        assertThat(found.reason()).isEqualTo(StopReason.GAP);
      }
    }
  }

  /** The objective by its definition, from the network alone. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3})
  void objectiveIsThatOfTheNetwork(double farthest) {
    Training training = Training.binary();
    Training.Data data = data("binary", 400);
    GateSet gates = penalised(forest(11, 4, 5, 1), farthest);
    LeafPenalty from = gates.forest().penalty();
    double a = 0.4;
    try (Trained trained = new Trained(training, data.rows(90), gates, a)) {
      double beta = 0.1 * trained.fit.betaMax();
      TrainingResult result =
          new FinalFit(trained.model, trained.fit).solve(beta, trained.fit.start(), 0);
      var network = result.network();
      double[] v = network.weights();
      assertThat(network.gates().trees()).hasSize(4);
      var evaluator = network.evaluator();
      Loss loss = trained.model.prepared().loss();
      double[] f = new double[1];
      double sum = 0;
      double[] shares = new double[gates.size()];
      for (int r = 0; r < data.y().length; r++) {
        evaluator.evaluate(data.x()[r], f);
        sum += loss.value(data.y()[r], f, 0) / data.y().length;
        int first = 0;
        for (Tree tree : gates.trees()) {
          shares[first + tree.leaf(data.x()[r])] += 1.0 / data.y().length;
          first += tree.leaves();
        }
      }
      double penalty = 0;
      for (int i = 0; i < shares.length; i++) {
        double norm =
            from.weights()[i]
                * Math.sqrt(1.03 * shares[i] + 2e-5)
                * Math.abs(v[network.layout().start(i)] - (farthest == 0 ? 0 : from.centres()[i]));
        penalty += a * norm + (1 - a) * norm * norm / 2;
      }
      double bias = v[FEATURES];
      assertThat(result.certificate().primalObjective())
          .isCloseTo(sum + beta * penalty + training.skipRidge / 2 * bias * bias, within(1e-9));
      assertThat(result.certificate().dualBound())
          .isLessThanOrEqualTo(result.certificate().primalObjective());
    }
  }
}
