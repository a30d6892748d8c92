package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The quantile of scores and the map of probabilities, by what is known of them. */
class CalibrationTest {

  private static double[] ones(int n) {
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** ceil((n + 1) coverage), where (n + 1) coverage is whole too. */
  @ParameterizedTest
  @CsvSource({
    "9, 0.9, 9",
    "99, 0.9, 90",
    "100, 0.9, 91",
    "19, 0.95, 19",
    "4, 0.5, 3",
    "49, 0.7, 35"
  })
  void theQuantileIsOfARank(int n, double coverage, int rank) {
    double[] scores = IntStream.rangeClosed(1, n).mapToDouble(r -> (r * 37) % (n + 1)).toArray();
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    Calibration calibration = Calibration.of(coverage, scores, ones(n));
    assertThat(calibration.quantile()).isEqualTo(sorted[rank - 1]);
    assertThat(calibration.rows()).isEqualTo(n);
    // Weights of one size are none.
    double[] sevens = ones(n);
    Arrays.fill(sevens, 7);
    assertThat(Calibration.of(coverage, scores, sevens)).isEqualTo(calibration);
  }

  @Test
  void weightsCountRows() {
    double[] scores = {5, 1, 3, 2, 4};
    double[] weights = {1, 1, 6, 1, 1};
    // Of weights in multiples of their mean, 2, the score 3 is reached at (1 + 1 + 6) / 2 = 4 of 6
    // .5 = 3.
    assertThat(Calibration.of(0.5, scores, weights).quantile()).isEqualTo(3);
    assertThat(Calibration.of(0.5, scores, new double[] {1, 6, 1, 1, 1}).quantile()).isEqualTo(1);
  }

  @Test
  void tooFewRowsAreRefused() {
    Calibration.of(0.9, new double[9], ones(9));
    assertThatThrownBy(() -> Calibration.of(0.9, new double[8], ones(8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("coverage is 0.9", "8 rows", "at least 9", "lower coverage");
    assertThatThrownBy(() -> Calibration.of(0.9, new double[0], ones(0)))
        .hasMessageContaining("0 rows");
  }

  /**
   * Of exchangeable scores the coverage is ceil((n + 1) coverage) / (n + 1) exactly: here 0.9 + 1/70 of n =
   * 34, in 200,000 trials with a standard error of 0.0006.
   */
  @Test
  void coverageIsThatOfTheTheorem() {
    Random random = new Random(8);
    int trials = 200_000;
    int n = 34;
    int covered = 0;
    for (int t = 0; t < trials; t++) {
      double[] scores = new double[n];
      for (int r = 0; r < n; r++) {
        scores[r] = random.nextGaussian();
      }
      covered += random.nextGaussian() <= Calibration.of(0.9, scores, ones(n)).quantile() ? 1 : 0;
    }
    assertThat((double) covered / trials).isCloseTo(32.0 / 35, within(0.003));
  }

  /** The largest of means of blocks from below, the smallest of those to above: the min-max formula. */
  @Test
  void theMapIsTheIsotonicRegression() {
    Random random = new Random(3);
    int n = 60;
    double[] p = random.doubles(n).map(v -> Math.round(v * 20) / 20.0).toArray();
    double[] happened =
        Arrays.stream(p).map(v -> random.nextDouble() < 0.2 + 0.5 * v ? 1 : 0).toArray();
    double[] weights = random.doubles(n).map(v -> 0.5 + v).toArray();
    IsotonicMap map = IsotonicMap.fit(p, happened, weights);
    double least = 1.0 / (n + 2);
    for (double x : p) {
      double best = Double.NEGATIVE_INFINITY;
      for (double low : p) {
        double smallest = Double.POSITIVE_INFINITY;
        for (double high : p) {
          if (low <= x && high >= x) {
            double sum = 0;
            double weight = 0;
            for (int r = 0; r < n; r++) {
              if (p[r] >= low && p[r] <= high) {
                sum += weights[r] * happened[r];
                weight += weights[r];
              }
            }
            smallest = Math.min(smallest, sum / weight);
          }
        }
        best = Math.max(best, low <= x ? smallest : Double.NEGATIVE_INFINITY);
      }
      assertThat(map.of(x)).isCloseTo(Math.min(Math.max(best, least), 1 - least), within(1e-12));
    }
    assertThat(map.of(-1)).isEqualTo(map.of(0));
    double[] line = IntStream.rangeClosed(0, 1000).mapToDouble(i -> map.of(i / 1000.0)).toArray();
    assertThat(line).isSorted();
    assertThat(map.of(Double.NaN)).isNaN();
  }

  @Test
  void whatIsNoMapIsRefused() {
    assertThatThrownBy(
            () -> new IsotonicMap(java.util.List.of(0.2, 0.1), java.util.List.of(.1, .2)))
        .hasMessageContaining("no map that rises");
    assertThatThrownBy(
            () -> new IsotonicMap(java.util.List.of(0.1, 0.2), java.util.List.of(.2, .1)))
        .hasMessageContaining("no map that rises");
    assertThatThrownBy(() -> new Calibration(0.9, 10, Double.NaN, java.util.List.of()))
        .hasMessageContaining("no calibration");
  }
}
