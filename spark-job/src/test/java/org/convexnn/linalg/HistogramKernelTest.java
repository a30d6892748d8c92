package org.convexnn.linalg;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HistogramKernelTest {

  private static final int ROWS = 100;
  private static final int CODES = 256;

  static Stream<Arguments> kernels() {
    return Stream.of(new PlainHistogramKernel(), new VectorHistogramKernel())
        .flatMap(
            kernel ->
                Stream.of(2, 4)
                    .flatMap(
                        stride ->
                            Stream.of(true, false)
                                .map(weighted -> Arguments.of(kernel, stride, weighted))));
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void sumsAreThoseOfTheRows(HistogramKernel kernel, int stride, boolean weighted) {
    Random random = new Random(5);
    int[] codes = random.ints(ROWS).toArray();
    float[] derivatives = new float[ROWS];
    float[] curvatures = new float[ROWS];
    float[] weights = weighted ? new float[ROWS] : null;
    long[] pairs = new long[ROWS];
    for (int k = 0; k < ROWS; k++) {
      derivatives[k] = (float) random.nextGaussian();
      curvatures[k] = random.nextFloat();
      pairs[k] = HistogramKernel.pair(derivatives[k], curvatures[k]);
      assertThat(HistogramKernel.first(pairs[k])).isEqualTo(derivatives[k]);
      assertThat(HistogramKernel.second(pairs[k])).isEqualTo(curvatures[k]);
      if (weighted) {
        weights[k] = random.nextFloat();
      }
    }
    int[] shifts = {8, 0, 24, 16};
    for (int slots = 0; slots <= 4; slots++) {
      int[] offsets = {3 * CODES * stride, 0, CODES * stride, 2 * CODES * stride};
      double[] sums = random.doubles(4 * CODES * stride).toArray();
      double[] right = sums.clone();
      int from = 7;
      int to = ROWS - 5;
      for (int s = 0; s < slots; s++) {
        for (int k = from; k < to; k++) {
          int at = offsets[s] + stride * (codes[k] >>> shifts[s] & 0xFF);
          right[at] += derivatives[k];
          right[at + 1] += curvatures[k];
          if (stride == 4) {
            right[at + 3] += weighted ? weights[k] : 1;
          }
        }
      }
      kernel.add(codes, pairs, weights, from, to, stride, sums, shifts, offsets, slots);
      for (int i = 0; i < sums.length; i++) {
        if (stride == 2 || i % 4 != 2) {
          assertThat(sums[i]).as("%d slots, number %d", slots, i).isEqualTo(right[i]);
        }
      }
    }
  }
}
