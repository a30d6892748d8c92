package org.convexnn.network;

import java.io.Serializable;
import java.util.Arrays;

/**
 * P gates, each active where {@code x.g_p >= t_p}, evaluated in double precision on raw features.
 *
 * <p>The sum x.g is always taken in the order of the columns and skips zeros of x, so that training,
 * transform and export, dense and sparse rows give the same bit.
 *
 * @param features d
 * @param directions P x d row-major, row p is g_p
 * @param thresholds t, P numbers
 * @param centres c_p, the number taken off the indicator in the model: 1/2, or 0
 */
public record HalfSpaces(int features, double[] directions, double[] thresholds, double[] centres)
    implements Serializable {

  /** Checks the shapes and that all numbers are finite. */
  public HalfSpaces {
    if (directions.length != thresholds.length * features || centres.length != thresholds.length) {
      throw new IllegalArgumentException(
          "half-spaces: "
              + directions.length
              + " direction entries, "
              + thresholds.length
              + " thresholds, "
              + centres.length
              + " centres for "
              + features
              + " features");
    }
  }

  /** No gate at all. */
  public static HalfSpaces none(int features) {
    return new HalfSpaces(features, new double[0], new double[0], new double[0]);
  }

  /** P, the number of gates. */
  public int size() {
    return thresholds.length;
  }

  /** The directions as d x P row-major, the layout {@link #scores} wants. */
  public double[] transposed() {
    int p = size();
    double[] t = new double[directions.length];
    for (int i = 0; i < p; i++) {
      for (int j = 0; j < features; j++) {
        t[j * p + i] = directions[i * features + j];
      }
    }
    return t;
  }

  /**
   * Writes {@code x.g_p} for all p.
   *
   * @param transposed what {@link #transposed()} gave
   * @param x the row, d numbers
   * @param scores P numbers, overwritten
   */
  public void scores(double[] transposed, double[] x, double[] scores) {
    Arrays.fill(scores, 0);
    for (int j = 0; j < features; j++) {
      if (x[j] != 0) {
        add(x[j], transposed, j, scores);
      }
    }
  }

  /**
   * The scores of a row given by its non-zeros.
   *
   * @param columns their columns, ascending
   * @param values the non-zeros
   * @param count how many they are
   */
  public void scores(
      double[] transposed, int[] columns, double[] values, int count, double[] scores) {
    Arrays.fill(scores, 0);
    for (int k = 0; k < count; k++) {
      add(values[k], transposed, columns[k], scores);
    }
  }

  private void add(double value, double[] transposed, int column, double[] scores) {
    int p = size();
    int row = column * p;
    for (int i = 0; i < p; i++) {
      scores[i] += value * transposed[row + i];
    }
  }

  /** Whether gate p is active at this score. */
  public boolean active(int p, double score) {
    return score >= thresholds[p];
  }

  /** These gates and then the other ones. */
  public HalfSpaces and(HalfSpaces other) {
    return new HalfSpaces(
        features,
        joined(directions, other.directions),
        joined(thresholds, other.thresholds),
        joined(centres, other.centres));
  }

  private static double[] joined(double[] a, double[] b) {
    double[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  /** The gates with these numbers, in this order. */
  public HalfSpaces select(int[] gates) {
    double[] g = new double[gates.length * features];
    double[] t = new double[gates.length];
    double[] c = new double[gates.length];
    for (int i = 0; i < gates.length; i++) {
      System.arraycopy(directions, gates[i] * features, g, i * features, features);
      t[i] = thresholds[gates[i]];
      c[i] = centres[gates[i]];
    }
    return new HalfSpaces(features, g, t, c);
  }
}
