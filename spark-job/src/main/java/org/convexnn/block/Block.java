package org.convexnn.block;

import java.io.Serializable;
import java.util.Arrays;
import org.convexnn.linalg.CounterRandom;

/**
 * Some rows of the data as they came: raw features, labels, weights and row keys. Immutable.
 *
 * <p>Features are stored in float32 where every value of the block is a float32 (flags, counts,
 * pixels), else in float64: the narrowest form that loses nothing.
 */
public final class Block implements Serializable {

  private static final long serialVersionUID = 1L;

  private final int rows;
  private final int features;
  private final float[] narrow;
  private final double[] wide;
  private final double[] labels;
  private final double[] weights;
  private final long[] keys;
  private final int[] occurrences;

  /**
   * Takes ownership of the arrays.
   *
   * @param features d
   * @param values n x d row-major raw features
   * @param labels n labels
   * @param weights n weights, positive
   */
  public Block(int features, double[] values, double[] labels, double[] weights) {
    this.rows = labels.length;
    this.features = features;
    if (values.length != rows * features || weights.length != rows) {
      throw new IllegalArgumentException(
          "block of "
              + rows
              + " labels with "
              + values.length
              + " values for "
              + features
              + " features and "
              + weights.length
              + " weights");
    }
    this.labels = labels;
    this.weights = weights;
    this.keys = new long[rows];
    for (int r = 0; r < rows; r++) {
      keys[r] = key(values, r * features, features, labels[r]);
    }
    this.occurrences = occurrences(keys);
    this.narrow = narrowed(values);
    this.wide = narrow.length == values.length ? new double[0] : values;
  }

  private static float[] narrowed(double[] values) {
    float[] f = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      f[i] = (float) values[i];
      if (f[i] != values[i]) {
        return new float[0];
      }
    }
    return f;
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

  /** A 64-bit hash of a row's features and label; -0 counts as 0, the weight is left out. */
  private static long key(double[] values, int from, int length, double label) {
    long hash = CounterRandom.mix(Double.doubleToLongBits(label + 0.0));
    for (int j = 0; j < length; j++) {
      double v = values[from + j];
      if (v != 0) {
        // Zeros are skipped so that the key of a sparse row can be computed from its entries.
        hash += CounterRandom.mix(Double.doubleToLongBits(v) + 0x9E3779B97F4A7C15L * (j + 1));
      }
    }
    return CounterRandom.mix(hash);
  }

  /** n, the number of rows. */
  public int rows() {
    return rows;
  }

  /** d, the number of features. */
  public int features() {
    return features;
  }

  /** The label of row r as it came. */
  public double label(int r) {
    return labels[r];
  }

  /** The weight of row r. */
  public double weight(int r) {
    return weights[r];
  }

  /** The key of row r: equal rows have equal keys, wherever they are stored. */
  public long key(int r) {
    return keys[r];
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
    return wide.length == 0 ? narrow[r * features + j] : wide[r * features + j];
  }

  /** Copies the d features of row r to {@code to[0 ..]}. */
  public void copyRow(int r, double[] to) {
    int from = r * features;
    if (wide.length == 0) {
      for (int j = 0; j < features; j++) {
        to[j] = narrow[from + j];
      }
    } else {
      System.arraycopy(wide, from, to, 0, features);
    }
  }

  /** The bytes the arrays take. */
  public long bytes() {
    return 4L * narrow.length + 8L * (wide.length + 3L * rows);
  }
}
