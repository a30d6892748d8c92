package org.convexnn.block;

import java.util.Arrays;

/** {@link Features} with the non-zeros of each row stored, row after row (CSR). */
final class SparseFeatures implements Features {

  private static final long serialVersionUID = 1L;

  private final int columns;
  private final int[] starts;
  private final int[] indices;
  private final Numbers values;

  /**
   * Takes ownership of the arrays.
   *
   * @param columns d
   * @param starts n + 1 numbers: those of row r are at {@code starts[r] .. starts[r + 1]}
   * @param indices columns of the non-zeros, ascending within a row
   * @param values the non-zeros
   */
  SparseFeatures(int columns, int[] starts, int[] indices, double[] values) {
    this.columns = columns;
    this.starts = starts;
    this.indices = indices;
    this.values = new Numbers(values);
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public boolean sparse() {
    return true;
  }

  @Override
  public double value(int r, int j) {
    int at = Arrays.binarySearch(indices, starts[r], starts[r + 1], j);
    return at < 0 ? 0 : values.get(at);
  }

  @Override
  public void copyRow(int r, double[] to) {
    Arrays.fill(to, 0, columns, 0);
    for (int k = starts[r]; k < starts[r + 1]; k++) {
      to[indices[k]] = values.get(k);
    }
  }

  @Override
  public int copyNonZeros(int r, int[] nonZeros, double[] to) {
    int count = starts[r + 1] - starts[r];
    System.arraycopy(indices, starts[r], nonZeros, 0, count);
    values.copy(starts[r], count, to);
    return count;
  }

  @Override
  public long bytes() {
    return 4L * (starts.length + indices.length) + values.bytes();
  }
}
