package org.convexnn.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Stream;
import org.convexnn.block.Precision;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.convexnn.network.SubNetwork;
import org.convexnn.path.PathPattern;
import org.convexnn.path.ThreeLayerFit;
import org.convexnn.path.ThreeLayerProgram;
import org.convexnn.solver.TrainingOptions.GateSampler;
import org.convexnn.solver.TrainingOptions.GroupNorm;
import org.convexnn.solver.TrainingOptions.SolverKind;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.fit.GateChoice;
import org.convexnn.solver.fit.TrainingRun;
import org.convexnn.solver.gram.GramStatistics;
import org.convexnn.solver.method.GramSolver;
import org.convexnn.solver.program.PassCounter;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.ProblemTest;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.setup.Groups;
import org.convexnn.solver.train.Trainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks of three and more layers: one norm over the paths of a sub-network. */
class LayersTest {

  private static Training training(Task task, Integer... widths) {
    Training training = new Training();
    training.task = task;
    training.widths = List.of(widths);
    training.gates = 24;
    training.tol = 1e-4;
    training.maxIter = 3000;
    return training;
  }

  private static Training.Data data(Task task) {
    return switch (task) {
      case BINARY -> Training.xor(3, 400, 3, 0.1);
      case MULTICLASS -> Training.quadrants(3, 400, 3, 0.1);
      case REGRESSION -> Training.absolute(3, 400, 3);
    };
  }

  static Stream<Arguments> cases() {
    return Stream.of(
        Arguments.of(Task.BINARY, List.of(4), GroupNorm.AUTO),
        Arguments.of(Task.BINARY, List.of(3, 2), GroupNorm.EUCLIDEAN),
        Arguments.of(Task.REGRESSION, List.of(2), GroupNorm.FUNCTION),
        Arguments.of(Task.REGRESSION, List.of(2, 2, 2), GroupNorm.AUTO),
        Arguments.of(Task.MULTICLASS, List.of(4), GroupNorm.AUTO));
  }

  /**
   * Every solver minimises the loss and the sum over sub-networks of the norm of all their weights;
   * all bounds are below all objectives; a sub-network is switched off as a whole.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void certificateIsTheObjectiveByDefinition(Task task, List<Integer> widths, GroupNorm norm) {
    Training.Data data = data(task);
    Training training = training(task, widths.toArray(Integer[]::new));
    training.norm = norm;
    training.tol = 1e-3;
    int paths = widths.stream().reduce(1, (a, b) -> a * b);
    double highest = 0;
    double lowest = Double.POSITIVE_INFINITY;
    for (SolverKind kind : SolverKind.values()) {
      if (kind == SolverKind.AUTO || kind == SolverKind.GRAM && task != Task.REGRESSION) {
        continue;
      }
      TrainingResult result = training.solver(kind).ratio(0.1).train(data);
      Network network = result.network();
      Certificate certificate = result.certificate();
      assertThat(certificate.gates()).isEqualTo(24);
      assertThat(certificate.stopReason()).as("%s", kind).isEqualTo(StopReason.GAP);
      double objective = training.objective(network, data, certificate.beta());
      assertThat(certificate.primalObjective()).isCloseTo(objective, within(1e-10 * objective));
      assertThat(network.gates().subNetworks()).hasSizeBetween(1, 24 / paths);
      assertThat(network.gates().size()).isEqualTo(network.gates().subNetworks().size() * paths);
      highest = Math.max(highest, certificate.dualBound());
      lowest = Math.min(lowest, objective);
    }
    assertThat(highest).isLessThanOrEqualTo(lowest);
  }

  /**
   * The linear skip is the identity branch of a residual network
   * (docs/theory/depth.md#residual-networks): with lambda the negative derivatives of the loss its
   * dual condition is {@code Z~' lambda / W = ridge [w_0, b]}.
   */
  @Test
  void skipIsTheIdentityBranch() {
    Training training = training(Task.REGRESSION, 4).solver(SolverKind.GRAM);
    training.tol = 1e-10;
    training.maxIter = 100_000;
    training.skipRidge = 0.1;
    Training.Data data = data(Task.REGRESSION);
    Network network = training.train(data).network();
    Network.Evaluator evaluator = network.evaluator();
    int width = network.map().dimension() + 1;
    double[] dual = new double[width];
    double[] f = new double[1];
    for (int r = 0; r < data.y().length; r++) {
      evaluator.evaluate(data.x()[r], f);
      double lambda = (data.y()[r] - f[0]) / network.labelScale() / data.y().length;
      double[] z = network.map().apply(data.x()[r]);
      for (int j = 0; j < width; j++) {
        dual[j] += lambda * (j < width - 1 ? z[j] : 1);
      }
    }
    for (int j = 0; j < width; j++) {
      assertThat(dual[j]).isCloseTo(0.1 * network.weights()[j], within(1e-6));
    }
    double[] skip = Arrays.copyOf(network.weights(), width - 1);
    assertThat(Blas.norm(skip, 0, skip.length)).isGreaterThan(1e-2);
  }

