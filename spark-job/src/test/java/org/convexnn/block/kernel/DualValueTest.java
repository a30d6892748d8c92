package org.convexnn.block.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SquaredLoss;

/** D(tau) from its sums on a grid against D(tau) itself. */
class DualValueTest {

  /** Rows' labels, weights and dual points r = l'(f). */
  private static final class Ray {
    final Loss loss;
    final double[] y;
    final double[] w;
    final double[] r;
    final double offset;

    Ray(Loss loss, long seed) {
      Random random = new Random(seed);
      int n = 1 + random.nextInt(30);
      this.loss = loss;
      this.offset = random.nextGaussian();
      this.y = new double[n];
      this.w = new double[n];
      this.r = new double[n];
      double spread = Math.pow(10, 3 * random.nextDouble() - 1);
      for (int k = 0; k < n; k++) {
        y[k] = loss instanceof LogisticLoss ? random.nextInt(2) : random.nextGaussian();
        w[k] = random.nextDouble() + 0.1;
        loss.derivative(y[k], new double[] {spread * random.nextGaussian()}, 0, r, k);
      }
    }

    double exact(double tau) {
      double sum = 0;
      for (int k = 0; k < r.length; k++) {
        double[] scaled = {tau * r[k]};
        sum += w[k] * (scaled[0] * offset - loss.conjugate(y[k], scaled, 0));
      }
      return sum;
    }

    double size() {
      double sum = 1;
      for (int k = 0; k < r.length; k++) {
        sum += w[k] * (Math.abs(r[k] * offset) + Math.abs(loss.conjugate(y[k], r, k)));
      }
      return sum;
    }

    /** The sums, at a position that is not the first. */
    double[] sums() {
      double[] sums = new double[2 + DualValue.length()];
      sums[0] = 77;
      for (int k = 0; k < r.length; k++) {
        DualValue.add(loss, y[k], new double[] {offset}, r, k, w[k], sums, 2);
      }
      assertThat(sums[0]).isEqualTo(77);
      return sums;
    }
  }

  @Provide
  Arbitrary<Double> shares() {
    return Arbitraries.oneOf(
        Arbitraries.doubles().between(0, 1),
        Arbitraries.of(0.0, 0.5, 0.8, 0.95, 0.985, 0.995, 1.0));
  }

  @Property(tries = 500)
  void neverAboveTheExactValue(@ForAll long seed, @ForAll("shares") double tau) {
    Ray ray = new Ray(new LogisticLoss(), seed);
    double bound = DualValue.at(tau, ray.sums(), 2, false);
    assertThat(bound).isLessThanOrEqualTo(ray.exact(tau) + 1e-14 * ray.size());
  }

  @Property(tries = 200)
  void exactOnTheGrid(@ForAll long seed) {
    Ray ray = new Ray(new LogisticLoss(), seed);
    assertThat(DualValue.at(0, ray.sums(), 2, false)).isZero();
    for (double tau : DualValue.grid()) {
      assertThat(Math.abs(DualValue.at(tau, ray.sums(), 2, false) - ray.exact(tau)))
          .isLessThanOrEqualTo(1e-14 * ray.size());
    }
  }

  @Property(tries = 300)
  void squaredLossIsExactEverywhere(@ForAll long seed, @ForAll("shares") double tau) {
    Ray ray = new Ray(new SquaredLoss(), seed);
    for (double t : new double[] {tau, 3 * tau, -tau}) {
      assertThat(Math.abs(DualValue.at(t, ray.sums(), 2, true) - ray.exact(t)))
          .isLessThanOrEqualTo(1e-13 * ray.size() * (1 + t * t));
    }
  }
}
