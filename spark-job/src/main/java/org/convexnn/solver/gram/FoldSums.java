package org.convexnn.solver.gram;

import org.convexnn.solver.method.QuadraticProgram;
import org.convexnn.solver.program.Coordinates;
import org.convexnn.solver.setup.Groups;

/**
 * The sums of squared loss over some rows in row coordinates, additive: rows phi = [y~, s_1 y~, ..,
 * s_P y~] of Q numbers, labels y in training units.
 *
 * @param rows n
 * @param weight W = sum w
 * @param labelSquare sum w y^2
 * @param moments sum w y phi, Q numbers
 * @param gram sum w phi phi', its upper triangle by rows, Q (Q + 1) / 2 numbers
 */
public record FoldSums(
    double rows, double weight, double labelSquare, double[] moments, double[] gram) {

  /**
   * The most that a sum of squares may have been of what remains of it. A difference has the rounding
   * errors of the larger sums: below this ratio they are at most about 1e-12 of what remains.
   */
  private static final double MOST_LOST = 4096;

  /** Rounding errors of sums, relative to the larger one. */
  private static final double ROUNDING = 1e-11;

  /** The sums of no rows. */
  static FoldSums none(int size) {
    return new FoldSums(0, 0, 0, new double[size], new double[size * (size + 1) / 2]);
  }

  /** A new sum of these rows and others. */
  FoldSums plus(FoldSums other) {
    return new FoldSums(
        rows + other.rows,
        weight + other.weight,
        labelSquare + other.labelSquare,
        sum(moments, other.moments),
        sum(gram, other.gram));
  }

  /**
   * A new sum of these rows without others: exact to rounding, {@code eps} times the larger sums.
   *
   * @param other of rows that are among these
   * @param width numbers of y~, whose squares tell how much is lost
   * @throws IllegalArgumentException where others cannot be among these, and where the difference would
   *     be rounding errors
   */
  FoldSums minus(FoldSums other, int width) {
    if (other.rows == 0) {
      return this;
    }
    double left = rows - other.rows;
    if (left < 0 || weight - other.weight < -ROUNDING * weight) {
      throw strangers();
    }
    double[] remaining = difference(gram, other.gram);
    int at = 0;
    boolean exact = weight <= MOST_LOST * (weight - other.weight);
    for (int i = 0; i < moments.length; i++) {
      if (remaining[at] < -ROUNDING * gram[at]) {
        throw strangers();
      }
      exact &= i >= width || gram[at] <= MOST_LOST * remaining[at];
      at += moments.length - i;
    }
    double square = labelSquare - other.labelSquare;
    if (square < -ROUNDING * labelSquare) {
      throw strangers();
    }
    if (left == 0) {
      return none(moments.length);
    }
    if (!exact || labelSquare > MOST_LOST * Math.max(square, weight - other.weight)) {
      throw new IllegalArgumentException(
          "of the rows so little would remain that their sums were rounding errors: a column, the"
              + " label or the weights of a fold would keep less than 1 / "
              + (int) MOST_LOST
              + " of its sum of squares; collect the rows that remain instead");
    }
    return new FoldSums(
        left, weight - other.weight, square, difference(moments, other.moments), remaining);
  }

  private static IllegalArgumentException strangers() {
    return new IllegalArgumentException(
        "rows are to be removed that are not among those summed up: a count or a sum of squares would"
            + " be below zero; remove rows that were added, with the labels and weights they had");
  }

  private static double[] difference(double[] left, double[] right) {
    double[] difference = new double[left.length];
    for (int i = 0; i < difference.length; i++) {
      difference[i] = left[i] - right[i];
    }
    return difference;
  }

  private static double[] sum(double[] left, double[] right) {
    double[] sum = new double[left.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = left[i] + right[i];
    }
    return sum;
  }

  /** The mean of y: the last row coordinate is 1. */
  public double labelMean(int width) {
    return moments[width - 1] / weight;
  }

  /** The mean loss {@code (sum w y^2 - 2 v.m + v.G v) / 2W} of weights v in row coordinates. */
  public double loss(double[] v) {
    double quadratic = 0;
    double linear = 0;
    int at = 0;
    for (int i = 0; i < v.length; i++) {
      double rest = 0.5 * gram[at++] * v[i];
      for (int j = i + 1; j < v.length; j++) {
        rest += gram[at++] * v[j];
      }
      quadratic += 2 * rest * v[i];
      linear += moments[i] * v[i];
    }
    return (labelSquare - 2 * linear + quadratic) / (2 * weight);
  }

  /** The convex program of these rows. */
  public QuadraticProgram program(Coordinates coordinates, Groups groups, double ridge) {
    int q = moments.length;
    double[] full = new double[q * q];
    int at = 0;
    for (int i = 0; i < q; i++) {
      for (int j = i; j < q; j++) {
        full[i * q + j] = gram[at++] / weight;
      }
    }
    double[] b = coordinates.toSolver(moments);
    for (int i = 0; i < q; i++) {
      b[i] /= weight;
    }
    return new QuadraticProgram(
        coordinates.toSolverGram(full), b, labelSquare / weight, groups, ridge);
  }
}
