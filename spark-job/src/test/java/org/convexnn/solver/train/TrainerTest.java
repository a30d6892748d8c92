package org.convexnn.solver.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.convexnn.network.Network;
import org.convexnn.network.SlimNorm;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.Progress;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.TraceRecord;
import org.convexnn.solver.Training;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Training end to end in memory. */
class TrainerTest {

  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of(Training.binary().solver(TrainingOptions.SolverKind.ADMM)),
        Arguments.of(Training.binary().solver(TrainingOptions.SolverKind.GRADIENT)),
        Arguments.of(Training.multiclass().solver(TrainingOptions.SolverKind.ADMM)),
        Arguments.of(Training.multiclass().solver(TrainingOptions.SolverKind.LBFGS)),
        Arguments.of(Training.regression().solver(TrainingOptions.SolverKind.ADMM)),
        Arguments.of(Training.regression().solver(TrainingOptions.SolverKind.GRADIENT)),
        Arguments.of(Training.regression().solver(TrainingOptions.SolverKind.GRAM)));
  }

  private static Training.Data data(Training training, long seed, int n) {
    return switch (training.task) {
      case BINARY -> Training.xor(seed, n, 4, 0.1);
      case MULTICLASS -> Training.quadrants(seed, n, 4, 0.1);
      case REGRESSION -> Training.absolute(seed, n, 4);
    };
  }

  /** Half of the data sets sit far from zero; the certificate is about the network as returned. */
  @ParameterizedTest
  @MethodSource("kinds")
  void certificateIsTheObjectiveOfTheReturnedNetwork(Training training) {
    training.tol = 1e-3;
    training.maxIter = 2000;
    for (TrainingOptions.Normalization normalization : TrainingOptions.Normalization.values()) {
      for (TrainingOptions.GateSampler sampler : TrainingOptions.GateSampler.values()) {
        training.normalization = normalization;
        training.sampler = sampler;
        training.trees = sampler == TrainingOptions.GateSampler.TREES ? 5 : 0;
        Training.Data data = data(training, 3, 300);
        double[] weights = new Random(3).doubles(300, 0.5, 2).toArray();
        Training.Data weighted = data.weights(weights);
        TrainingResult result = training.train(weighted);
        Certificate certificate = result.certificate();
        double objective = training.objective(result.network(), weighted, certificate.beta());
        assertThat(certificate.primalObjective())
            .as("%s %s", normalization, sampler)
            .isCloseTo(objective, within(1e-10 * objective));
        assertThat(certificate.dualBound()).isLessThanOrEqualTo(certificate.primalObjective());
        assertThat(certificate.relativeGap())
            .isCloseTo(
                (certificate.primalObjective() - certificate.dualBound())
                    / certificate.primalObjective(),
                within(1e-15));
        assertThat(certificate.stopReason()).isEqualTo(StopReason.GAP);
        assertThat(certificate.relativeGap()).isLessThanOrEqualTo(1e-3);
        assertThat(certificate.beta()).isCloseTo(0.1 * certificate.betaMax(), within(1e-15));
        assertThat(certificate.activeNeurons())
            .isEqualTo(result.network().activeGroups())
            .isPositive();
        if (sampler == TrainingOptions.GateSampler.TREES) {
          // A tree is kept whole while one of its leaves is alive.
          assertThat(result.network().gates().trees()).isNotEmpty();
        } else {
          assertThat(certificate.activeNeurons()).isEqualTo(result.network().gates().size());
          assertThat(certificate.gates()).isEqualTo(16);
        }
        assertThat(result.rows()).isEqualTo(300);
        assertThat(result.path()).isEmpty();
      }
    }
  }

  /** Labels that no feature and no gate knows of: nothing is left to gain, at whatever beta. */
  @ParameterizedTest
  @MethodSource("kinds")
  void aLabelIndependentOfTheFeaturesEndsWithGapZero(Training training) {
    int classes = training.task == TrainingOptions.Task.MULTICLASS ? 3 : 2;
    int n = 40 * classes;
    double[][] x = new double[n][];
    double[] y = new double[n];
    for (int r = 0; r < n; r++) {
      x[r] = new double[] {r / classes % 8, r / (8 * classes)};
      y[r] = r % classes;
    }
    Training.Data data = new Training.Data(x, y, Arrays.stream(y).map(v -> 1).toArray());
    for (double ratio : new double[] {1, 0.1, 1e-3}) {
      Certificate c = training.ratio(ratio).train(data).certificate();
      assertThat(c.stopReason()).isEqualTo(StopReason.NO_SIGNAL);
      assertThat(c.relativeGap()).as("ratio %s", ratio).isBetween(-1e-12, 1e-9);
      assertThat(c.activeNeurons()).isZero();
    }
  }

  /** Where passes run out far from the optimum the certificate says so, and beta is named. */
  @Test
  void anEndFarFromTheOptimumIsToldWithItsBeta() {
    Training training = Training.regression().ratio(1e-9);
    training.gates = 64;
    training.maxIter = 15;
    Training.Data data = data(training, 5, 100);
    Certificate far = training.train(data).certificate();
    assertThat(far.stopReason()).isEqualTo(StopReason.MAX_PASSES);
    assertThat(far.relativeGap()).isGreaterThan(0.1);
    assertThat(far.warning().orElseThrow())
        .startsWith("beta is ")
        .contains("1.0e-09 of betaMax", "raise regParam");
    training.ratio(0.01).maxIter = 1;
    assertThat(training.train(data).certificate().warning().orElseThrow())
        .contains("raise maxIter");
    training.maxIter = 300;
    assertThat(training.train(data).certificate().warning()).isEmpty();
  }

  /**
   * Six columns of rank four: rows work on four coordinates, the returned network takes six columns.
   * The objective by definition evaluates it on raw rows, the certificate on the mapped ones.
   */
  @ParameterizedTest
  @MethodSource("kinds")
  void principalComponentsOfDependentColumns(Training training) {
    training.tol = 1e-3;
    training.maxIter = 2000;
    training.normalization = TrainingOptions.Normalization.PCA;
    Training.Data plain = data(training, 3, 300);
    double[][] x = Arrays.stream(plain.x()).map(TrainerTest::dependent).toArray(double[][]::new);
    Training.Data data = new Training.Data(x, plain.y(), plain.w());
    for (TrainingOptions.GateSampler sampler : TrainingOptions.GateSampler.values()) {
      training.sampler = sampler;
      training.trees = sampler == TrainingOptions.GateSampler.TREES ? 5 : 0;
      TrainingResult result = training.train(data);
      Network network = result.network();
      assertThat(network.features()).isEqualTo(6);
      assertThat(network.map().dimension()).isEqualTo(4);
      Certificate certificate = result.certificate();
      double objective = training.objective(network, data, certificate.beta());
      assertThat(certificate.primalObjective())
          .as("%s", sampler)
          .isCloseTo(objective, within(1e-10 * objective));
      assertThat(certificate.stopReason()).isEqualTo(StopReason.GAP);
      assertThat(certificate.activeNeurons()).isPositive();
    }
  }

  private static double[] dependent(double[] x) {
    return new double[] {x[0], x[1] - x[0], x[2], x[3], 100 * (x[1] + x[3]), 1e-3 * x[2] - 5};
  }

  /** Every solver minimises in coordinates in which the function norm is Euclidean. */
  @ParameterizedTest
  @MethodSource("kinds")
  void functionNormOfHalfSpaces(Training training) {
    training.tol = 1e-3;
    training.maxIter = 2000;
    training.norm = TrainingOptions.GroupNorm.FUNCTION;
    Training.Data data = data(training, 4, 400);
    TrainingResult result = training.train(data);
    Certificate certificate = result.certificate();
    double objective = training.objective(result.network(), data, certificate.beta());
    assertThat(certificate.primalObjective()).isCloseTo(objective, within(1e-10 * objective));
    assertThat(certificate.stopReason()).isEqualTo(StopReason.GAP);
    TrainingResult other = training.solver(TrainingOptions.SolverKind.LBFGS).train(data);
    assertThat(other.certificate().stopReason()).isEqualTo(StopReason.GAP);
    assertThat(other.certificate().primalObjective())
        .isCloseTo(objective, within(2e-3 * objective));
  }

  @Test
  void xorIsLearntWhereALinearModelCannot() {
    for (TrainingOptions.SolverKind kind :
        List.of(TrainingOptions.SolverKind.ADMM, TrainingOptions.SolverKind.GRADIENT)) {
      Training training = Training.binary().solver(kind).ratio(0.03);
      training.gates = 32;
      training.precision = TrainingOptions.PrecisionChoice.FLOAT32;
      training.tol = 1e-3;
      TrainingResult result = training.train(Training.xor(1, 2000, 4, 0));
      Training.Data test = Training.xor(2, 2000, 4, 0);
      assertThat(Training.accuracy(result.network(), test)).isGreaterThan(0.97);
      Network linear = training.ratio(1).train(Training.xor(1, 2000, 4, 0)).network();
      assertThat(Training.accuracy(linear, test)).isBetween(0.4, 0.6);
    }
  }

  @Test
  void regressionIsInTheLabelsUnits() {
    Training training = Training.regression().ratio(0.003).solver(TrainingOptions.SolverKind.GRAM);
    training.gates = 64;
    TrainingResult result = training.train(Training.absolute(1, 2000, 3));
    assertThat(Training.r2(result.network(), Training.absolute(2, 2000, 3))).isGreaterThan(0.97);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void atBetaMaxTheModelIsTheLinearFit(Training training) {
    Training.Data data = data(training, 5, 400);
    TrainingResult atMost = training.ratio(1).train(data);
    assertThat(atMost.certificate().stopReason()).isEqualTo(StopReason.LINEAR);
    assertThat(atMost.certificate().activeNeurons()).isZero();
    assertThat(atMost.certificate().relativeGap()).isBetween(0.0, 1e-9);
    assertThat(atMost.network().gates().size()).isZero();
    // Just below it some group is alive: betaMax is the largest such beta.
    training.tol = 1e-7;
    TrainingResult below = training.ratio(0.98).train(data);
    assertThat(below.certificate().activeNeurons()).isPositive();
    assertThat(below.certificate().primalObjective())
        .isLessThan(atMost.certificate().primalObjective());
  }

  /** Ordinary least squares in closed form: one column, ridge on standardised units. */
  @Test
  void theLinearFitIsLeastSquares() {
    double[][] x = {{1}, {2}, {3}, {4}, {6}};
    double[] y = {1, 3, 2, 5, 6};
    Training training = Training.regression().ratio(1);
    training.skipRidge = 1e-12;
    TrainingResult result = training.train(new Training.Data(x, y, Training.ones(5)));
    // Means 3.2 and 3.4; Sxy = 14.6, Sxx = 14.8.
    double slope = 14.6 / 14.8;
    Network.Evaluator evaluator = result.network().evaluator();
    double[] f = new double[1];
    for (double at : new double[] {-1, 0, 10}) {
      evaluator.evaluate(new double[] {at}, f);
      assertThat(f[0]).isCloseTo(3.4 + slope * (at - 3.2), within(1e-9));
    }
  }

  /** All solvers certify each other, and no weight leaves its gate's direction. */
  @ParameterizedTest
  @MethodSource("kinds")
  void slimWeightsLieAlongTheirGates(Training training) {
    training.norm = TrainingOptions.GroupNorm.SLIM;
    training.sampler = TrainingOptions.GateSampler.GAUSSIAN;
    training.tol = 1e-4;
    training.maxIter = 5000;
    Training.Data data = data(training, 5, 200);
    double lowest = Double.POSITIVE_INFINITY;
    double highest = Double.NEGATIVE_INFINITY;
    for (TrainingOptions.SolverKind kind :
        List.of(
            TrainingOptions.SolverKind.ADMM,
            TrainingOptions.SolverKind.LBFGS,
            TrainingOptions.SolverKind.GRADIENT)) {
      TrainingResult result = training.solver(kind).train(data);
      Certificate certificate = result.certificate();
      assertThat(certificate.relativeGap()).isBetween(0.0, 1e-4);
      assertThat(certificate.activeNeurons()).isPositive();
      lowest = Math.min(lowest, certificate.primalObjective());
      highest = Math.max(highest, certificate.dualBound());
      Network network = result.network();
      double objective = training.objective(network, data, certificate.beta());
      assertThat(certificate.primalObjective()).isCloseTo(objective, within(1e-9 * objective));
      assertThat(network.weights()).containsExactly(inSpans(network), within(1e-9));
    }
    assertThat(highest).isLessThanOrEqualTo(lowest);
  }

  private static double[] inSpans(Network network) {
    int width = network.map().dimension() + 1;
    double[][] norms = SlimNorm.of(network.map(), network.gates().halfSpaces());
    double[] projected = network.weights().clone();
    for (int k = network.outputs(); k < projected.length / width; k++) {
      SlimNorm.project(norms[k / network.outputs() - 1], projected, k * width);
    }
    return projected;
  }

  /** What auto means for few rows. */
  @Test
  void gatesPricedForFewRowsAreSlim() {
    Training training = Training.binary();
    training.gates = 0;
    Training.Data data = data(training, 6, 150);
    Network network = training.train(data).network();
    assertThat(network.gates().size()).isPositive();
    assertThat(network.weights()).containsExactly(inSpans(network), within(1e-9));
  }

  /** 80 rows of 4 features: 0.1 * 4 / 80. */
  @Test
  void anAutomaticRidgeIsTheOneByTheNumberOfRows() {
    Training training = Training.binary();
    Training.Data data = data(training, 3, 80);
    training.skipRidge = 0.005;
    TrainingResult given = training.train(data);
    training.automaticSkipRidge = true;
    TrainingResult automatic = training.train(data);
    assertThat(automatic.skipRidge()).isEqualTo(0.005);
    assertThat(automatic.network()).usingRecursiveComparison().isEqualTo(given.network());
    assertThat(automatic.certificate()).isEqualTo(given.certificate());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void theSameSeedGivesTheSameNetwork(Training training) {
    Training.Data data = data(training, 8, 300);
    training.precision = TrainingOptions.PrecisionChoice.AUTO;
    for (boolean path : new boolean[] {false, true}) {
      if (path) {
        training.path();
      }
      Network first = training.train(data).network();
      Network second = training.train(data).network();
      assertThat(second).usingRecursiveComparison().isEqualTo(first);
      training.seed++;
      assertThat(training.train(data).network().gates().halfSpaces().thresholds())
          .isNotEqualTo(first.gates().halfSpaces().thresholds());
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void weightTwoIsTheRowTwiceAndTheScaleOfWeightsDoesNotMatter(Training training) {
    training.tol = 1e-8;
    Training.Data data = data(training, 9, 200);
    double[] weights = Training.ones(200);
    List<double[]> rows = new ArrayList<>();
    List<Double> labels = new ArrayList<>();
    for (int r = 0; r < 200; r++) {
      weights[r] = r % 3 == 0 ? 2 : 1;
      for (int copy = 0; copy < weights[r]; copy++) {
        rows.add(data.x()[r]);
        labels.add(data.y()[r]);
      }
    }
    double[] ten = Arrays.stream(weights).map(w -> 10 * w).toArray();
    Training.Data twice =
        new Training.Data(
            rows.toArray(double[][]::new),
            labels.stream().mapToDouble(v -> v).toArray(),
            Training.ones(rows.size()));
    Certificate weighted = training.train(data.weights(weights)).certificate();
    Certificate repeated = training.train(twice).certificate();
    TrainingResult scaled = training.train(data.weights(ten));
    for (Certificate other : List.of(repeated, scaled.certificate())) {
      assertThat(other.betaMax()).isCloseTo(weighted.betaMax(), within(1e-9));
      assertThat(other.primalObjective())
          .isCloseTo(weighted.primalObjective(), within(3e-8 * weighted.primalObjective()));
    }
    assertThat(scaled.certificate().activeNeurons()).isEqualTo(weighted.activeNeurons());
  }

  @ParameterizedTest
  @EnumSource(TrainingOptions.Task.class)
  void whereNothingIsGivenAPathChoosesBeta(TrainingOptions.Task task) {
    Training training = new Training().path();
    training.task = task;
    training.solver = TrainingOptions.SolverKind.AUTO;
    for (int n : new int[] {100, 1000}) {
      Training.Data data = data(training, 4, n);
      TrainingResult result = training.train(data);
      assertThat(result.path()).hasSizeGreaterThan(2);
      assertThat(result.path().get(0).ratio()).isEqualTo(1);
      PathPoint best =
          result.path().stream()
              .min(Comparator.comparingDouble(PathPoint::validationLoss))
              .orElseThrow();
      assertThat(best.ratio()).isLessThan(1);
      assertThat(result.certificate().beta())
          .isCloseTo(best.ratio() * result.certificate().betaMax(), within(1e-12));
      assertThat(result.certificate().relativeGap()).isBetween(0.0, 1e-3);
      assertThat(result.trace()).anyMatch(t -> t.phase().equals("path"));
      if (n == 1000) {
        training.refit = false;
        TrainingResult kept = training.train(data);
        assertThat(kept.certificate().relativeGap()).isBetween(0.0, 1e-3);
        training.refit = true;
      }
    }
  }

  @Test
  void maxIterEndsTheFitWithItsGap() {
    for (TrainingOptions.SolverKind kind :
        List.of(TrainingOptions.SolverKind.ADMM, TrainingOptions.SolverKind.GRADIENT)) {
      Training training = Training.binary().solver(kind).ratio(0.001);
      training.maxIter = 2;
      training.tol = 1e-9;
      Certificate certificate = training.train(Training.xor(4, 400, 4, 0.1)).certificate();
      assertThat(certificate.stopReason()).isEqualTo(StopReason.MAX_PASSES);
      assertThat(certificate.relativeGap()).isGreaterThan(1e-9);
      assertThat(certificate.dualBound()).isLessThanOrEqualTo(certificate.primalObjective());
    }
  }

  /** What a reader of the certificate relies on: GAP means that the gap asked for was reached. */
  @Test
  void stoppingByTheGapMeansThatItWasReached() {
    for (TrainingOptions.PrecisionChoice precision :
        List.of(
            TrainingOptions.PrecisionChoice.AUTO,
            TrainingOptions.PrecisionChoice.FLOAT32,
            TrainingOptions.PrecisionChoice.FLOAT64)) {
      for (double tol : new double[] {1e-3, 1e-5, 1e-6}) {
        for (TrainingOptions.SolverKind kind :
            List.of(TrainingOptions.SolverKind.ADMM, TrainingOptions.SolverKind.GRADIENT)) {
          Training training = Training.binary().solver(kind);
          training.precision = precision;
          training.tol = tol;
          Certificate certificate = training.train(Training.xor(4, 500, 4, 0.1)).certificate();
          if (certificate.stopReason() == StopReason.GAP) {
            assertThat(certificate.relativeGap())
                .as("%s, tol %s, %s", precision, tol, kind)
                .isBetween(0.0, 1e-3);
          }
        }
      }
    }
  }

  @Test
  void withoutSkipAndInterceptTheGroupsCarryTheModel() {
    Training training = Training.binary();
    training.skip = false;
    training.intercept = false;
    Training.Data data = Training.xor(6, 500, 3, 0.05);
    TrainingResult result = training.train(data);
    Network network = result.network();
    for (int j = 0; j < 4; j++) {
      assertThat(network.weights()[j]).isZero();
    }
    assertThat(network.offset()).containsExactly(0);
    assertThat(result.certificate().relativeGap()).isBetween(0.0, 1e-5);
    assertThat(training.objective(network, data, result.certificate().beta()))
        .isCloseTo(result.certificate().primalObjective(), within(1e-10));
    assertThat(Training.accuracy(network, data)).isGreaterThan(0.85);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyTraceRecordBracketsTheOptimum(Training training) {
    Training.Data data = data(training, 12, 400);
    training.tol = 1e-8;
    Certificate best = training.train(data).certificate();
    training.tol = 1e-6;
    TrainingResult result = training.train(data);
    assertThat(result.trace()).isNotEmpty();
    double passes = 0;
    for (TraceRecord record : result.trace()) {
      double slack = 1e-8 * best.primalObjective();
      assertThat(record.objective()).isGreaterThanOrEqualTo(best.dualBound() - slack);
      assertThat(record.dualBound()).isLessThanOrEqualTo(best.primalObjective() + slack);
      assertThat(record.relativeGap()).isNotNegative();
      assertThat(record.passes()).isGreaterThanOrEqualTo(passes);
      passes = record.passes();
    }
  }

  @Test
  void tellsTheBytesOfARowBeforeItSolves() {
    List<String> messages = new ArrayList<>();
    Progress progress =
        new Progress() {
          @Override
          public void iteration(TraceRecord trace) {
            messages.add("iteration");
          }

          @Override
          public void message(String text) {
            messages.add(text);
          }
        };
    new Trainer(Training.binary().options(), progress).train(Training.xor(1, 500, 3, 0.1).rows(64));
    // a word of bits and the leverage; twice three numbers and a penalty
    String told =
        "16 gates: 12 bytes a row of patterns and at most 56 of row states, 0.0 MB in all";
    assertThat(messages).containsOnlyOnce(told).contains("iteration");
    assertThat(messages.indexOf(told)).isLessThan(messages.indexOf("iteration"));
  }
}
