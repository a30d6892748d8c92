package org.convexnn.linear;

import java.util.Arrays;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.SymmetricEigen;

/**
 * The linear generator that a discriminator with quadratic activation leaves: of all generated rows
 * {@code g = W' e} with white noise e and {@code ||X'X/n - E gg'||_2 <= beta}, which is what a
 * discriminator of penalty beta cannot tell apart, those of the least energy. With eigenvalues a_i
 * and eigenvectors v_i of X'X/n
 *
 * <pre>E gg' = sum_i (a_i - beta)_+ v_i v_i',   W = diag((a_i - beta)_+)^(1/2) V'</pre>
 *
 * (docs/theory/relatives.md#linear-generators; Sahiner et al., arXiv 2107.05680, whose scale of
 * beta we could not check). X'X is one pass.
 *
 * @param features d
 * @param weights W, m x d row-major for noise of m numbers, one for each eigenvalue above beta
 */
public record WassersteinGenerator(int features, double[] weights) {

  /**
   * The generator.
   *
   * @param features d
   * @param moments X'X/n, d x d row-major
   * @param beta penalty of the discriminator, not negative
   */
  public static WassersteinGenerator of(int features, double[] moments, double beta) {
    if (!(beta >= 0) || !Double.isFinite(beta)) {
      throw new IllegalArgumentException("beta is " + beta + "; it must not be negative");
    }
    SymmetricEigen eigen = SymmetricEigen.of(features, moments);
    double[] values = eigen.values();
    int first = 0;
    while (first < features && values[first] <= beta) {
      first++;
    }
    double[] weights = Arrays.copyOfRange(eigen.vectors(), first * features, features * features);
    for (int k = 0; k < weights.length; k++) {
      weights[k] *= Math.sqrt(values[first + k / features] - beta);
    }
    return new WassersteinGenerator(features, weights);
  }

  /** m, the numbers of noise. */
  public int noise() {
    return weights.length / features;
  }

  /** {@code E gg' = W'W}, d x d row-major. */
  public double[] secondMoment() {
    double[] moment = new double[features * features];
    Blas.gemm(
        true, false, features, features, noise(), 1.0, weights, 0, features, weights, 0, features,
        0.0, moment, 0, features);
    return moment;
  }
}
