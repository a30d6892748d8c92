package org.convexnn.linalg;

/**
 * The inner loops that a pass spends its time in: those of a table ({@link FloatTable}, {@link
 * DoubleTable}) on one panel of its columns, sums of picked rows and their transpose, with widths
 * that are multiples of the table's padding; and sums of outer products ({@link SecondMoments}).
 */
interface PanelKernel {

  /** What the rows of outer products are padded to a multiple of. */
  int TILE = 16;

  /** The best that this JVM offers: the vector module where it is there, else plain loops. */
  PanelKernel BEST = choose();

  private static PanelKernel choose() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return new PlainPanelKernel();
    }
    try {
      PanelKernel vector = new VectorPanelKernel();
      vector.gather(new int[1], 1, 1, new float[16], 0, 16, new float[16], 0, 16);
      vector.gather(new int[1], 1, 1, new double[8], 0, 8, new double[8], 0, 8);
      vector.axpy(1, new double[8], 0, new double[8], 0, 8);
      return vector;
    } catch (LinkageError otherApi) {
      // An incubator's interface may change with the JDK.
      return new PlainPanelKernel();
    }
  }

  /**
   * {@code out_r += sum_k table[codes_rk]} for r &lt; count, k &lt; picks.
   *
   * @param codes count x picks
   * @param table rows of {@code width} numbers from {@code at} on
   * @param out rows of {@code stride} numbers, the panel's from {@code outAt} on
   */
  void gather(
      int[] codes,
      int picks,
      int count,
      float[] table,
      int at,
      int width,
      float[] out,
      int outAt,
      int stride);

  /** {@code table[codes_rk] += in_r} for r &lt; count, k &lt; picks. */
  void scatter(
      int[] codes,
      int picks,
      int count,
      float[] table,
      int at,
      int width,
      float[] in,
      int inAt,
      int stride);

  /** {@link #gather(int[], int, int, float[], int, int, float[], int, int)} in double precision. */
  void gather(
      int[] codes,
      int picks,
      int count,
      double[] table,
      int at,
      int width,
      double[] out,
      int outAt,
      int stride);

  /**
   * {@link #scatter(int[], int, int, float[], int, int, float[], int, int)} in double precision.
   */
  void scatter(
      int[] codes,
      int picks,
      int count,
      double[] table,
      int at,
      int width,
      double[] in,
      int inAt,
      int stride);

  /**
   * {@code c_ij = sum_r z_ri z_rj} for i at most j; what it leaves below the diagonal means nothing.
   *
   * @param z count x stride, the stride a multiple of {@link #TILE}
   * @param c stride x stride
   */
  void outerProducts(double[] z, int count, int stride, double[] c);

  /**
   * {@code y += a x} on {@code width} numbers.
   *
   * @param width a multiple of the table's padding
   */
  void axpy(double a, double[] x, int xAt, double[] y, int yAt, int width);
}
