package org.convexnn.block;

import java.io.Serializable;
import java.util.Arrays;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.network.Imputation;

/**
 * Some rows of the data as they came: raw features, labels, weights, row keys and, where the user names
 * groups, those. Immutable.
 */
public final class Block implements Serializable {

  private static final long serialVersionUID = 4L;
  private static final long[] NO_GROUPS = new long[0];

  private final int rows;
  private final Features features;
  private final double[] labels;
  private final double[] weights;
  private final long[] keys;
  private final int[] occurrences;
  private final long[] groups;

  /**
   * Takes ownership of the arrays.
   *
   * @param features n x d
   * @param labels n labels, or where a row has several of them C numbers a row
   * @param weights n weights, positive
   */
  public Block(Features features, double[] labels, double[] weights) {
    this(features, labels, weights, new boolean[0], NO_GROUPS);
  }

  /** Rows that bring a mark each, and no group. */
  public Block(Features features, double[] labels, double[] weights, boolean[] marks) {
    this(features, labels, weights, marks, NO_GROUPS);
  }

  /**
   * Rows that bring a mark or a group each, which become a part of their keys.
   *
   * @param marks n marks, or none
   * @param groups n hashes of groups, or none
   */
  public Block(
      Features features, double[] labels, double[] weights, boolean[] marks, long[] groups) {
    this.rows = weights.length;
    this.features = features;
    if (labels.length < rows
        || labels.length % Math.max(1, rows) != 0
        || (marks.length != 0 && marks.length != rows)
        || (groups.length != 0 && groups.length != rows)) {
      throw new IllegalArgumentException(
          "block of "
              + labels.length
              + " labels with "
              + rows
              + " weights, "
              + marks.length
              + " marks and "
              + groups.length
              + " groups");
    }
    this.labels = labels;
    this.weights = weights;
    this.keys = new long[rows];
    int[] columns = new int[features.columns()];
    double[] values = new double[features.columns()];
    for (int r = 0; r < rows; r++) {
      long key = key(columns, values, features.copyNonZeros(r, columns, values), hash(r));
      key = groups.length == 0 ? key : CounterRandom.mix(key ^ CounterRandom.mix(groups[r]));
      keys[r] = marks.length == 0 ? key : RowSelection.withMark(key, marks[r]);
    }
    this.groups = groups;
    this.occurrences = occurrences(keys);
  }

  /**
   * Dense rows.
   *
   * @param features d
   * @param values n x d row-major raw features
   */
  public Block(int features, double[] values, double[] labels, double[] weights) {
    this(new DenseFeatures(features, checked(features, values, weights)), labels, weights);
  }

  /** Rows whose features are known elsewhere, with the keys that they have there. */
  public static Block withoutFeatures(double[] labels, double[] weights, long[] keys) {
    return new Block(
        new DenseFeatures(0, new double[0]), labels, weights, keys, new int[0], NO_GROUPS);
  }

  private Block(
      Features features,
      double[] labels,
      double[] weights,
      long[] keys,
      int[] occurrences,
      long[] groups) {
    this.rows = weights.length;
    this.features = features;
    this.labels = labels;
    this.weights = weights;
    this.keys = keys;
    this.occurrences = occurrences;
    this.groups = groups;
  }

  /** These rows with their missing values imputed; keys stay as they are. */
  public Block imputed(Imputation imputation) {
    int d = features();
    FeatureBuffer buffer = new FeatureBuffer(imputation.width(), Long.MAX_VALUE);
    int[] columns = new int[d];
    double[] values = new double[d];
    for (int r = 0; r < rows; r++) {
      int count = copyNonZeros(r, columns, values);
      Imputation.NonZeros row =
          imputation.apply(Arrays.copyOf(columns, count), Arrays.copyOf(values, count));
      for (int k = 0; k < row.columns().length; k++) {
        buffer.add(row.columns()[k], row.values()[k]);
      }
      buffer.endRow();
    }
    return new Block(buffer.take(), labels, weights, keys, occurrences, groups);
  }

  private static double[] checked(int features, double[] values, double[] weights) {
    if (values.length != weights.length * features) {
      throw new IllegalArgumentException(
          "block of "
              + weights.length
              + " rows with "
              + values.length
              + " values for "
              + features
              + " features");
    }
    return values;
  }

