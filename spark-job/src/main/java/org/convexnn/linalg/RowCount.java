package org.convexnn.linalg;

/**
 * How many rows weighted rows count for, where a number of rows decides something: whether trees are
 * grown, how large their leaves are, how strong a prior is. A row of weight 2 is the row twice, so
 * weights whose sum is a whole number and not below the number of rows are counts. All others are
 * relative: each row counts once on average.
 */
public final class RowCount {

  /** Beyond it every double is whole. */
  private static final double LARGEST = 0x1p53;

  private RowCount() {}

  /**
   * The number of rows that these count for.
   *
   * @param rows the number of rows of positive weight
   * @param weight the sum of their weights
   */
  public static long of(long rows, double weight) {
    boolean counts = weight >= rows && weight < LARGEST && weight == Math.rint(weight);
    return counts ? (long) weight : rows;
  }
}
