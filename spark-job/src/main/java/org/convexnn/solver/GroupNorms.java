package org.convexnn.solver;

import org.convexnn.linalg.Blas;

/**
 * Norms of the groups of a vector of (1 + P) blocks in solver coordinates, and the proximal step of
 * the penalty. Block 0 is the linear one.
 */
final class GroupNorms {

  private GroupNorms() {}

  /** {@code sum_i ||w_i||_2} over the groups. */
  static double sum(double[] w, int length) {
    double sum = 0;
    for (int at = length; at < w.length; at += length) {
      sum += Blas.norm(w, at, length);
    }
    return sum;
  }

  /** {@code max_i ||w_i||_2} over the groups. */
  static double max(double[] w, int length) {
    double max = 0;
    for (int at = length; at < w.length; at += length) {
      max = Math.max(max, Blas.norm(w, at, length));
    }
    return max;
  }

  /** {@code ||w_0||^2}. */
  static double linearSquare(double[] w, int length) {
    double norm = Blas.norm(w, 0, length);
    return norm * norm;
  }

  /** The groups that are not exactly zero. */
  static int active(double[] w, int length) {
    int active = 0;
    for (int at = length; at < w.length; at += length) {
      if (Blas.norm(w, at, length) > 0) {
        active++;
      }
    }
    return active;
  }

  /**
   * {@code argmin_z beta sum_i ||z_i|| + ridge/2 ||z_0||^2 + sigma/2 ||z - v||^2}, in place: block
   * soft threshold on groups, shrinkage of the linear block.
   */
  static void prox(double[] v, int length, double beta, double ridge, double sigma) {
    double shrink = sigma / (sigma + ridge);
    for (int k = 0; k < length; k++) {
      v[k] *= shrink;
    }
    for (int at = length; at < v.length; at += length) {
      double norm = Blas.norm(v, at, length);
      double factor = norm > beta / sigma ? 1 - beta / (sigma * norm) : 0;
      for (int k = at; k < at + length; k++) {
        v[k] *= factor;
      }
    }
  }
}
