package org.convexnn.relu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.convexnn.linalg.Blas;
import org.junit.jupiter.api.Test;

/**
 * The exact maximum in the plane: values of docs/theory/golden.md#column-generation, and a fine
 * grid of angles.
 */
class PlanePricesTest {

  /** The dual point of E1 with the patterns 2 and 8 alone. */
  static final double[] RESTRICTED = {
    .116803911, -1.090656247, .878442992, .183196089, -.873852336
  };

  private static double[] flat(double[][] x) {
    double[] all = new double[2 * x.length];
    for (int r = 0; r < x.length; r++) {
      System.arraycopy(x[r], 0, all, 2 * r, 2);
    }
    return all;
  }

  @Test
  void goldenOfRestrictedPatterns() {
    PlanePrices prices = new PlanePrices(flat(SmallProblem.E1), RESTRICTED, 1);
    double h = Math.sqrt(0.5);
    assertThat(prices.largest().price()).isCloseTo(1.2358138251, within(2e-9));
    assertThat(prices.largest(-1).price()).isCloseTo(1.2358138251, within(2e-9));
    assertThat(prices.largest(-1).direction()).containsExactly(new double[] {-h, -h}, within(1e-9));
    assertThat(prices.largest(1).price()).isCloseTo(0.6006347619, within(2e-9));
    assertThat(prices.largest(1).direction()).containsExactly(new double[] {-h, h}, within(1e-9));
    double[] y = SmallProblem.E1_LABELS;
    double tau = 0.3 / prices.largest().price();
    assertThat(tau).isCloseTo(0.242755012, within(1e-9));
    double bound = tau * Blas.dot(RESTRICTED, y) - tau * tau / 2 * Blas.dot(RESTRICTED, RESTRICTED);
    assertThat(bound).as("lower bound of p*").isCloseTo(0.7662343686, within(2e-9));
  }

  /** betaMax (docs/theory/certificates.md#betamax): the price at lambda = y. */
  @Test
  void goldenOfBetaMax() {
    PlanePrices prices = new PlanePrices(flat(SmallProblem.E1), SmallProblem.E1_LABELS, 1);
    assertThat(prices.largest().price()).isCloseTo(2.5, within(1e-12));
  }

  @Property(tries = 200)
  void theMaximumOfAFineGrid(
      @ForAll @IntRange(min = 0, max = 12) int rows,
      @ForAll @IntRange(min = 1, max = 3) int outputs,
      @ForAll boolean integers,
      @ForAll long seed) {
    Random random = new Random(seed);
    double[] points = new double[2 * rows];
    double[] dual = new double[outputs * rows];
    for (int i = 0; i < points.length; i++) {
      // Integers give equal angles, zero rows and edges at the start of the sweep.
      points[i] = integers ? random.nextInt(5) - 2 : random.nextGaussian();
    }
    double size = 0;
    for (int i = 0; i < dual.length; i++) {
      dual[i] = random.nextGaussian();
      size += Math.abs(dual[i]) * 3;
    }
    PlanePrices prices = new PlanePrices(points, dual, outputs);
    PlanePrices.Found found = prices.largest();
    assertThat(price(points, dual, outputs, found.direction()))
        .as("price of the direction")
        .isCloseTo(found.price(), within(1e-12 * (1 + size)));
    double best = 0;
    int steps = 2000;
    for (int k = 0; k < steps; k++) {
      double angle = 2 * Math.PI * k / steps;
      double[] u = {Math.cos(angle), Math.sin(angle)};
      best = Math.max(best, price(points, dual, outputs, u));
    }
    assertThat(found.price()).isGreaterThanOrEqualTo(best - 1e-12 * (1 + size));
    assertThat(found.price()).isLessThanOrEqualTo(best + 2 * size * Math.PI / steps);
  }

  private static double price(double[] points, double[] dual, int outputs, double[] u) {
    double[] sums = new double[outputs];
    for (int r = 0; 2 * r < points.length; r++) {
      double h = Math.max(0, points[2 * r] * u[0] + points[2 * r + 1] * u[1]);
      for (int c = 0; c < outputs; c++) {
        sums[c] += dual[r * outputs + c] * h;
      }
    }
    return Blas.norm(sums, 0, outputs);
  }

  @Test
  void aSignIsForOneOutput() {
    assertThatThrownBy(() -> new PlanePrices(new double[2], new double[2], 2).largest(1))
        .hasMessageContaining("2 outputs");
  }
}
