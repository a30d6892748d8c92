package org.convexnn.block;

import java.io.Serializable;

/**
 * Numbers in the narrowest form that loses nothing: float32 where every one of them is a float32
 * (flags, counts, pixels, NaN), else float64. Immutable.
 */
final class Numbers implements Serializable {

  private static final long serialVersionUID = 1L;

  private final float[] narrow;
  private final double[] wide;

  /** Takes ownership of the array. */
  Numbers(double[] values) {
    this.narrow = narrowed(values);
    this.wide = narrow.length == values.length ? new double[0] : values;
  }

  private static float[] narrowed(double[] values) {
    float[] f = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      f[i] = (float) values[i];
      if (f[i] != values[i] && !Double.isNaN(values[i])) {
        return new float[0];
      }
    }
    return f;
  }

  double get(int i) {
    return wide.length == 0 ? narrow[i] : wide[i];
  }

  /** Copies {@code [from, from + length)} to {@code to[0 ..]}. */
  void copy(int from, int length, double[] to) {
    if (wide.length == 0) {
      for (int i = 0; i < length; i++) {
        to[i] = narrow[from + i];
      }
    } else {
      System.arraycopy(wide, from, to, 0, length);
    }
  }

  /** The bytes the numbers take. */
  long bytes() {
    return 4L * narrow.length + 8L * wide.length;
  }
}
