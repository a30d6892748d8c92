package org.convexnn.gate;

/**
 * Adds the sums of rows to the histograms of up to four slots of a panel. A bin has {@code stride}
 * sums: of derivatives, curvatures and weights (3), or of derivatives and weights where the curvature
 * is the weight (2).
 */
final class HistogramKernel {

  private HistogramKernel() {}

  /**
   * Adds rows {@code rows[from .. to - 1]}.
   *
   * @param codes the panel's codes of all rows
   * @param packed what the rows add, stride numbers each, in the order of {@code rows[from ..]}
   * @param shifts the first bit of each slot's code; as many slots are counted
   * @param offsets where the slots' histograms begin
   */
  static void add(
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
    int k = 0;
    for (; slots - k >= 4; k += 4) {
      if (stride == 2) {
        four2(codes, rows, from, to, packed, histogram, shifts, offsets, k);
      } else {
        four3(codes, rows, from, to, packed, histogram, shifts, offsets, k);
      }
    }
    if (slots - k == 3 && stride == 3) {
      three3(codes, rows, from, to, packed, histogram, shifts, offsets, k);
      k += 3;
    }
    for (; slots - k >= 2; k += 2) {
      if (stride == 2) {
        two2(codes, rows, from, to, packed, histogram, shifts, offsets, k);
      } else {
        two3(codes, rows, from, to, packed, histogram, shifts, offsets, k);
      }
    }
    if (k < slots) {
      if (stride == 2) {
        one2(codes, rows, from, to, packed, histogram, shifts[k], offsets[k]);
      } else {
        one3(codes, rows, from, to, packed, histogram, shifts[k], offsets[k]);
      }
    }
  }

  private static void four3(
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
    int s2 = shifts[s + 2];
    int s3 = shifts[s + 3];
    int o0 = offsets[s];
    int o1 = offsets[s + 1];
    int o2 = offsets[s + 2];
    int o3 = offsets[s + 3];
    for (int k = from, p = 0; k < to; k++, p += 3) {
      int code = codes[rows[k]];
      double g = packed[p];
      double h = packed[p + 1];
      double w = packed[p + 2];
      add(histogram, o0 + 3 * (code >>> s0 & 0xFF), g, h, w);
      add(histogram, o1 + 3 * (code >>> s1 & 0xFF), g, h, w);
      add(histogram, o2 + 3 * (code >>> s2 & 0xFF), g, h, w);
      add(histogram, o3 + 3 * (code >>> s3 & 0xFF), g, h, w);
    }
  }

  private static void three3(
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
    int s2 = shifts[s + 2];
    int o0 = offsets[s];
    int o1 = offsets[s + 1];
    int o2 = offsets[s + 2];
    for (int k = from, p = 0; k < to; k++, p += 3) {
      int code = codes[rows[k]];
      double g = packed[p];
      double h = packed[p + 1];
      double w = packed[p + 2];
      add(histogram, o0 + 3 * (code >>> s0 & 0xFF), g, h, w);
      add(histogram, o1 + 3 * (code >>> s1 & 0xFF), g, h, w);
      add(histogram, o2 + 3 * (code >>> s2 & 0xFF), g, h, w);
    }
  }

  private static void two3(
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
    for (int k = from, p = 0; k < to; k++, p += 3) {
      int code = codes[rows[k]];
      double g = packed[p];
      double h = packed[p + 1];
      double w = packed[p + 2];
      add(histogram, o0 + 3 * (code >>> s0 & 0xFF), g, h, w);
      add(histogram, o1 + 3 * (code >>> s1 & 0xFF), g, h, w);
    }
  }

  private static void one3(
      int[] codes,
      int[] rows,
      int from,
      int to,
      float[] packed,
      double[] histogram,
      int shift,
      int offset) {
    for (int k = from, p = 0; k < to; k++, p += 3) {
      int at = offset + 3 * (codes[rows[k]] >>> shift & 0xFF);
      add(histogram, at, packed[p], packed[p + 1], packed[p + 2]);
    }
  }

  private static void four2(
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
    int s2 = shifts[s + 2];
    int s3 = shifts[s + 3];
    int o0 = offsets[s];
    int o1 = offsets[s + 1];
    int o2 = offsets[s + 2];
    int o3 = offsets[s + 3];
    for (int k = from, p = 0; k < to; k++, p += 2) {
      int code = codes[rows[k]];
      double g = packed[p];
      double w = packed[p + 1];
      add(histogram, o0 + 2 * (code >>> s0 & 0xFF), g, w);
      add(histogram, o1 + 2 * (code >>> s1 & 0xFF), g, w);
      add(histogram, o2 + 2 * (code >>> s2 & 0xFF), g, w);
      add(histogram, o3 + 2 * (code >>> s3 & 0xFF), g, w);
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
      add(histogram, o0 + 2 * (code >>> s0 & 0xFF), g, w);
      add(histogram, o1 + 2 * (code >>> s1 & 0xFF), g, w);
    }
  }

  private static void one2(
      int[] codes,
      int[] rows,
      int from,
      int to,
      float[] packed,
      double[] histogram,
      int shift,
      int offset) {
    for (int k = from, p = 0; k < to; k++, p += 2) {
      int at = offset + 2 * (codes[rows[k]] >>> shift & 0xFF);
      add(histogram, at, packed[p], packed[p + 1]);
    }
  }

  private static void add(double[] histogram, int at, double g, double h, double w) {
    histogram[at] += g;
    histogram[at + 1] += h;
    histogram[at + 2] += w;
  }

  private static void add(double[] histogram, int at, double g, double w) {
    histogram[at] += g;
    histogram[at + 1] += w;
  }
}
