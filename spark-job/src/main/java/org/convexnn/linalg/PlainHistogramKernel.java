package org.convexnn.linalg;

/** {@link HistogramKernel} in loops that every JVM runs, two slots at a time. */
final class PlainHistogramKernel implements HistogramKernel {

  @Override
  public void add(
      int[] codes,
      int[] rows,
      int from,
      int to,
      float[] packed,
      int stride,
      double[] histogram,
      int[] shifts,
      int[] offsets,
      int slots) {
    for (int s = 0; s < slots; s += 2) {
      if (s + 1 == slots) {
        one(codes, rows, from, to, packed, stride, histogram, shifts[s], offsets[s]);
      } else if (stride == 4) {
        two4(codes, rows, from, to, packed, histogram, shifts, offsets, s);
      } else {
        two2(codes, rows, from, to, packed, histogram, shifts, offsets, s);
      }
    }
  }

  private static void two4(
      int[] codes,
      int[] rows,
      int from,
      int to,
      float[] packed,
      double[] histogram,
      int[] shifts,
      int[] offsets,
      int s) {
    int s0 = shifts[s];
    int s1 = shifts[s + 1];
    int o0 = offsets[s];
    int o1 = offsets[s + 1];
    for (int k = from, p = 0; k < to; k++, p += 4) {
      int code = codes[rows[k]];
      double g = packed[p];
      double h = packed[p + 1];
      double w = packed[p + 3];
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
      int[] rows,
      int from,
      int to,
      float[] packed,
      double[] histogram,
      int[] shifts,
      int[] offsets,
      int s) {
    int s0 = shifts[s];
    int s1 = shifts[s + 1];
    int o0 = offsets[s];
    int o1 = offsets[s + 1];
    for (int k = from, p = 0; k < to; k++, p += 2) {
      int code = codes[rows[k]];
      double g = packed[p];
      double w = packed[p + 1];
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
      int[] rows,
      int from,
      int to,
      float[] packed,
      int stride,
      double[] histogram,
      int shift,
      int offset) {
    for (int k = from, p = 0; k < to; k++, p += stride) {
      int at = offset + stride * (codes[rows[k]] >>> shift & 0xFF);
      histogram[at] += packed[p];
      histogram[at + 1] += packed[p + 1];
      if (stride == 4) {
        histogram[at + 3] += packed[p + 3];
      }
    }
  }
}
