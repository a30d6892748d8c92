package org.convexnn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Softmax against differences, Fenchel and Young, its optimality conditions and goldens. */
class SoftmaxLossTest {

  private static double[] outputs(Random random, int classes, double scale) {
    return random.doubles(classes, -scale, scale).toArray();
  }

  @Property(tries = 300)
  void derivativeIsTheLimitOfDifferences(
      @ForAll @IntRange(min = 2, max = 9) int classes, @ForAll long seed) {
    Random random = new Random(seed);
    SoftmaxLoss loss = new SoftmaxLoss(classes);
    double[] f = outputs(random, classes, 8);
    int y = random.nextInt(classes);
    double[] r = new double[classes];
    loss.derivative(y, f, 0, r, 0);
    double h = 1e-4;
    for (int c = 0; c < classes; c++) {
      double[] up = f.clone();
      double[] down = f.clone();
      up[c] += h;
      down[c] -= h;
      double difference = (loss.value(y, up, 0) - loss.value(y, down, 0)) / (2 * h);
      assertThat(r[c]).isCloseTo(difference, within(1e-9));
    }
    assertThat(Arrays.stream(r).sum()).isCloseTo(0, within(1e-15));
  }

  @Property(tries = 300)
  void fenchelYoung(
      @ForAll @IntRange(min = 2, max = 9) int classes,
      @ForAll @IntRange(min = 0, max = 100) int percent,
      @ForAll long seed) {
    Random random = new Random(seed);
    SoftmaxLoss loss = new SoftmaxLoss(classes);
    int y = random.nextInt(classes);
    double[] f = outputs(random, classes, 20);
    double[] at = outputs(random, classes, 20);
    double[] r = new double[classes];
    loss.derivative(y, f, 0, r, 0);
    assertThat(loss.value(y, f, 0) + loss.conjugate(y, r, 0) - product(r, f))
        .isCloseTo(0, within(1e-12));
    // Any point of a ray that a certificate walks along.
    loss.derivative(y, at, 0, r, 0);
    for (int c = 0; c < classes; c++) {
      r[c] *= percent / 100.0;
    }
    assertThat(loss.value(y, f, 0) + loss.conjugate(y, r, 0) - product(r, f))
        .isGreaterThanOrEqualTo(-1e-12);
  }

  /** Found by the property below: the value rests while the gradient still falls. */
  @Test
  void proxIsStationaryWhereTheValueIsRounded() {
    assertProxIsStationary(6, -6, -208);
  }

  @Property(tries = 500)
  void proxIsStationary(
      @ForAll @IntRange(min = 2, max = 9) int classes,
      @ForAll @IntRange(min = -6, max = 6) int exponent,
      @ForAll long seed) {
    assertProxIsStationary(classes, exponent, seed);
  }

  private static void assertProxIsStationary(int classes, int exponent, long seed) {
    Random random = new Random(seed);
    SoftmaxLoss loss = new SoftmaxLoss(classes);
    double rho = Math.pow(10, exponent);
    double[] v = outputs(random, classes, 30);
    int y = random.nextInt(classes);
    double[] f = new double[classes];
    loss.prox(y, v, 0, rho, f, 0);
    double[] r = new double[classes];
    loss.derivative(y, f, 0, r, 0);
    for (int c = 0; c < classes; c++) {
      double size = rho * (Math.abs(f[c]) + Math.abs(v[c]));
      assertThat(r[c] + rho * (f[c] - v[c])).isCloseTo(0, within(1e-12 + 1e-14 * size));
    }
  }

  /** docs/theory/golden.md#proximal-steps. */
  @Test
  void goldenProx() {
    double[] f = new double[3];
    new SoftmaxLoss(3).prox(1, new double[] {0.2, -0.1, 0.4}, 0, 1, f, 0);
    assertThat(f[0]).isCloseTo(-0.0594287034476, within(1e-13));
    assertThat(f[1]).isCloseTo(0.4627026883507, within(1e-13));
    assertThat(f[2]).isCloseTo(0.0967260150969, within(1e-13));
  }

  /** With two outputs only their difference matters, and it is logistic. */
  @Property(tries = 200)
  void twoClassesAreLogistic(@ForAll long seed) {
    Random random = new Random(seed);
    double[] f = outputs(random, 2, 30);
    int y = random.nextInt(2);
    LogisticLoss logistic = new LogisticLoss();
    double[] odds = {f[1] - f[0]};
    assertThat(new SoftmaxLoss(2).value(y, f, 0))
        .isCloseTo(logistic.value(y, odds, 0), within(1e-13));
    double[] r = new double[2];
    double[] one = new double[1];
    new SoftmaxLoss(2).derivative(y, f, 0, r, 0);
    logistic.derivative(y, odds, 0, one, 0);
    assertThat(r[1]).isCloseTo(one[0], within(1e-15));
    assertThat(new SoftmaxLoss(2).conjugate(y, r, 0))
        .isCloseTo(logistic.conjugate(y, one, 0), within(1e-13));
  }

