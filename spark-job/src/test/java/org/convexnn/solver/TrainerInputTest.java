package org.convexnn.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.convexnn.block.Block;
import org.convexnn.block.RowSelection;
import org.convexnn.solver.rows.LocalRows;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Awkward data: right, or refused with a clear message, never NaN. */
class TrainerInputTest {

  static Stream<Arguments> columns() {
    List<Named<UnaryOperator<double[]>>> kinds =
        List.of(
            Named.of("a constant column", x -> with(x, 3.7)),
            Named.of("an all-zero column", x -> with(x, 0)),
            Named.of("identical columns", x -> with(x, x[0], x[0], x[1])),
            Named.of("a column of 1e150 scale", x -> with(x, 1e150 * x[0])),
            Named.of("a column of 1e-150 scale", x -> with(x, 1e-150 * x[0])),
            Named.of("both scales", x -> with(x, 1e150 * x[0], 1e-150 * x[1])),
            Named.of("a column far from zero", x -> with(x, 1e9 + x[0])),
            Named.of("all columns huge", x -> new double[] {1e150 * x[0], -1e149 * x[1]}),
            Named.of("all columns tiny", x -> new double[] {1e-150 * x[0], 1e-149 * x[1]}),
            Named.of("rounding noise on a constant", x -> with(x, 1 + 1e-16 * Math.rint(x[0]))));
    return kinds.stream()
        .flatMap(
            k ->
                Stream.of(
                    Arguments.of(k, TrainingOptions.Task.BINARY, TrainingOptions.SolverKind.ADMM),
                    Arguments.of(
                        k, TrainingOptions.Task.BINARY, TrainingOptions.SolverKind.GRADIENT),
                    Arguments.of(
                        k, TrainingOptions.Task.REGRESSION, TrainingOptions.SolverKind.GRAM)));
  }

  private static double[] with(double[] x, double... more) {
    double[] all = Arrays.copyOf(x, x.length + more.length);
    System.arraycopy(more, 0, all, x.length, more.length);
    return all;
  }

  @ParameterizedTest
  @MethodSource("columns")
  void awkwardColumns(
      UnaryOperator<double[]> change,
      TrainingOptions.Task task,
      TrainingOptions.SolverKind solver) {
    Training training = new Training().solver(solver).ratio(0.03);
    training.task = task;
    training.tol = 1e-3;
    training.gates = 32;
    training.maxIter = 2000;
    training.precision = TrainingOptions.PrecisionChoice.AUTO;
    boolean binary = task == TrainingOptions.Task.BINARY;
    Training.Data plain = binary ? Training.xor(3, 500, 2, 0) : Training.absolute(3, 500, 2);
    double[][] x = Arrays.stream(plain.x()).map(change).toArray(double[][]::new);
    Training.Data data = new Training.Data(x, plain.y(), plain.w());
    for (TrainingOptions.Normalization normalization :
        List.of(
            TrainingOptions.Normalization.WHITEN,
            TrainingOptions.Normalization.STANDARDIZE,
            TrainingOptions.Normalization.PCA)) {
      for (TrainingOptions.GateSampler sampler :
          List.of(TrainingOptions.GateSampler.GAUSSIAN, TrainingOptions.GateSampler.MIXED)) {
        training.normalization = normalization;
        training.sampler = sampler;
        TrainingResult result = training.train(data);
        assertThat(result.certificate().relativeGap())
            .as("%s %s %s", normalization, sampler, result.certificate())
            .isBetween(0.0, 1e-3);
        double quality =
            binary
                ? Training.accuracy(result.network(), data)
                : Training.r2(result.network(), data);
        assertThat(quality).as("%s %s", normalization, sampler).isGreaterThan(0.9);
      }
    }
  }

