package org.convexnn.solver;

import java.util.Arrays;

/**
 * Makes a dual point r nearly feasible where a few leaves stand in its way. {@code ||q_i|| <= beta}
 * has to hold for every gate i, q_i = A_i^(-1/2) F_i' w r / W; scaling all of r pays for the longest
 * q_i with the dual value of every row. Here the rows of a leaf pay for their leaf alone:
 *
 * <pre>r_r  &lt;-  min_t s[leaf_t(r)] r_r,   s_i = min(1, beta / ||q_i||)</pre>
 *
 * Each tree splits the rows, so a leaf's rows are few, and most of what they lose elsewhere makes
 * other leaves shorter too. What is left over is for the scaling of the whole. Our own; no source.
 */
final class LeafShrinkage {

  private LeafShrinkage() {}

  /**
   * The factors s of all leaves.
   *
   * @param gradient q in solver coordinates
   * @param halfSpaces the gates before the leaves
   */
  static double[] factors(Groups groups, double[] gradient, int halfSpaces, double beta) {
    int first = groups.block() * (1 + halfSpaces);
    double[] factors = new double[(gradient.length - first) / groups.block()];
    Arrays.fill(factors, 1);
    double[] norms = groups.norms(gradient);
    int perLeaf = groups.block() / groups.length();
    for (int i = halfSpaces * perLeaf; i < norms.length; i++) {
      int leaf = i / perLeaf - halfSpaces;
      factors[leaf] = Math.min(factors[leaf], norms[i] > beta ? beta / norms[i] : 1);
    }
    return factors;
  }
}