  /**
   * The gated program is the exact one without its cones: below it on the same sub-networks, which
   * is below the decoded network (docs/theory/depth.md#drawing-sub-networks). Data G3c of
   * docs/theory/golden.md#three-layers.
   */
  @Test
  void gatedIsBelowExact() {
    double[][] rows = {{1, .2}, {.9, .6}, {.5, 1}, {-.3, 1.1}};
    double[] x = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    double[] y = {1, -1, 1, -1};
    Random random = new Random(2);
    List<SubNetwork> drawn =
        Stream.generate(
                () ->
                    new SubNetwork(
                        new int[] {2},
                        new HalfSpaces(
                            2, random.doubles(4, -1, 1).toArray(), new double[2], new double[2]),
                        random.doubles(2, -1, 1).toArray()))
            .limit(60)
            .toList();
    Problem gated =
        LocalProblem.plain(
            LocalProblem.rows(rows, y, Training.ones(4), 4),
            4,
            GateSet.of(drawn),
            new SquaredLoss(),
            Groups.shared(1, 3, 2),
            Precision.FLOAT64);
    double beta = 0.1 / 4;
    Solver.Solution solution =
        new GramSolver()
            .solve(
                gated,
                beta,
                Solver.Start.at(new double[gated.length()]),
                new Solver.Stopping(1e-6, 10_000, 1e-9),
                ProblemTest.Quiet.WATCH);
    List<PathPattern> patterns = drawn.stream().map(s -> PathPattern.of(s, x)).toList();
    ThreeLayerFit exact =
        new ThreeLayerProgram(2, x, y, new SquaredLoss(), patterns).solve(beta, 1e-5, 20_000);
    assertThat(solution.upper()).isPositive().isLessThan(exact.lowerBound());
    assertThat(exact.lowerBound()).isLessThanOrEqualTo(exact.objective());
  }

  /** At betaMax and above the model is linear, just below it is not. */
  @Test
  void betaMax() {
    Training.Data data = data(Task.BINARY);
    Certificate at = training(Task.BINARY, 4).ratio(1).train(data).certificate();
    assertThat(at.stopReason()).isEqualTo(StopReason.LINEAR);
    assertThat(at.relativeGap()).isBetween(0.0, 1e-9);
    assertThat(training(Task.BINARY, 4).ratio(0.98).train(data).certificate().activeNeurons())
        .isPositive();
  }

  @Test
  void sameSeedSameGatesWhateverTheirNumber() {
    Training few = training(Task.BINARY, 3);
    Training more = training(Task.BINARY, 3);
    more.gates = 50;
    Training.Data data = data(Task.BINARY);
    GateChoice choice =
        TrainingRun.begin(data.rows(64), few.options(), Progress.SILENT, new PassCounter()).gates();
    GateChoice wider =
        TrainingRun.begin(data.rows(64), more.options(), Progress.SILENT, new PassCounter())
            .gates();
    List<SubNetwork> eight = choice.draw().subNetworks();
    List<SubNetwork> sixteen = wider.draw().subNetworks();
    assertThat(eight).hasSize(8);
    assertThat(sixteen).hasSize(16);
    assertThat(sixteen.subList(0, 8)).usingRecursiveComparison().isEqualTo(eight);
    assertThat(choice.priced()).as("few rows").isFalse();
    more.gates = 2;
    assertThat(more.train(data).certificate().gates()).as("at least one").isEqualTo(3);
  }

