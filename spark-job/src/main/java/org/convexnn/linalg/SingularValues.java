package org.convexnn.linalg;

import dev.ludovic.netlib.lapack.LAPACK;
import org.netlib.util.intW;

/**
 * The thin singular value decomposition {@code A = U diag(values) V'} of an m x n matrix, by LAPACK's
 * {@code dgesvd}, with k = min(m, n). Singular values descend.
 *
 * @param m rows of A
 * @param n columns of A
 * @param left U, m x k row-major
 * @param values k numbers, descending
 * @param right V', k x n row-major
 */
public record SingularValues(int m, int n, double[] left, double[] values, double[] right) {

  /**
   * Decomposes a matrix; the argument is left as it was.
   *
   * @param a m x n row-major, finite
   * @throws ArithmeticException when LAPACK does not converge
   */
  public static SingularValues of(int m, int n, double[] a) {
    int k = Math.min(m, n);
    double[] values = new double[k];
    double[] left = new double[m * k];
    double[] right = new double[k * n];
    double[] work = new double[66 * Math.max(1, Math.max(m, n))];
    intW info = new intW(0);
    if (k > 0) {
      // Row-major A is column-major A' = V diag(values) U'.
      LAPACK
          .getInstance()
          .dgesvd("S", "S", n, m, a.clone(), n, values, right, n, left, k, work, work.length, info);
    }
    if (info.val != 0) {
      throw new ArithmeticException("singular values failed: LAPACK dgesvd info " + info.val);
    }
    return new SingularValues(m, n, left, values, right);
  }

  /** k, the number of singular values. */
  public int size() {
    return values.length;
  }

  /** The singular values above {@code share} of the largest one. */
  public int rank(double share) {
    int rank = 0;
    while (rank < values.length && values[rank] > share * values[0]) {
      rank++;
    }
    return rank;
  }

  /**
   * The matrix {@code U diag(mapped) V'}.
   *
   * @param mapped k numbers in the place of the singular values
   */
  public double[] rebuild(double[] mapped) {
    int k = size();
    double[] scaled = new double[m * k];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < k; j++) {
        scaled[i * k + j] = left[i * k + j] * mapped[j];
      }
    }
    double[] result = new double[m * n];
    Blas.gemm(false, false, m, n, k, 1.0, scaled, 0, k, right, 0, n, 0.0, result, 0, n);
    return result;
  }
}
