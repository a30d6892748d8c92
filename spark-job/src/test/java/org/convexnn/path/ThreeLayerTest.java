package org.convexnn.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SoftmaxLoss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.solver.StopReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The golden values of docs/theory/golden.md#e1-exact-relu and docs/theory/golden.md#three-layers.
 * These sum the loss over rows, this package takes the mean: beta is divided by n, objectives and
 * lambda are multiplied by it.
 */
class ThreeLayerTest {

  private static final int D = 2;

  private enum Data {
    /** One dimension and a column of ones. */
    G3A(new double[] {-2, 1, -.5, 1, 1, 1, 2, 1}, new double[] {1, -1, 1, -.5}),
    /** XOR. */
    G3B(new double[] {1, 1, -1, -1, 1, -1, -1, 1}, new double[] {1, 1, -1, -1}),
    /** Depth helps. */
    G3C(new double[] {1, .2, .9, .6, .5, 1, -.3, 1.1}, new double[] {1, -1, 1, -1}),
    /** Two layers: docs/theory/golden.md#e1-exact-relu. */
    E1(new double[] {1, 0, 0, 1, -1, 1, 1, 2, -1, -1}, new double[] {1, -1, 2, .5, -.5}),
    /** The same with classes. */
    E1_CLASSES(E1.x, new double[] {1, 0, 1, 1, 0});

    final double[] x;
    final double[] y;

    Data(double[] x, double[] y) {
      this.x = x;
      this.y = y;
    }

    int rows() {
      return y.length;
    }

    ThreeLayerProgram program(Loss loss, int width) {
      return new ThreeLayerProgram(D, x, y, loss, PathPattern.sample(D, x, width, 20_000, 1));
    }
  }

  /** m_1 = 1 is two layers; m_1 = 2 is at most two layers at beta / sqrt 2. */
  @ParameterizedTest
  @CsvSource({
    "G3A, 1, .1, 0.6083245742",
    "G3A, 1, .07071067811865475, 0.4488960113",
    "G3A, 2, .1, 0.4488960113",
    "G3B, 1, .1, 0.2728427125",
    "G3B, 2, .1, 0.195",
    "G3C, 1, .1, 1.0973288601",
    "G3C, 1, .07071067811865475, 0.8383008952",
    "G3C, 2, .1, 0.7568069631",
    "E1, 1, .3, 1.7039696961966997",
    "E1, 1, 1, 2.8808423",
    "E1_CLASSES, 1, .1, 1.7656664147"
  })
  void golden(Data data, int width, double beta, double expected) {
    int n = data.rows();
    Loss loss = data == Data.E1_CLASSES ? new LogisticLoss() : new SquaredLoss();
    ThreeLayerFit fit = data.program(loss, width).solve(beta / n, 2e-6, 40_000);
    assertThat(fit.stopReason()).isEqualTo(StopReason.GAP);
    assertThat(fit.relativeGap()).isBetween(0.0, 2e-6);
    assertThat(n * fit.objective()).isCloseTo(expected, within(1e-5));
    assertThat(n * fit.lowerBound()).isCloseTo(expected, within(1e-5));
    assertThat(n * fit.lowerBound()).isLessThanOrEqualTo(expected + 1e-7);
    assertThat(fit.network().branches()).hasSizeBetween(1, n);
    assertThat(fit.lowerBoundAllPatterns()).isPositive().isLessThanOrEqualTo(fit.lowerBound());
  }

  @Test
  void dualPointOfG3c() {
    ThreeLayerFit fit = Data.G3C.program(new SquaredLoss(), 2).solve(.1 / 4, 2e-6, 20_000);
    double[] lambda = Arrays.stream(fit.lambda()).map(l -> 4 * l).toArray();
    double[] expected = {.1821078398, -.3433423866, .2492636410, -.0930081665};
    assertThat(lambda).containsExactly(expected, within(1e-4));
  }

  /** The objective is that of the layers; their path norm is the penalty {@code sum ||Z_s||_F}. */
  @Test
  void decodedLayers() {
    ThreeLayerProgram program = Data.G3C.program(new SquaredLoss(), 2);
    ThreeLayerFit fit = program.solve(.1 / 4, 1e-5, 20_000);
    double loss = 0;
    for (int r = 0; r < 4; r++) {
      double f = 0;
      for (LayeredNetwork branch : fit.network().branches()) {
        double[] w1 = branch.weights()[0];
        double second = 0;
        for (int j = 0; j < 2; j++) {
          double h = Data.G3C.x[2 * r] * w1[j] + Data.G3C.x[2 * r + 1] * w1[2 + j];
          second += Math.max(h, 0) * branch.weights()[1][j];
        }
        f += Math.max(second, 0) * branch.weights()[2][0];
      }
      loss += (f - Data.G3C.y[r]) * (f - Data.G3C.y[r]) / 8;
    }
    double norms = 0;
    for (LayeredNetwork branch : fit.network().branches()) {
      // W_1 has unit columns and w_2 norm one: ||Z||_F is left to w_3.
      double own = Math.abs(branch.weights()[2][0]);
      assertThat(branch.pathNorm()).isCloseTo(own, within(1e-12));
      norms += own;
    }
    assertThat(fit.objective()).isCloseTo(loss + .1 / 4 * norms, within(1e-12));
    assertThat(fit.network().pathNorm()).isCloseTo(norms, within(1e-12));
    assertThat(fit.network().branches())
        .anyMatch(b -> Arrays.stream(b.weights()[1]).anyMatch(w -> w < 0));
  }

