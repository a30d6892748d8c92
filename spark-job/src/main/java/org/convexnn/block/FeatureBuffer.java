package org.convexnn.block;

import java.util.Arrays;

/**
 * Gathers rows until they fill a block, and stores them as they take less room: sparse below a
 * density of {@link Features#SPARSE_BELOW}, else dense.
 *
 * <p>Use: per row {@link #add} in the order of the columns, then {@link #endRow}; at last
 * {@link #take}. Not thread-safe.
 */
public final class FeatureBuffer {

  /** Bytes of a column's number and value. */
  private static final int NON_ZERO_BYTES = 12;

  /** What a row takes besides its features: start, label, weight, key and occurrence. */
  private static final int ROW_BYTES = 32;

  private final int columns;
  private final long bytes;
  private final long denseRows;
  private int[] starts = new int[16];
  private int[] indices = new int[64];
  private double[] values = new double[64];
  private int rows;
  private int count;

  /**
   * A buffer.
   *
   * @param columns d, positive
   * @param bytes a block of more is full, counting a dense feature as a double; it holds at least
   *     one row
   */
  public FeatureBuffer(int columns, long bytes) {
    this.columns = columns;
    this.bytes = bytes;
    // A dense block is one Java array.
    long numbers = Math.min(bytes / Double.BYTES, Integer.MAX_VALUE - 8);
    this.denseRows = Math.max(1, numbers / columns);
  }

  /** Adds a feature of the current row; zeros need not be added, and are not kept. */
  public void add(int column, double value) {
    if (value != 0) {
      if (count == values.length) {
        int length = (int) Math.min(Integer.MAX_VALUE - 8, 2L * count);
        indices = Arrays.copyOf(indices, length);
        values = Arrays.copyOf(values, length);
      }
      indices[count] = column;
      values[count++] = value;
    }
  }

  /** Ends the current row. */
  public void endRow() {
    rows++;
    if (rows == starts.length) {
      starts = Arrays.copyOf(starts, 2 * rows);
    }
    starts[rows] = count;
  }

  /** The rows ended. */
  public int rows() {
    return rows;
  }

  /** Whether the rows fill a block. */
  public boolean full() {
    boolean many =
        (long) NON_ZERO_BYTES * count + (long) ROW_BYTES * rows >= bytes
            || count > Integer.MAX_VALUE - 8 - columns;
    return rows >= denseRows && (many || !thin());
  }

  private boolean thin() {
    // A quotient, which rounding does not move off 0.1 itself.
    return (double) count / ((long) rows * columns) < Features.SPARSE_BELOW;
  }

  /** The features of the rows ended; the buffer is empty after. */
  public Features take() {
    // Thin until too many rows for a dense block were in it: stays sparse.
    Features taken = thin() || rows > denseRows ? sparse() : dense();
    rows = 0;
    count = 0;
    return taken;
  }

  private Features sparse() {
    return new SparseFeatures(
        columns,
        Arrays.copyOf(starts, rows + 1),
        Arrays.copyOf(indices, count),
        Arrays.copyOf(values, count));
  }

  private Features dense() {
    double[] all = new double[rows * columns];
    for (int r = 0; r < rows; r++) {
      for (int k = starts[r]; k < starts[r + 1]; k++) {
        all[r * columns + indices[k]] = values[k];
      }
    }
    return new DenseFeatures(columns, all);
  }
}
