package org.convexnn.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistogramTest {

  /** Whatever the units, and in whichever parts the numbers come. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-200, 1e-9, 1, 12345.678, 1e200})
  void quantilesAndCountsAreThoseOfTheNumbers(double unit) {
    Random random = new Random(3);
    double[] values = new double[20_000];
    Histogram first = new Histogram();
    Histogram second = new Histogram();
    for (int i = 0; i < values.length; i++) {
      // Small ones come first, so that bins have to grow.
      values[i] = unit * (random.nextGaussian() + 0.5) * (i < 100 ? 1e-6 : 1);
      (i % 3 == 0 ? first : second).add(values[i], 2);
    }
    first.add(0, 2);
    second.merge(first);
    double[] sorted = Arrays.stream(values).sorted().toArray();
    for (double q : new double[] {0.01, 0.3, 0.5, 0.99}) {
      assertThat(second.quantile(q) / unit)
          .isCloseTo(sorted[(int) (q * sorted.length)] / unit, within(0.01));
    }
    double[] counts = second.counts(-2 * unit, 2 * unit, 8);
    for (int k = 0; k < 8; k++) {
      double from = (k - 4) * 0.5 * unit;
      double exact =
          2 * Arrays.stream(values).filter(v -> v >= from && v < from + 0.5 * unit).count();
      assertThat(counts[k]).isCloseTo(exact, within(20.0));
    }
    assertThat(Arrays.stream(second.counts(-64 * unit, 64 * unit, 3)).sum())
        .isCloseTo(2 * (values.length + 1), within(1e-6));
  }
}
