package org.convexnn.linalg;

import dev.ludovic.netlib.lapack.LAPACK;
import org.netlib.util.intW;

/**
 * The eigendecomposition {@code A = V diag(values) V'} of a symmetric n x n matrix, by LAPACK's
 * {@code dsyev}. Eigenvalues ascend.
 *
 * @param n the number of rows
 * @param values the n eigenvalues, ascending
 * @param vectors n x n row-major; row i is the unit eigenvector of {@code values[i]}
 */
public record SymmetricEigen(int n, double[] values, double[] vectors) {

  /**
   * Decomposes a symmetric matrix; the argument is left as it was.
   *
   * @param a n x n row-major, symmetric, finite
   * @throws ArithmeticException when LAPACK does not converge
   */
  public static SymmetricEigen of(int n, double[] a) {
    double[] vectors = a.clone();
    double[] values = new double[n];
    double[] work = new double[Math.max(1, 66 * n)];
    intW info = new intW(0);
    // Column-major eigenvectors in columns are row-major eigenvectors in rows.
    LAPACK.getInstance().dsyev("V", "U", n, vectors, n, values, work, work.length, info);
    if (info.val != 0) {
      throw new ArithmeticException("eigendecomposition failed: LAPACK dsyev info " + info.val);
    }
    return new SymmetricEigen(n, values, vectors);
  }

  /**
   * The symmetric matrix {@code V diag(f(values)) V'}.
   *
   * @param mapped f of each eigenvalue
   */
  public double[] rebuild(double[] mapped) {
    double[] scaled = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        scaled[i * n + j] = mapped[i] * vectors[i * n + j];
      }
    }
    double[] result = new double[n * n];
    Blas.gemm(true, false, n, n, n, 1.0, vectors, 0, n, scaled, 0, n, 0.0, result, 0, n);
    return result;
  }
}
