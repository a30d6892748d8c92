package org.convexnn.block;

/** {@link Features} with every value stored, row-major. */
final class DenseFeatures implements Features {

  private static final long serialVersionUID = 1L;

  private final int columns;
  private final Numbers values;

  /** Takes ownership of the n x d values. */
  DenseFeatures(int columns, double[] values) {
    this.columns = columns;
    this.values = new Numbers(values);
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public boolean sparse() {
    return false;
  }

  @Override
  public double value(int r, int j) {
    return values.get(r * columns + j);
  }

  @Override
  public void copyRow(int r, double[] to) {
    values.copy(r * columns, columns, to);
  }

  @Override
  public int copyNonZeros(int r, int[] nonZeros, double[] to) {
    copyRow(r, to);
    int count = 0;
    for (int j = 0; j < columns; j++) {
      if (to[j] != 0) {
        nonZeros[count] = j;
        to[count++] = to[j];
      }
    }
    return count;
  }

  @Override
  public long bytes() {
    return values.bytes();
  }
}
