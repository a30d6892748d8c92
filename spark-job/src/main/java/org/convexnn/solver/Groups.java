package org.convexnn.solver;

import org.convexnn.linalg.Blas;

/**
 * The groups of a vector of (1 + P) blocks in solver coordinates, their norms and the proximal step
 * of the penalty. Block 0 is the linear one, the others are gates; a group is a gate's C D weights,
 * the D of one class, or those of all paths of a sub-network. All groups are of one length and
 * follow each other.
 *
 * @param block C D, the numbers in a block
 * @param length the numbers in a group: D, C D or a multiple of it
 */
public record Groups(int block, int length) {

  /**
   * The groups of a network.
   *
   * @param outputs C
   * @param width D
   * @param perClass whether a gate has a group for each output: the norm {@code sum_c ||u_ic||}
   *     (docs/theory/objective.md#several-outputs) instead of {@code ||U_i||_F}
   */
  public static Groups of(int outputs, int width, boolean perClass) {
    return new Groups(outputs * width, perClass ? width : outputs * width);
  }

  /**
   * The groups of a network whose gates share a norm: of each {@code gates} in turn, {@code
   * (sum_i ||U_i||_F^2)^(1/2)} (docs/theory/depth.md#three-layers).
   */
  static Groups shared(int outputs, int width, int gates) {
    return new Groups(outputs * width, gates * outputs * width);
  }

  /** The smallest of the groups' values at gate i, its own or that of the group it is in. */
  double leastAt(int i, double[] values) {
    int from = (1 + i) * block;
    double least = values[at(from)];
    for (int k = at(from) + 1; k <= at(from + block - 1); k++) {
      least = Math.min(least, values[k]);
    }
    return least;
  }

  /** The number of groups of w. */
  public int count(double[] w) {
    return (w.length - block) / length;
  }

  /** The group that number i is of, from 0; negative in the linear block. */
  int at(int i) {
    return Math.floorDiv(i - block, length);
  }

  /** {@code ||w_i||_2} of every group. */
  public double[] norms(double[] w) {
    double[] norms = new double[count(w)];
    for (int i = 0; i < norms.length; i++) {
      norms[i] = Blas.norm(w, block + i * length, length);
    }
    return norms;
  }

  /** {@code v_i . w_i} of every group. */
  double[] products(double[] v, double[] w) {
    double[] products = new double[count(w)];
    for (int i = 0; i < products.length; i++) {
      products[i] = Blas.dot(v, w, block + i * length, length);
    }
    return products;
  }

  /** {@code v_0 . w_0}. */
  double linearProduct(double[] v, double[] w) {
    return Blas.dot(v, w, 0, block);
  }

  /** {@code sum_i ||w_i||_2} over the groups. */
  public double sum(double[] w) {
    double sum = 0;
    for (double norm : norms(w)) {
      sum += norm;
    }
    return sum;
  }

  /** {@code max_i ||w_i||_2} over the groups. */
  public double max(double[] w) {
    double max = 0;
    for (double norm : norms(w)) {
      max = Math.max(max, norm);
    }
    return max;
  }

  /** {@code ||w_0||^2}. */
  public double linearSquare(double[] w) {
    double norm = Blas.norm(w, 0, block);
    return norm * norm;
  }

  /** The gates of which a weight is not exactly zero. */
  int activeGates(double[] w) {
    int active = 0;
    for (int from = block; from < w.length; from += block) {
      if (Blas.norm(w, from, block) > 0) {
        active++;
      }
    }
    return active;
  }

  /**
   * {@code argmin_z beta sum_i ||z_i|| + ridge/2 ||z_0||^2 + sigma/2 ||z - v||^2}, in place: block
   * soft threshold on groups, shrinkage of the linear block; to zero where the ridge is infinite.
   */
  public void prox(double[] v, double beta, double ridge, double sigma) {
    double shrink = sigma / (sigma + ridge);
    for (int k = 0; k < block; k++) {
      v[k] *= shrink;
    }
    double[] norms = norms(v);
    for (int k = block; k < v.length; k++) {
      double norm = norms[at(k)];
      v[k] *= norm > beta / sigma ? 1 - beta / (sigma * norm) : 0;
    }
  }

  /** Shortens the groups of w to norm beta where they are longer. */
  void cut(double[] w, double beta) {
    double[] norms = norms(w);
    for (int k = block; k < w.length; k++) {
      double norm = norms[at(k)];
      if (norm > beta) {
        w[k] *= beta / norm;
      }
    }
  }
}
