package org.convexnn.cluster;

/**
 * How rows become a cached RDD of blocks.
 *
 * @param columns what the user calls the columns
 * @param binary whether labels must be 0 and 1
 * @param maxBlockSizeInMB most megabytes (of features as doubles) in a block, 0 = automatic
 * @param aggregationDepth levels of the tree in which partial results are added, at least 1
 */
public record Packing(
    DataColumns columns, boolean binary, double maxBlockSizeInMB, int aggregationDepth) {

  /** Checks the ranges. */
  public Packing {
    if (!(maxBlockSizeInMB >= 0)) {
      throw new IllegalArgumentException(
          "maxBlockSizeInMB is " + maxBlockSizeInMB + "; it must be 0 or more");
    }
    if (aggregationDepth < 1) {
      throw new IllegalArgumentException(
          "aggregationDepth is " + aggregationDepth + "; it must be a positive integer");
    }
  }
}
