package org.convexnn.linalg;

/**
 * Sums of outer products of rows, {@code sum_r z_r z_r'}, kept as upper triangles by rows: D (D + 1)
 * / 2 numbers. Not thread-safe.
 */
public final class SecondMoments {

  private final int width;
  private final int stride;
  private final double[] square;

  /** For rows of this many numbers D. */
  public SecondMoments(int width) {
    this.width = width;
    this.stride = stride(width);
    this.square = new double[stride * stride];
  }

  /** The numbers from one row to the next where rows are handed over; those beyond D are zero. */
  public static int stride(int width) {
    return (width + PanelKernel.TILE - 1) / PanelKernel.TILE * PanelKernel.TILE;
  }

  /** The numbers of a triangle, D (D + 1) / 2. */
  public static int length(int width) {
    return width * (width + 1) / 2;
  }

  /** Where in a triangle the entry (i, j) is, i at most j. */
  public static int at(int width, int i, int j) {
    return i * (2 * width - i - 1) / 2 + j;
  }

  /**
   * Adds rows to a triangle.
   *
   * @param rows of {@link #stride} numbers each
   * @param count how many
   * @param triangle added to from {@code at} on
   */
  public void add(double[] rows, int count, double[] triangle, int at) {
    PanelKernel.BEST.outerProducts(rows, count, stride, square);
    int to = at;
    for (int i = 0; i < width; i++) {
      for (int j = i; j < width; j++) {
        triangle[to++] += square[i * stride + j];
      }
    }
  }
}
