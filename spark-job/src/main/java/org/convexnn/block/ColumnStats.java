package org.convexnn.block;

import java.io.Serializable;

/**
 * Counts, ranges and weighted means of labels, of all together where a row has several, and columns, of columns where they are not missing
 * (NaN). A column that is missing everywhere has the mean 0 and a smallest value above the largest.
 *
 * @param rows n
 * @param nonZeros features that are not zero
 * @param weight sum of weights
 * @param labelMin smallest label
 * @param labelMax largest label
 * @param labelMean weighted mean of the label
 * @param min smallest value by column
 * @param max largest value by column
 * @param mean weighted mean by column
 * @param missing weight of the rows in which the column is missing, by column
 */
public record ColumnStats(
    long rows,
    long nonZeros,
    double weight,
    double labelMin,
    double labelMax,
    double labelMean,
    double[] min,
    double[] max,
    double[] mean,
    double[] missing)
    implements Serializable {

  /** The statistics of both sets of rows together. */
  public ColumnStats plus(ColumnStats other) {
    if (other.rows == 0) {
      return this;
    }
    if (rows == 0) {
      return other;
    }
    int d = mean.length;
    double[] lowest = new double[d];
    double[] highest = new double[d];
    double[] means = new double[d];
    double[] missed = new double[d];
    double total = weight + other.weight;
    double share = other.weight / total;
    for (int j = 0; j < d; j++) {
      lowest[j] = Math.min(min[j], other.min[j]);
      highest[j] = Math.max(max[j], other.max[j]);
      double present = present(j) + other.present(j);
      double shareOfColumn = present > 0 ? other.present(j) / present : 0;
      means[j] = mean[j] + shareOfColumn * (other.mean[j] - mean[j]);
      missed[j] = missing[j] + other.missing[j];
    }
    return new ColumnStats(
        rows + other.rows,
        nonZeros + other.nonZeros,
        total,
        Math.min(labelMin, other.labelMin),
        Math.max(labelMax, other.labelMax),
        labelMean + share * (other.labelMean - labelMean),
        lowest,
        highest,
        means,
        missed);
  }

  /** The weight of the rows in which a column is not missing. */
  private double present(int column) {
    return missing[column] == 0 ? weight : hasValue(column) ? weight - missing[column] : 0;
  }

  /** Whether a column is not missing everywhere. */
  public boolean hasValue(int column) {
    return min[column] <= max[column];
  }

  /** The share of non-zeros. */
  public double density() {
    return (double) nonZeros / rows / mean.length;
  }

  /** Whether zeros are so many that rows are stored without them. */
  public boolean sparse() {
    return density() < Features.SPARSE_BELOW;
  }

  /**
   * The half-range by column, 0 where the column is constant up to rounding: what moments are
   * scaled by, so that no unit of measurement overflows.
   */
  public double[] halfRanges() {
    double[] half = new double[mean.length];
    for (int j = 0; j < half.length; j++) {
      double range = max[j] / 2 - min[j] / 2;
      double size = Math.max(Math.abs(max[j]), Math.abs(min[j]));
      half[j] = range > 1e-13 * size && range > 1e-290 ? range : 0;
    }
    return half;
  }
}