  /** Fewer patterns, a higher optimum: the bound of some is above the optimum of all. */
  @Test
  void boundsAreOfTheGivenPatterns() {
    List<PathPattern> all = PathPattern.sample(D, Data.G3C.x, 2, 20_000, 1);
    List<PathPattern> some = all.subList(0, 5);
    ThreeLayerProgram program =
        new ThreeLayerProgram(D, Data.G3C.x, Data.G3C.y, new SquaredLoss(), some);
    ThreeLayerFit fit = program.solve(.1 / 4, 1e-6, 5000);
    assertThat(4 * fit.lowerBound()).isGreaterThan(0.7568069631);
    assertThat(4 * fit.objective()).as("of a network").isGreaterThanOrEqualTo(0.7568069631);
    assertThat(4 * fit.lowerBoundAllPatterns()).isLessThan(0.7568069631);
  }

  /** More rows and neurons, and a column of ones: the bounds meet for both losses. */
  @ParameterizedTest
  @CsvSource({
    "8, 2, 2, 0.1, false",
    "8, 2, 2, 0.01, true",
    "6, 3, 2, 0.1, true",
    "10, 2, 3, 0.1, false",
    "20, 3, 2, 0.01, false"
  })
  void boundsMeet(int n, int d, int width, double beta, boolean logistic) {
    Random random = new Random(5);
    double[] x = new double[n * d];
    double[] y = new double[n];
    for (int r = 0; r < n; r++) {
      for (int j = 0; j < d; j++) {
        x[r * d + j] = j < d - 1 ? random.nextGaussian() : 1;
      }
      double first = x[r * d];
      y[r] = logistic ? (Math.abs(first) > 0.7 ? 1 : 0) : Math.abs(first) - 0.5;
    }
    Loss loss = logistic ? new LogisticLoss() : new SquaredLoss();
    List<PathPattern> patterns = PathPattern.sample(d, x, width, 300, 1);
    ThreeLayerFit fit = new ThreeLayerProgram(d, x, y, loss, patterns).solve(beta, 1e-3, 4000);
    assertThat(fit.stopReason()).isEqualTo(StopReason.GAP);
    assertThat(fit.network().branches()).hasSizeBetween(1, n);
    assertThat(fit.objective()).isLessThan(logistic ? Math.log(2) : 1);
  }

  @Test
  void largeBetaSwitchesEverythingOff() {
    ThreeLayerFit fit = Data.G3C.program(new SquaredLoss(), 2).solve(10, 1e-9, 1000);
    assertThat(fit.network().branches()).isEmpty();
    assertThat(fit.objective()).isEqualTo(0.5);
    assertThat(fit.relativeGap()).isBetween(0.0, 1e-9);
  }

  @Test
  void patternsAreFoundOnce() {
    List<PathPattern> one = PathPattern.sample(D, Data.E1.x, 1, 20_000, 1);
    assertThat(one).as("all full-dimensional patterns of E1, docs/theory/golden.md#e1").hasSize(10);
    List<PathPattern> more = PathPattern.sample(D, Data.E1.x, 2, 400, 1);
    List<PathPattern> fewer = PathPattern.sample(D, Data.E1.x, 2, 100, 1);
    assertThat(more.subList(0, fewer.size())).usingRecursiveComparison().isEqualTo(fewer);
  }

  @Test
  void refusals() {
    Data data = Data.G3C;
    List<PathPattern> patterns = PathPattern.sample(D, data.x, 2, 100, 1);
    SquaredLoss squared = new SquaredLoss();
    refused(
        () -> new ThreeLayerProgram(D, data.x, data.y, new SoftmaxLoss(3), patterns),
        "not implemented for a loss of 3 outputs",
        "layerWidths");
    refused(
        () -> new ThreeLayerProgram(3, data.x, data.y, squared, patterns),
        "x has 8 numbers; it must have 3 for each of 4 labels");
    double[] bad = data.y.clone();
    bad[2] = Double.NaN;
    refused(
        () -> new ThreeLayerProgram(D, data.x, bad, squared, patterns), "y has the value NaN at 2");
    refused(
        () -> new ThreeLayerProgram(D, data.x, data.y, squared, List.of()),
        "there are no patterns");
    refused(
        () ->
            new ThreeLayerProgram(
                D, data.x, data.y, squared, PathPattern.sample(D, Data.E1.x, 2, 10, 1)),
        "a pattern of 2 neurons on 5 rows");
    int n = 200_000;
    double[] x = new double[n];
    Arrays.setAll(x, r -> r - n / 2.0);
    List<PathPattern> two = PathPattern.sample(1, x, 2, 3, 1);
    List<PathPattern> many = Collections.nCopies(2000, two.get(0));
    refused(
        () -> new ThreeLayerProgram(1, x, new double[n], squared, many),
        "2000 patterns of 2 neurons with 1 features on 200000 rows",
        "draw fewer patterns");
    ThreeLayerProgram program = new ThreeLayerProgram(D, data.x, data.y, squared, patterns);
    refused(() -> program.solve(0, 1e-3, 10), "beta is 0.0; it must be a positive number");
    refused(() -> program.solve(0.1, Double.NaN, 10), "tol is NaN");
    refused(() -> program.solve(0.1, 1e-3, 0), "maxIterations is 0");
    refused(() -> PathPattern.sample(D, data.x, 0, 10, 1), "width is 0");
    refused(() -> PathPattern.sample(D, data.x, 2, 0, 1), "draws is 0");
    refused(() -> PathPattern.sample(3, data.x, 2, 10, 1), "x has 8 numbers");
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String... parts) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(parts);
  }
}
