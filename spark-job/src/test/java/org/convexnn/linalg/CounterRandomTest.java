package org.convexnn.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CounterRandomTest {

  private static final int DRAWS = 20_000;

  /** The first output of SplitMix64 for seed 0, from its authors' reference implementation. */
  @Test
  void mixIsSplitMix64() {
    assertThat(CounterRandom.mix(0x9E3779B97F4A7C15L)).isEqualTo(0xE220A8397B1DCDAFL);
    assertThat(CounterRandom.mix(1)).isEqualTo(0x5692161D100B05E5L);
  }

  /** Computed by an independent implementation with Python's integers: saved models need these. */
  @Test
  void valuesNeverChange() {
    assertStream(new CounterRandom(0, 0), 0xA706DD2F4D197E6FL, 0xB382A305F4414F5EL);
    assertStream(new CounterRandom(42, 7), 0xD0232BEEA63EC39EL, 0xE9D79128BC03F151L);
    assertStream(new CounterRandom(-1, 3), 0x27D249E05393C4ABL, 0x63EFD7FAA4FBF779L);
    assertThat(new CounterRandom(0, 0).nextDouble()).isEqualTo(0.6524484863740322);
    assertThat(new CounterRandom(42, 7).nextGaussian())
        .isCloseTo(1.5671030714347798, within(1e-15));
  }

  private static void assertStream(CounterRandom random, long first, long second) {
    assertThat(random.nextLong()).isEqualTo(first);
    assertThat(random.nextLong()).isEqualTo(second);
  }

  @Test
  void uniformCoversTheHalfOpenUnitInterval() {
    assertThat(CounterRandom.uniform(0)).isEqualTo(0.0);
    assertThat(CounterRandom.uniform(-1L)).isEqualTo(1 - 0x1.0p-53);
    assertThat(CounterRandom.uniform(1L << 63)).isEqualTo(0.5);
  }

  @Test
  void streamsShareNoValueAndAreUncorrelated() {
    Set<Long> seen = new HashSet<>();
    for (int seed = 0; seed < 10; seed++) {
      for (int stream = 0; stream < 20; stream++) {
        CounterRandom random = new CounterRandom(seed, stream);
        for (int k = 0; k < 200; k++) {
          assertThat(seen.add(random.nextLong())).isTrue();
        }
      }
    }
    double bound = 5 / Math.sqrt(DRAWS);
    for (int stream = 0; stream < 8; stream++) {
      assertThat(Math.abs(correlation(new CounterRandom(1, stream), new CounterRandom(1, 8))))
          .isLessThan(bound);
      assertThat(Math.abs(correlation(new CounterRandom(stream, 3), new CounterRandom(8, 3))))
          .isLessThan(bound);
    }
    CounterRandom late = new CounterRandom(5, 5);
    late.nextLong();
    assertThat(Math.abs(correlation(new CounterRandom(5, 5), late))).isLessThan(bound);
  }

  private static double correlation(CounterRandom left, CounterRandom right) {
    double sum = 0;
    for (int k = 0; k < DRAWS; k++) {
      sum += (left.nextDouble() - 0.5) * (right.nextDouble() - 0.5) * 12;
    }
    return sum / DRAWS;
  }

  @Test
  void gaussianMoments() {
    double[] moments = new double[5];
    int beyond = 0;
    CounterRandom random = new CounterRandom(11, 0);
    for (int k = 0; k < DRAWS; k++) {
      double g = random.nextGaussian();
      double power = 1;
      for (int m = 0; m < moments.length; m++) {
        moments[m] += power / DRAWS;
        power *= g;
      }
      beyond += Math.abs(g) > 1.959963984540054 ? 1 : 0;
    }
    // Five standard errors: the variance of g^m is E g^2m - (E g^m)^2.
    double unit = 5 / Math.sqrt(DRAWS);
    assertThat(moments[1]).isCloseTo(0, within(unit));
    assertThat(moments[2]).isCloseTo(1, within(unit * Math.sqrt(2)));
    assertThat(moments[3]).isCloseTo(0, within(unit * Math.sqrt(15)));
    assertThat(moments[4]).isCloseTo(3, within(unit * Math.sqrt(96)));
    assertThat((double) beyond / DRAWS).isCloseTo(0.05, within(unit * 0.218));
  }

  @Test
  void integersFillTheirRangeEvenly() {
    int[] counts = new int[7];
    CounterRandom random = new CounterRandom(3, 9);
    for (int k = 0; k < DRAWS; k++) {
      counts[random.nextInt(7)]++;
    }
    double share = 1.0 / 7;
    for (int count : counts) {
      assertThat((double) count / DRAWS)
          .isCloseTo(share, within(5 * Math.sqrt(share * (1 - share) / DRAWS)));
    }
  }
}