  /** Without normalisation a huge column is refused by name, a tiny one is harmless. */
  @Test
  void scalesWithoutNormalization() {
    Training training = Training.binary();
    training.normalization = TrainingOptions.Normalization.NONE;
    training.precision = TrainingOptions.PrecisionChoice.FLOAT32;
    training.tol = 1e-3;
    Training.Data plain = Training.xor(3, 500, 2, 0.1);
    double[][] huge =
        Arrays.stream(plain.x()).map(r -> with(r, 1e150 * r[0])).toArray(double[][]::new);
    assertThatThrownBy(() -> training.train(new Training.Data(huge, plain.y(), plain.w())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("feature 2")
        .hasMessageContaining("normalization");
    double[][] tiny =
        Arrays.stream(plain.x()).map(r -> with(r, 1e-150 * r[0])).toArray(double[][]::new);
    TrainingResult result = training.train(new Training.Data(tiny, plain.y(), plain.w()));
    assertThat(result.certificate().relativeGap()).isBetween(0.0, 1e-3);
  }

  /** Just below the size that is refused, in single precision. */
  @ParameterizedTest
  @ValueSource(doubles = {1e3, 1e6, 1e11})
  void largeColumnsWithoutNormalizationEnd(double scale) {
    for (TrainingOptions.SolverKind kind :
        List.of(TrainingOptions.SolverKind.ADMM, TrainingOptions.SolverKind.GRADIENT)) {
      Training training = Training.binary().solver(kind);
      training.normalization = TrainingOptions.Normalization.NONE;
      training.precision = TrainingOptions.PrecisionChoice.FLOAT32;
      training.tol = 1e-2;
      training.maxIter = 50;
      Training.Data plain = Training.xor(3, 200, 2, 0.1);
      double[][] x =
          Arrays.stream(plain.x()).map(r -> with(r, scale * r[0])).toArray(double[][]::new);
      TrainingResult result = training.train(new Training.Data(x, plain.y(), plain.w()));
      assertThat(result.certificate().primalObjective()).isFinite();
      assertThat(result.certificate().relativeGap()).as("%s", kind).isNotNegative();
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 1e-140, 1e140})
  void constantLabelsHaveNoSignal(double label) {
    Training.Data data = Training.absolute(1, 50, 3);
    Arrays.fill(data.y(), label);
    for (Training training : List.of(Training.regression(), Training.regression().path())) {
      TrainingResult result = training.train(data);
      assertThat(result.certificate().stopReason()).isEqualTo(StopReason.NO_SIGNAL);
      assertThat(result.certificate().relativeGap()).isZero();
      assertThat(result.certificate().activeNeurons()).isZero();
      double[] f = new double[1];
      result.network().evaluator().evaluate(new double[] {1, 2, 3}, f);
      assertThat(f[0]).isEqualTo(label);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-140, 1e9, 1e140})
  void labelsOfAnyScale(double scale) {
    Training.Data plain = Training.absolute(3, 300, 2);
    double[] y = Arrays.stream(plain.y()).map(v -> v * scale).toArray();
    Training training = Training.regression().solver(TrainingOptions.SolverKind.GRAM);
    double expected = training.train(plain).certificate().primalObjective();
    TrainingResult result = training.train(new Training.Data(plain.x(), y, plain.w()));
    assertThat(result.certificate().primalObjective()).isCloseTo(expected, within(2e-5 * expected));
    double[] f = new double[1];
    result.network().evaluator().evaluate(plain.x()[0], f);
    assertThat(f[0] / scale).isCloseTo(plain.y()[0], within(0.2 * Math.abs(plain.y()[0])));
  }

  /** Nothing to learn from: the model is the constant one and provably so. */
  @Test
  void constantFeaturesHaveNoSignal() {
    Random random = new Random(1);
    double[][] x = new double[60][];
    double[] y = new double[60];
    for (int r = 0; r < x.length; r++) {
      x[r] = new double[] {2.5, 0};
      y[r] = random.nextInt(2);
    }
    Training.Data data = new Training.Data(x, y, Training.ones(60));
    for (Training training : List.of(Training.binary(), Training.regression())) {
      for (TrainingOptions.Normalization kind : TrainingOptions.Normalization.values()) {
        training.normalization = kind;
        TrainingResult result = training.train(data);
        // The columns as they come are an intercept under a ridge: a signal, if a useless one.
        if (kind != TrainingOptions.Normalization.NONE) {
          assertThat(result.certificate().stopReason()).isEqualTo(StopReason.NO_SIGNAL);
        }
        assertThat(result.certificate().relativeGap()).isBetween(0.0, 1e-5);
      }
    }
  }

  @Test
  void oneRowAndFewRows() {
    Training.Data one = Training.absolute(1, 1, 3);
    for (Training training : List.of(Training.regression(), Training.regression().path())) {
      assertThat(training.train(one).certificate().stopReason()).isEqualTo(StopReason.NO_SIGNAL);
    }
    for (int n : new int[] {2, 3, 5, 9, 10, 12}) {
      Training.Data data = Training.absolute(n, n, 20);
      double[] y = new double[n];
      for (int r = 0; r < n; r++) {
        y[r] = r % 2;
      }
      for (boolean path : new boolean[] {false, true}) {
        for (Training training : List.of(Training.regression(), Training.binary())) {
          if (path) {
            training.path();
          }
          boolean binary = training.task == TrainingOptions.Task.BINARY;
          Certificate certificate =
              training
                  .train(binary ? new Training.Data(data.x(), y, data.w()) : data)
                  .certificate();
          assertThat(certificate.relativeGap())
              .as("n = %d, %s, path %s", n, training.task, path)
              .isBetween(0.0, training.tol);
        }
      }
    }
  }

  @Test
  void rowsFewerThanFeatures() {
    for (Training training : List.of(Training.regression(), Training.binary())) {
      Training.Data data =
          training.task == TrainingOptions.Task.BINARY
              ? Training.xor(1, 30, 50, 0)
              : Training.absolute(1, 30, 50);
      assertThat(training.train(data).certificate().relativeGap()).isBetween(0.0, 1e-5);
      training.normalization = TrainingOptions.Normalization.PCA;
      // Half-whitened columns are worse conditioned.
      training.maxIter = 2000;
      assertThat(training.train(data).certificate().relativeGap()).isBetween(0.0, 1e-5);
    }
  }

  /** The four points of XOR, each many times: few distinct rows must not starve a sample. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void duplicatedRows(long seed) {
    int n = 2000;
    double[][] x = new double[n][];
    double[] y = new double[n];
    for (int r = 0; r < n; r++) {
      int a = r % 2;
      int b = r / 2 % 2;
      x[r] = new double[] {a, b};
      y[r] = a ^ b;
    }
    Training.Data data = new Training.Data(x, y, Training.ones(n));
    for (TrainingOptions.SolverKind kind :
        List.of(TrainingOptions.SolverKind.GRADIENT, TrainingOptions.SolverKind.ADMM)) {
      Training training = Training.binary().solver(kind).ratio(0.05);
      training.gates = 8;
      training.seed = seed;
      training.tol = 1e-3;
      training.sampler = TrainingOptions.GateSampler.MIXED;
      TrainingResult result = training.train(data);
      assertThat(result.certificate().relativeGap()).isBetween(0.0, 1e-3);
    }
  }

  /** Half a percent of the rows are of the last class, in the middle where the others meet. */
  @ParameterizedTest
  @CsvSource({"2, false", "3, false", "3, true"})
  void aRareClassIsLearntToTheTolerance(int classes, boolean perClass) {
    Training.Data data = Training.xor(11, 2000, 4, 0);
    for (int r = 0; r < data.y().length; r++) {
      boolean rare = r % 200 == 0;
      data.y()[r] = rare ? classes - 1 : classes == 2 ? 0 : data.y()[r];
      for (int j = 0; rare && j < 2; j++) {
        data.x()[r][j] *= 0.2;
      }
    }
    Training training = classes == 2 ? Training.binary() : Training.multiclass();
    training.perClass = perClass;
    training.solver = TrainingOptions.SolverKind.AUTO;
    training.precision = TrainingOptions.PrecisionChoice.AUTO;
    training.gates = 0;
    training.maxIter = 200;
    training.tol = classes == 2 ? 1e-3 : 1e-2;
    TrainingResult result = training.train(data);
    assertThat(result.certificate().stopReason()).isEqualTo(StopReason.GAP);
    assertThat(result.certificate().relativeGap()).isBetween(0.0, training.tol);
    assertThat(Training.accuracy(result.network(), data))
        .as("more than without the rare class, or without one of the others")
        .isGreaterThan(classes == 2 ? 0.995 : 0.95);
  }

  /** Two distinct rows: whichever side of the split they fall on, beta is chosen without a crash. */
  @Test
  void aPathOverTwoDistinctRows() {
    int n = 300;
    double[][] x = new double[n][];
    double[] y = new double[n];
    for (int r = 0; r < n; r++) {
      x[r] = new double[] {r % 2, 1};
      y[r] = r % 2;
    }
    Training.Data data = new Training.Data(x, y, Training.ones(n));
    Block block = new Block(2, new double[] {0, 1, 1, 1}, new double[] {0, 1}, new double[2]);
    boolean[] seen = new boolean[3];
    for (int seed = 0; !(seen[0] && seen[1] && seen[2]); seed++) {
      // How many of the two are held out under this seed.
      RowSelection held = new RowSelection(10, 0, true, seed);
      int count = (held.selects(block.key(0)) ? 1 : 0) + (held.selects(block.key(1)) ? 1 : 0);
      if (seen[count]) {
        continue;
      }
      seen[count] = true;
      Training training = Training.regression().path().solver(TrainingOptions.SolverKind.GRAM);
      training.gates = 2;
      training.seed = seed;
      Certificate certificate = training.train(data).certificate();
      assertThat(certificate.relativeGap())
          .as("seed %d holds out %d of the two rows", seed, count)
          .isBetween(0.0, 1e-3);
    }
  }

  @Test
  void labelsOfTheWrongKind() {
    Training.Data data = Training.xor(1, 100, 2, 0);
    double[] two = data.y().clone();
    two[3] = 2;
    assertThatThrownBy(() -> Training.binary().train(new Training.Data(data.x(), two, data.w())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 and 1")
        .hasMessageContaining("2.0");
    for (double only : new double[] {0, 1}) {
      double[] y = new double[100];
      Arrays.fill(y, only);
      assertThatThrownBy(() -> Training.binary().train(new Training.Data(data.x(), y, data.w())))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("both present");
    }
  }

  @Test
  void noRows() {
    LocalRows rows =
        new LocalRows(List.of(new Block(2, new double[0], new double[0], new double[0])));
    assertThatThrownBy(() -> Training.regression().train(rows))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no rows");
  }

  @Test
  void gatesBeyondTheDriverAreRefusedBeforeTheyAreDrawn() {
    Training many = Training.binary();
    many.gates = 500_000_000;
    assertThatThrownBy(() -> many.train(Training.xor(3, 500, 2, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lower numGates (500000000)")
        .hasMessageContaining("spark.driver.memory");
    Training trees = Training.binary();
    trees.gates = 0;
    trees.sampler = TrainingOptions.GateSampler.TREES;
    trees.trees = Integer.MAX_VALUE;
    assertThatThrownBy(() -> trees.train(Training.xor(3, 500, 2, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lower numTrees or numLeaves");
  }

  @Test
  void contradictoryAndImpossibleOptions() {
    Training both = Training.binary();
    both.regParam = OptionalDouble.of(0.1);
    refused(both, "regParam", "regRatio", "0.1");
    for (double bad : new double[] {0, -1, Double.NaN, 1.5}) {
      refused(Training.binary().ratio(bad), "regRatio", "(0, 1]", String.valueOf(bad));
    }
    for (double bad : new double[] {0, -1, Double.NaN, 1}) {
      Training training = Training.binary();
      training.tol = bad;
      refused(training, "tol", String.valueOf(bad));
    }
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      Training training = Training.binary();
      training.skipRidge = bad;
      refused(training, "skipRidge", String.valueOf(bad));
      Training beta = Training.binary().path();
      beta.regParam = OptionalDouble.of(bad);
      refused(beta, "regParam", String.valueOf(bad));
    }
    Training gates = Training.binary();
    gates.gates = -1;
    refused(gates, "numGates", "-1");
    Training passes = Training.binary();
    passes.maxIter = 0;
    refused(passes, "maxIter", "0");
    refused(Training.binary().solver(TrainingOptions.SolverKind.GRAM), "gram", "regression");
  }

  private static void refused(Training training, String... words) {
    assertThatThrownBy(training::options)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(words);
  }
}