  /** v'Hv = sum p (v - p'v)^2, at most the curvature times ||v||^2. */
  @Property(tries = 300)
  void hasTheHessianOfTheSoftmax(
      @ForAll @IntRange(min = 2, max = 9) int classes, @ForAll long seed) {
    Random random = new Random(seed);
    SoftmaxLoss loss = new SoftmaxLoss(classes);
    double[] f = outputs(random, classes, 10);
    double[] v = outputs(random, classes, 1);
    int y = random.nextInt(classes);
    double[] r = new double[classes];
    loss.derivative(y, f, 0, r, 0);
    double[] p = f.clone();
    SoftmaxLoss.softmax(p, 0, classes);
    double mean = product(p, v);
    double form = 0;
    double square = 0;
    for (int c = 0; c < classes; c++) {
      form += p[c] * (v[c] - mean) * (v[c] - mean);
      square += v[c] * v[c];
    }
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      for (int k = 0; k < classes; k++) {
        sum += (c == k ? 1 : -1) * loss.hessian(y, f, 0, r, 0, c, k) * v[c] * v[k];
      }
      assertThat(loss.outputCurvature(y, f, 0, r, 0, c)).isBetween(0.0, 0.25);
    }
    assertThat(sum).isCloseTo(form, within(1e-12));
    assertThat(loss.curvature() * square).isGreaterThanOrEqualTo(form * (1 - 1e-12));
    assertThat(loss.rowCurvature(y, f, 0, r, 0)).isBetween(0.0, loss.curvature());
  }

  @Property(tries = 300)
  void slopesAreThoseOfTheLine(
      @ForAll @IntRange(min = 0, max = 2) int kind,
      @ForAll @IntRange(min = -3, max = 3) int exponent,
      @ForAll long seed) {
    Random random = new Random(seed);
    Loss loss =
        switch (kind) {
          case 0 -> new SquaredLoss();
          case 1 -> new LogisticLoss();
          default -> new SoftmaxLoss(3);
        };
    int c = loss.outputs();
    double[] f = outputs(random, c, 5);
    double[] g = outputs(random, c, Math.pow(10, exponent));
    double y = random.nextInt(2);
    double[] sums = {1, 2, 3};
    loss.addSlopes(y, f, g, 0, 0.5, 2, sums);
    for (int s = 0; s < 3; s++) {
      double[] point = new double[c];
      for (int k = 0; k < c; k++) {
        point[k] = f[k] + (s + 1) * 0.5 * g[k];
      }
      double[] r = new double[c];
      loss.derivative(y, point, 0, r, 0);
      double slope = 2 * product(r, g);
      assertThat(sums[s] - s - 1)
          .isCloseTo(slope, within(1e-12 * (1 + Math.abs(slope)) * (1 + Math.abs(g[0]))));
    }
  }

  /** Against the conjugate itself, also where the shortcut does not apply. */
  @Property(tries = 300)
  void dualValuesAreThoseOfTheRay(
      @ForAll @IntRange(min = 2, max = 6) int classes, @ForAll boolean inside, @ForAll long seed) {
    Random random = new Random(seed);
    SoftmaxLoss loss = new SoftmaxLoss(classes);
    int y = random.nextInt(classes);
    double[] r = new double[classes];
    loss.derivative(y, outputs(random, classes, 9), 0, r, 0);
    if (!inside) {
      r[y] -= 0.5;
    }
    double[] b = outputs(random, classes, 2);
    double[] taus = {0.5, 0.9, 1};
    double[] sums = {1, 1, 1};
    loss.addDualValues(y, r, 0, b, Scalings.of(taus), 3, sums, 0);
    for (int g = 0; g < 3; g++) {
      double[] scaled = r.clone();
      for (int c = 0; c < classes; c++) {
        scaled[c] *= taus[g];
      }
      double value = 1 + 3 * (product(scaled, b) - loss.conjugate(y, scaled, 0));
      if (inside) {
        assertThat(sums[g]).isCloseTo(value, within(1e-11));
      } else {
        assertThat(sums[g]).isEqualTo(Double.NEGATIVE_INFINITY);
      }
    }
  }

  /** All the way where l* is finite there, else along it to where it ceases to be. */
  @Property(tries = 500)
  void dualPointsMoveAsFarAsTheConjugateIsFinite(
      @ForAll @IntRange(min = 2, max = 6) int classes,
      @ForAll @IntRange(min = -3, max = 1) int size,
      @ForAll long seed) {
    Random random = new Random(seed);
    SoftmaxLoss loss = new SoftmaxLoss(classes);
    int y = random.nextInt(classes);
    double[] r = new double[classes];
    loss.derivative(y, outputs(random, classes, 5), 0, r, 0);
    double[] by = outputs(random, classes, Math.pow(10, size));
    double mean = Arrays.stream(by).sum() / classes;
    Arrays.setAll(by, c -> by[c] - mean);
    double[] moved = r.clone();
    loss.moveDual(y, moved, by, 0);
    assertThat(loss.conjugate(y, moved, 0)).isFinite();
    boolean whole = Double.isFinite(loss.conjugate(y, plus(r, 1, by), 0));
    double share = whole ? 1 : (moved[y] - r[y]) / by[y];
    assertThat(share).isBetween(0.0, 1.0);
    assertThat(moved).containsExactly(plus(r, share, by), within(1e-9));
    assertThat(whole || Double.isInfinite(loss.conjugate(y, plus(r, share + 1e-6, by), 0)))
        .isTrue();
  }

  private static double[] plus(double[] r, double share, double[] by) {
    double[] sum = r.clone();
    Arrays.setAll(sum, c -> r[c] + share * by[c]);
    return sum;
  }

  @Test
  void extremeOutputsStayFinite() {
    SoftmaxLoss loss = new SoftmaxLoss(3);
    double[] f = {1e4, -1e4, 0};
    double[] r = new double[3];
    for (int y = 0; y < 3; y++) {
      assertThat(loss.value(y, f, 0)).isFinite().isGreaterThanOrEqualTo(0);
      loss.derivative(y, f, 0, r, 0);
      assertThat(loss.conjugate(y, r, 0)).isFinite();
    }
    assertThat(loss.conjugate(0, new double[] {0.1, 0, 0}, 0)).isInfinite();
    assertThat(loss.conjugate(0, new double[] {-0.5, 0.2, 0.2}, 0)).isInfinite();
    assertThatThrownBy(() -> new SoftmaxLoss(1)).hasMessageContaining("at least 2");
  }

  private static double product(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }
}
