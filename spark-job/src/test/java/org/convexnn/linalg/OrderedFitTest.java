package org.convexnn.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fits in order: pooled means, and what is necessary and sufficient for the least sum. */
class OrderedFitTest {

  /** Pool adjacent violators (Barlow et al. 1972), for a chain. */
  private static double[] pooled(double[] h, double[] z) {
    int n = h.length;
    double[] weight = new double[n];
    double[] mean = new double[n];
    int[] size = new int[n];
    int blocks = 0;
    for (int i = 0; i < n; i++) {
      weight[blocks] = h[i];
      mean[blocks] = z[i];
      size[blocks++] = 1;
      while (blocks > 1 && mean[blocks - 2] > mean[blocks - 1]) {
        double both = weight[blocks - 2] + weight[blocks - 1];
        mean[blocks - 2] =
            (weight[blocks - 2] * mean[blocks - 2] + weight[blocks - 1] * mean[blocks - 1]) / both;
        weight[blocks - 2] = both;
        size[blocks - 2] += size[blocks - 1];
        blocks--;
      }
    }
    double[] x = new double[n];
    int at = 0;
    for (int k = 0; k < blocks; k++) {
      Arrays.fill(x, at, at + size[k], mean[k]);
      at += size[k];
    }
    return x;
  }

  @Test
  void aChainIsPooled() {
    Random random = new Random(1);
    for (int trial = 0; trial < 200; trial++) {
      int n = 1 + random.nextInt(60);
      double[] h = random.doubles(n, 0.01, 2).toArray();
      double[] z =
          IntStream.range(0, n).mapToDouble(i -> random.nextGaussian() + 0.02 * i).toArray();
      int[] pairs = IntStream.range(0, n - 1).flatMap(i -> IntStream.of(i, i + 1)).toArray();
      double[] none = new double[n];
      assertThat(new OrderedFit(n, pairs).solve(h, z, none, none))
          .containsExactly(pooled(h, z), within(1e-12));
    }
  }

  /** Karush, Kuhn and Tucker: in order, no force over, and multipliers where values are equal alone. */
  @ParameterizedTest
  @CsvSource({"0, 0, 0", "1, 0, 0", "1, 1, 0", "1, 0, 0.3", "1, 1, 0.3", "1, 1, 1"})
  void forcesAreInBalance(double kink, double spread, double flat) {
    Random random = new Random(7);
    for (int trial = 0; trial < 400; trial++) {
      int n = 2 + random.nextInt(trial % 10 == 0 ? 128 : 14);
      int[] pairs =
          IntStream.range(0, random.nextInt(3 * n))
              .mapToObj(
                  p -> {
                    int i = random.nextInt(n - 1);
                    return new int[] {i, i + 1 + random.nextInt(n - 1 - i)};
                  })
              .flatMapToInt(Arrays::stream)
              .toArray();
      double[] h = new double[n];
      double[] z = new double[n];
      double[] c = new double[n];
      double[] b = new double[n];
      for (int i = 0; i < n; i++) {
        h[i] = random.nextDouble() < flat ? 0 : random.nextDouble();
        z[i] = random.nextInt(4) == 0 ? random.nextInt(3) : random.nextGaussian();
        c[i] = kink * random.nextInt(3) * random.nextDouble();
        b[i] = spread * random.nextInt(4);
      }
      OrderedFit fit = new OrderedFit(n, pairs);
      double[] x = fit.solve(h, z, c, b);
      double[] lambda = fit.multipliers();
      double[] force = new double[n];
      for (int p = 0; p < lambda.length; p++) {
        int i = pairs[2 * p];
        int j = pairs[2 * p + 1];
        assertThat(x[i]).isLessThanOrEqualTo(x[j]);
        assertThat(lambda[p]).isNotNegative();
        if (lambda[p] > 0) {
          assertThat(x[i]).isEqualTo(x[j]);
        }
        force[i] += lambda[p];
        force[j] -= lambda[p];
      }
      for (int i = 0; i < n; i++) {
        double smooth = -h[i] * (x[i] - z[i]);
        boolean atKink = Math.abs(x[i] - b[i]) < 1e-12;
        double sign = Math.signum(x[i] - b[i]);
        assertThat(force[i])
            .isBetween(
                smooth - (atKink ? c[i] : sign * c[i]) - 1e-11,
                smooth + (atKink ? c[i] : -sign * c[i]) + 1e-11);
      }
    }
  }
}