  /** What boosted or single half-spaces cannot take from them: validation and folds work too. */
  @ParameterizedTest
  @ValueSource(ints = {0, 3})
  void aPathIsValidated(int folds) {
    Training training = training(Task.BINARY, 4).path();
    training.folds = folds;
    Training.Data data = data(Task.BINARY);
    TrainingResult result = training.train(data);
    assertThat(result.path()).isNotEmpty();
    assertThat(Training.accuracy(result.network(), data)).isGreaterThan(0.85);
  }

  /** A regression of few rows takes its folds from one sweep. */
  @Test
  void foldsOfFewRows() {
    Training training = training(Task.REGRESSION, 2, 2).path().solver(SolverKind.AUTO);
    Training.Data data = Training.absolute(5, 150, 3);
    TrainingResult result = training.train(data);
    Certificate certificate = result.certificate();
    double objective = training.objective(result.network(), data, certificate.beta());
    assertThat(certificate.primalObjective()).isCloseTo(objective, within(1e-10));
    assertThat(result.network().gates().gatesPerGroup()).isEqualTo(4);
    assertThat(Training.r2(result.network(), data)).isGreaterThan(0.9);
  }

  /** Statistics of one pass, saved and read, give the model that passes give. */
  @Test
  void onePass() throws IOException {
    Training.Data data = data(Task.REGRESSION);
    Training training = training(Task.REGRESSION, 3, 2).path().solver(SolverKind.GRAM);
    training.tol = 1e-6;
    Trainer trainer = new Trainer(training.options(), Progress.SILENT);
    GramStatistics statistics = trainer.statistics(data.rows(64), 3);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    statistics.write(bytes);
    GramStatistics read = GramStatistics.read(new ByteArrayInputStream(bytes.toByteArray()));
    assertThat(read).usingRecursiveComparison().isEqualTo(statistics);
    assertThat(read.plus(statistics).rows()).isEqualTo(800);
    TrainingResult result = trainer.fitPath(read, 0.05).get(0);
    Certificate certificate = result.certificate();
    double objective = training.objective(result.network(), data, certificate.beta());
    assertThat(certificate.primalObjective()).isCloseTo(objective, within(1e-10));
    training.regParam = OptionalDouble.of(certificate.beta());
    Certificate alone = training.train(data).certificate();
    assertThat(alone.primalObjective()).isCloseTo(objective, within(1e-6 * objective));
    assertThat(trainer.crossValidate(read).path()).isNotEmpty();
    for (int at = 12; at < bytes.size(); at += bytes.size() / 200) {
      byte[] wrong = bytes.toByteArray();
      wrong[at] ^= (byte) 64;
      assertThatThrownBy(() -> GramStatistics.read(new ByteArrayInputStream(wrong)))
          .as("byte %d", at)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching("(?s).*(damaged|lower numGates|statistics of|basis of).*");
    }
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of(List.of(0), "layerWidths is [0]; it must be positive integers"),
        Arguments.of(List.of(4, -1), "layerWidths is [4, -1]"),
        Arguments.of(List.of(16, 17), "at most 256"),
        Arguments.of(List.of(1 << 30, 1 << 30, 16), "at most 256"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void widthsOutOfRangeAreRefused(List<Integer> widths, String message) {
    Training training = training(Task.BINARY, widths.toArray(Integer[]::new));
    assertThatThrownBy(training::options)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatSubNetworksDoNotGoWithIsRefused() {
    for (GateSampler sampler : GateSampler.values()) {
      if (sampler != GateSampler.AUTO && sampler != GateSampler.GAUSSIAN) {
        Training training = training(Task.BINARY, 4);
        training.sampler = sampler;
        refused(training, "layerWidths is [4]", "gateSampler is", "use auto or gaussian");
      }
    }
    Training trees = training(Task.BINARY, 4);
    trees.trees = 7;
    refused(trees, "layerWidths is [4]", "numTrees is 7", "set it to 0");
    Training perClass = training(Task.MULTICLASS, 4);
    perClass.perClass = true;
    refused(perClass, "layerWidths is [4]", "perClassGroups is true", "set it to false");
  }

  private static void refused(Training training, String... parts) {
    assertThatThrownBy(training::options)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(parts);
  }
}
