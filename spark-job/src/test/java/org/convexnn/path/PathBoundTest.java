package org.convexnn.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PathBoundTest {

  /**
   * The data G3c of docs/theory/golden.md#three-layers with its optimal lambda; the bounds are
   * those of docs/theory/depth.md#dual-and-bounds.
   */
  @Test
  void g3c() {
    double[] x = {1, .2, .9, .6, .5, 1, -.3, 1.1};
    double[] lambda = {.1821078398, -.3433423866, .2492636410, -.0930081665};
    double[] negative = Arrays.stream(lambda).map(l -> -l).toArray();
    PathBound plus = PathBound.of(2, x, lambda, 2);
    PathBound minus = PathBound.of(2, x, negative, 2);
    assertThat(plus.cauchySchwarz()).isCloseTo(.596, within(5e-4));
    assertThat(minus.cauchySchwarz()).isCloseTo(.604, within(5e-4));
    assertThat(plus.mixed()).isCloseTo(.461, within(5e-4));
    assertThat(minus.mixed()).isCloseTo(.465, within(5e-4));
    assertThat(PathBound.ofBothSigns(2, x, lambda, 2)).isEqualTo(minus.mixed());
  }

  /** On 200 random problems: no sub-network of path norm 1 has a price above the bounds. */
  @Test
  void neverBelowAPrice() {
    Random random = new Random(1);
    double closest = 0;
    for (int problem = 0; problem < 200; problem++) {
      int d = 1 + random.nextInt(3);
      int n = 2 + random.nextInt(6);
      int m = 1 + random.nextInt(3);
      double[] x = random.doubles(n * d, -1, 1).toArray();
      double[] lambda = random.doubles(n, -1, 1).toArray();
      PathBound bound = PathBound.of(d, x, lambda, m);
      for (int trial = 0; trial < 100; trial++) {
        double[] w1 = random.doubles(d * m, -1, 1).toArray();
        double[] w2 = random.doubles(m, -0.3, 1).toArray();
        LayeredNetwork net =
            new LayeredNetwork(new int[] {d, m, 1, 1}, new double[][] {w1, w2, {1}});
        double price = 0;
        for (int r = 0; r < n; r++) {
          price += lambda[r] * net.evaluate(Arrays.copyOfRange(x, r * d, (r + 1) * d));
        }
        price /= net.pathNorm();
        assertThat(price).isLessThanOrEqualTo(bound.cauchySchwarz());
        assertThat(price).isLessThanOrEqualTo(bound.mixed());
        closest = Math.max(closest, price / bound.mixed());
      }
    }
    assertThat(closest).as("attained up to the search").isGreaterThan(0.9);
  }
}
