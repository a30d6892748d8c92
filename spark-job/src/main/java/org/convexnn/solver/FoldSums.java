package org.convexnn.solver;

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
record FoldSums(double rows, double weight, double labelSquare, double[] moments, double[] gram) {

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

  private static double[] sum(double[] left, double[] right) {
    double[] sum = new double[left.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = left[i] + right[i];
    }
    return sum;
  }

  /** The mean of y: the last row coordinate is 1. */
  double labelMean(int width) {
    return moments[width - 1] / weight;
  }

  /** The mean loss {@code (sum w y^2 - 2 v.m + v.G v) / 2W} of weights v in row coordinates. */
  double loss(double[] v) {
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
  QuadraticProgram program(Coordinates coordinates, Groups groups, double ridge) {
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
