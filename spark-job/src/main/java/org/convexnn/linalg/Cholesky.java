package org.convexnn.linalg;

import java.util.stream.IntStream;

/**
 * The factorisation {@code A = L L'} of a symmetric positive definite n x n matrix, row-major.
 *
 * <p>Blocked so that nearly all of the n^3 / 3 flops are matrix products: LAPACK as it comes with
 * the JVM fallback of netlib calls unblocked Java BLAS and is an order of magnitude slower where no
 * native library is installed. The trailing updates use all cores of the driver.
 */
public final class Cholesky {

  private static final int BLOCK = 96;

  private final int n;
  private final double[] lower;
  // Inverses of the diagonal blocks of L, BLOCK x BLOCK each: they turn triangular solves into
  // matrix products.
  private final double[] inverseDiagonal;

  /**
   * Factors a matrix in place.
   *
   * @param a the symmetric matrix, n x n row-major; only the lower triangle is read, and the array
   *     is overwritten and kept
   * @throws ArithmeticException when a pivot is not positive
   */
  public Cholesky(int n, double[] a) {
    this.n = n;
    this.lower = a;
    int blocks = (n + BLOCK - 1) / BLOCK;
    this.inverseDiagonal = new double[Math.max(1, blocks) * BLOCK * BLOCK];
    double[] panel = new double[Math.max(0, n - BLOCK) * BLOCK];
    for (int at = 0; at < n; at += BLOCK) {
      int size = Math.min(BLOCK, n - at);
      factorDiagonal(at, size);
      int below = n - at - size;
      if (below == 0) {
        break;
      }
      int start = at + size;
      int inverse = at / BLOCK * BLOCK * BLOCK;
      // L21 = A21 L11^-T
      Blas.gemm(
          false,
          true,
          below,
          size,
          size,
          1.0,
          lower,
          start * n + at,
          n,
          inverseDiagonal,
          inverse,
          BLOCK,
          0.0,
          panel,
          0,
          BLOCK);
      for (int i = 0; i < below; i++) {
        System.arraycopy(panel, i * BLOCK, lower, (start + i) * n + at, size);
      }
      // A22 -= L21 L21', lower block triangle only.
      int wide = 2 * BLOCK;
      IntStream.range(0, (below + wide - 1) / wide)
          .parallel()
          .forEach(
              piece -> {
                int j = piece * wide;
                int columns = Math.min(wide, below - j);
                Blas.gemm(
                    false,
                    true,
                    below - j,
                    columns,
                    size,
                    -1.0,
                    panel,
                    j * BLOCK,
                    BLOCK,
                    panel,
                    j * BLOCK,
                    BLOCK,
                    1.0,
                    lower,
                    (start + j) * n + start + j,
                    n);
              });
    }
  }

  private void factorDiagonal(int at, int size) {
    for (int j = 0; j < size; j++) {
      int rowJ = (at + j) * n + at;
      double pivot = lower[rowJ + j];
      for (int k = 0; k < j; k++) {
        pivot -= lower[rowJ + k] * lower[rowJ + k];
      }
      if (!(pivot > 0)) {
        throw new ArithmeticException(
            "matrix is not positive definite: pivot " + (at + j) + " is " + pivot);
      }
      double root = Math.sqrt(pivot);
      lower[rowJ + j] = root;
      for (int i = j + 1; i < size; i++) {
        int rowI = (at + i) * n + at;
        double sum = lower[rowI + j];
        for (int k = 0; k < j; k++) {
          sum -= lower[rowI + k] * lower[rowJ + k];
        }
        lower[rowI + j] = sum / root;
      }
    }
    int inverse = at / BLOCK * BLOCK * BLOCK;
    for (int j = 0; j < size; j++) {
      inverseDiagonal[inverse + j * BLOCK + j] = 1 / lower[(at + j) * n + at + j];
      for (int i = j + 1; i < size; i++) {
        double sum = 0;
        for (int k = j; k < i; k++) {
          sum -= lower[(at + i) * n + at + k] * inverseDiagonal[inverse + k * BLOCK + j];
        }
        inverseDiagonal[inverse + i * BLOCK + j] = sum / lower[(at + i) * n + at + i];
      }
    }
  }

  /** The number of rows of the factored matrix. */
  public int size() {
    return n;
  }

  /**
   * Solves {@code A X = B} in place for {@code columns} right-hand sides.
   *
   * @param b n x columns, row-major; overwritten by X
   */
  public void solve(double[] b, int columns) {
    double[] block = new double[BLOCK * columns];
    for (int at = 0; at < n; at += BLOCK) {
      int size = Math.min(BLOCK, n - at);
      if (at > 0) {
        Blas.gemm(
            false,
            false,
            size,
            columns,
            at,
            -1.0,
            lower,
            at * n,
            n,
            b,
            0,
            columns,
            1.0,
            b,
            at * columns,
            columns);
      }
      multiplyDiagonal(false, at, size, b, columns, block);
    }
    for (int at = (n - 1) / BLOCK * BLOCK; at >= 0; at -= BLOCK) {
      int size = Math.min(BLOCK, n - at);
      int below = n - at - size;
      if (below > 0) {
        Blas.gemm(
            true,
            false,
            size,
            columns,
            below,
            -1.0,
            lower,
            (at + size) * n + at,
            n,
            b,
            (at + size) * columns,
            columns,
            1.0,
            b,
            at * columns,
            columns);
      }
      multiplyDiagonal(true, at, size, b, columns, block);
    }
  }

  private void multiplyDiagonal(
      boolean transpose, int at, int size, double[] b, int columns, double[] scratch) {
    Blas.gemm(
        transpose,
        false,
        size,
        columns,
        size,
        1.0,
        inverseDiagonal,
        at / BLOCK * BLOCK * BLOCK,
        BLOCK,
        b,
        at * columns,
        columns,
        0.0,
        scratch,
        0,
        columns);
    System.arraycopy(scratch, 0, b, at * columns, size * columns);
  }
}
