package org.convexnn.cluster;

import org.convexnn.loss.RegressionLoss;

/**
 * How rows become a cached RDD of blocks.
 *
 * @param columns what the user calls the columns
 * @param labels of a row; more than 1 = arrays of numbers
 * @param classes labels must be integers from 0 to classes - 1; 0 = any numbers
 * @param maxBlockSizeInMB most megabytes of features in a block, dense ones as doubles, 0 =
 *     automatic
 * @param aggregationDepth levels of the tree in which partial results are added, at least 1
 * @param codes by feature, the number of codes of categories 0, 1, .. that it may hold, 0 of numbers;
 *     features beyond the array are numbers
 * @param missing whether features may be missing, NaN
 * @param loss what labels suit, of numbers
 */
public record Packing(
    DataColumns columns,
    int labels,
    int classes,
    double maxBlockSizeInMB,
    int aggregationDepth,
    int[] codes,
    boolean missing,
    RegressionLoss loss) {

  /** Features that are all numbers, none of them missing. */
  public Packing(DataColumns columns, int classes, double maxBlockSizeInMB, int aggregationDepth) {
    this(
        columns,
        1,
        classes,
        maxBlockSizeInMB,
        aggregationDepth,
        new int[0],
        false,
        RegressionLoss.SQUARED);
  }

  /** Most classes: a label far beyond is no class but a number, and each class is an output. */
  public static final int MOST_CLASSES = 10_000;

  /** Whether rows bring a group. */
  boolean grouped() {
    return columns.fold().isPresent();
  }

  /** Whether rows bring an offset. */
  boolean shifted() {
    return columns.offset().isPresent();
  }

  /** Whether rows bring a mark. */
  boolean marked() {
    return columns.validation().isPresent();
  }

  /** Checks the ranges. */
  public Packing {
    if (classes < 0 || classes > MOST_CLASSES) {
      throw new IllegalArgumentException(
          "classes is " + classes + "; it must be from 0 to " + MOST_CLASSES);
    }
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
