package org.convexnn.linalg;

/**
 * Adds what rows bring to histograms of up to four slots, whose bins are the bytes of one integer a
 * row. A row brings derivative, curvature and weight; a bin has {@code stride} sums: of derivatives,
 * curvatures, nothing of meaning, and weights (4, which is a vector of the processor), or of derivatives
 * and weights where the curvature is the weight (2). Kernels differ in speed alone: a bin's sums are taken in the order of the rows.
 */
public interface HistogramKernel {

  /** The best that this JVM offers: the vector module where it is there, else plain loops. */
  HistogramKernel BEST = choose();

  private static HistogramKernel choose() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return new PlainHistogramKernel();
    }
    try {
      HistogramKernel vector = new VectorHistogramKernel();
      int[] one = new int[1];
      vector.add(one, new long[1], null, 0, 1, 4, new double[4], one, one, 1);
      vector.add(one, new long[1], null, 0, 1, 2, new double[2], one, one, 1);
      return vector;
    } catch (LinkageError otherApi) {
      // An incubator's interface may change with the JDK.
      return new PlainHistogramKernel();
    }
  }

  /** What a row brings beside its weight: derivative and curvature, two floats in one number. */
  static long pair(float derivative, float curvature) {
    long high = (long) Float.floatToRawIntBits(curvature) << Integer.SIZE;
    return high | Float.floatToRawIntBits(derivative) & 0xFFFF_FFFFL;
  }

  /** The derivative of a pair. */
  static float first(long pair) {
    return Float.intBitsToFloat((int) pair);
  }

  /** The curvature of a pair. */
  static float second(long pair) {
    return Float.intBitsToFloat((int) (pair >>> Integer.SIZE));
  }

  /**
   * Adds rows {@code from .. to - 1}.
   *
   * @param codes the slots' bins of the rows
   * @param pairs what the rows bring, {@link #pair}
   * @param weights of the rows; null where all are 1, and without a meaning where stride is 2
   * @param stride 4 or 2
   * @param shifts the first bit of each slot's code
   * @param offsets where the slots' histograms begin
   * @param slots that are counted, at most 4
   */
  void add(
      int[] codes,
      long[] pairs,
      float[] weights,
      int from,
      int to,
      int stride,
      double[] histogram,
      int[] shifts,
      int[] offsets,
      int slots);
}
