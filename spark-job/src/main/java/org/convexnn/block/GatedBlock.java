package org.convexnn.block;

/**
 * A block of rows with its activation patterns.
 *
 * @param block the rows
 * @param patterns their patterns under the current gates
 */
public record GatedBlock(Block block, Patterns patterns) {

  /** Whether row coordinates come from stored non-zeros, so that zeros need no work. */
  public boolean sparse() {
    return block.sparse() && patterns.mapped().length == 0;
  }

  /**
   * Copies the non-zeros of row r: of its raw features, or of z where the feature map {@linkplain
   * org.convexnn.network.FeatureMap#mapsRows maps rows}.
   *
   * @return how many they are; see {@link Features#copyNonZeros}
   */
  public int copyNonZeros(int r, int[] columns, double[] values) {
    double[] mapped = patterns.mapped();
    if (mapped.length == 0) {
      return block.copyNonZeros(r, columns, values);
    }
    int k = mapped.length / block.rows();
    int count = 0;
    for (int j = 0; j < k; j++) {
      if (mapped[r * k + j] != 0) {
        columns[count] = j;
        values[count++] = mapped[r * k + j];
      }
    }
    return count;
  }
}