  /** How many earlier rows of the block have the same key, by row; empty where all keys differ. */
  private static int[] occurrences(long[] keys) {
    long[] sorted = keys.clone();
    Arrays.sort(sorted);
    boolean repeated = false;
    for (int i = 1; i < sorted.length; i++) {
      repeated |= sorted[i] == sorted[i - 1];
    }
    if (!repeated) {
      return new int[0];
    }
    int[] counts = new int[sorted.length];
    int[] result = new int[keys.length];
    for (int r = 0; r < keys.length; r++) {
      result[r] = counts[firstOf(sorted, keys[r])]++;
    }
    return result;
  }

  private static int firstOf(long[] sorted, long key) {
    int low = 0;
    int high = sorted.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** A hash of the label, or all of them, of row r; -0 counts as 0. */
  private long hash(int r) {
    int width = labels();
    long hash = CounterRandom.mix(Double.doubleToLongBits(labels[r * width] + 0.0));
    for (int k = 1; k < width; k++) {
      hash = CounterRandom.mix(hash ^ Double.doubleToLongBits(labels[r * width + k] + 0.0));
    }
    return hash;
  }

  /** A 64-bit hash of a row's features and label; -0 counts as 0, the weight is left out. */
  private static long key(int[] columns, double[] values, int count, long label) {
    long hash = label;
    for (int k = 0; k < count; k++) {
      hash +=
          CounterRandom.mix(
              Double.doubleToLongBits(values[k]) + 0x9E3779B97F4A7C15L * (columns[k] + 1));
    }
    return CounterRandom.mix(hash);
  }

  /** n, the number of rows. */
  public int rows() {
    return rows;
  }

  /** d, the number of features. */
  public int features() {
    return features.columns();
  }

  /** Whether the non-zeros of the features alone are stored. */
  public boolean sparse() {
    return features.sparse();
  }

  /** The number of labels of a row, 1 or more. */
  public int labels() {
    return rows == 0 ? 1 : labels.length / rows;
  }

  /** All labels as they came, {@link #labels()} numbers a row; not to be changed. */
  public double[] table() {
    return labels;
  }

  /** The label of row r as it came, or where a row has several of them r, its place in the {@link #table}. */
  public double label(int r) {
    return labels.length == rows ? labels[r] : r;
  }

  /** Copies the labels of row r as they came. */
  public double[] labels(int r) {
    return Arrays.copyOfRange(labels, r * labels(), (r + 1) * labels());
  }

  /** The weight of row r. */
  public double weight(int r) {
    return weights[r];
  }

  /** The key of row r: equal rows have equal keys, wherever they are stored. */
  public long key(int r) {
    return keys[r];
  }

  /** Whether rows are in groups. */
  public boolean grouped() {
    return groups.length > 0;
  }

  /** What decides the fold of row r: its group, else its key; {@link RowSelection} takes it. */
  public long group(int r) {
    return groups.length == 0 ? keys[r] : groups[r];
  }

  /**
   * A number in [0, 1) for a random choice about row r: a hash of its key and, among equal rows of
   * the block, of its occurrence, so that duplicates are not all chosen together.
   */
  public double draw(int r, long salt) {
    long occurrence = occurrences.length == 0 ? 0 : occurrences[r];
    return CounterRandom.uniform(CounterRandom.mix(keys[r] ^ salt ^ CounterRandom.mix(occurrence)));
  }

  /** Feature j of row r. */
  public double value(int r, int j) {
    return features.value(r, j);
  }

  /** Copies the d features of row r to {@code to[0 ..]}. */
  public void copyRow(int r, double[] to) {
    features.copyRow(r, to);
  }

  /** Copies the non-zeros of row r; see {@link Features#copyNonZeros}. */
  public int copyNonZeros(int r, int[] columns, double[] values) {
    return features.copyNonZeros(r, columns, values);
  }

  /** The bytes the arrays take. */
  public long bytes() {
    return features.bytes()
        + 8L * (labels.length + 2L * rows + groups.length)
        + 4L * occurrences.length;
  }
}
