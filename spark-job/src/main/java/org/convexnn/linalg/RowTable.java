package org.convexnn.linalg;

/** Tables of numbers, row after row in one array. */
public final class RowTable {

  private RowTable() {}

  /**
   * Some rows of a table, in the order in which they are listed.
   *
   * @param table n x width row-major
   * @param rows numbers of rows, each below n
   * @return rows.length x width
   */
  public static double[] rows(double[] table, int width, int[] rows) {
    double[] some = new double[rows.length * width];
    for (int k = 0; k < rows.length; k++) {
      System.arraycopy(table, rows[k] * width, some, k * width, width);
    }
    return some;
  }
}
