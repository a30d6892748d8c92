package org.convexnn.linalg;

/** {@link HistogramKernel} in loops that every JVM runs, two slots at a time. */
final class PlainHistogramKernel implements HistogramKernel {

  @Override
  public void add(
      int[] codes,
      long[] pairs,
      float[] weights,
      int from,
      int to,
      int stride,
      double[] histogram,
      int[] shifts,
      int[] offsets,
      int slots) {
    for (int s = 0; s < slots; s += 2) {
      if (s + 1 == slots) {
        one(codes, pairs, weights, from, to, stride, histogram, shifts[s], offsets[s]);
      } else if (stride == 4) {
        two4(codes, pairs, weights, from, to, histogram, shifts, offsets, s);
      } else {
        two2(codes, pairs, weights, from, to, histogram, shifts, offsets, s);
      }
    }
  }

  private static void two4(
      int[] codes,
      long[] pairs,
      float[] weights,
      int from,
      int to,
      double[] histogram,
      int[] shifts,
      int[] offsets,
      int s) {
    int s0 = shifts[s];
    int s1 = shifts[s + 1];
    int o0 = offsets[s];
    int o1 = offsets[s + 1];
    for (int k = from; k < to; k++) {
      int code = codes[k];
      double g = HistogramKernel.first(pairs[k]);
      double h = HistogramKernel.second(pairs[k]);
      double w = weights == null ? 1 : weights[k];
      int at = o0 + 4 * (code >>> s0 & 0xFF);
      histogram[at] += g;
      histogram[at + 1] += h;
      histogram[at + 3] += w;
      at = o1 + 4 * (code >>> s1 & 0xFF);
      histogram[at] += g;
      histogram[at + 1] += h;
      histogram[at + 3] += w;
    }
  }

  private static void two2(
      int[] codes,
      long[] pairs,
      float[] weights,
      int from,
      int to,
      double[] histogram,
      int[] shifts,
      int[] offsets,
      int s) {
    int s0 = shifts[s];
    int s1 = shifts[s + 1];
    int o0 = offsets[s];
    int o1 = offsets[s + 1];
    for (int k = from; k < to; k++) {
      int code = codes[k];
      double g = HistogramKernel.first(pairs[k]);
      double w = HistogramKernel.second(pairs[k]);
      int at = o0 + 2 * (code >>> s0 & 0xFF);
      histogram[at] += g;
      histogram[at + 1] += w;
      at = o1 + 2 * (code >>> s1 & 0xFF);
      histogram[at] += g;
      histogram[at + 1] += w;
    }
  }

  private static void one(
      int[] codes,
      long[] pairs,
      float[] weights,
      int from,
      int to,
      int stride,
      double[] histogram,
      int shift,
      int offset) {
    for (int k = from; k < to; k++) {
      int at = offset + stride * (codes[k] >>> shift & 0xFF);
      histogram[at] += HistogramKernel.first(pairs[k]);
      histogram[at + 1] += HistogramKernel.second(pairs[k]);
      if (stride == 4) {
        histogram[at + 3] += weights == null ? 1 : weights[k];
      }
    }
  }
}
