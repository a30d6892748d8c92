package org.convexnn.linalg;

/**
 * The shape of a row-major product C = op(A) op(B), with C of m x n and op(A) of m x k, and where the
 * matrices lie in their arrays.
 *
 * <p>An array may end with the last entry of its matrix, though the leading dimension goes on: so it is
 * with a corner of a larger matrix. netlib before 3.0.4, that of Spark 3.5 and 4.0, refuses such an
 * array. {@link #inPieces} makes a product of its own of the last row, whose leading dimension is free.
 */
record Product(
    boolean transA,
    boolean transB,
    int m,
    int n,
    int k,
    int offsetA,
    int lda,
    int offsetB,
    int ldb,
    int offsetC,
    int ldc) {

  /** A routine of BLAS. */
  interface Routine {

    /**
     * Computes one piece.
     *
     * @param added whether it is added to what an earlier piece left in C
     */
    void compute(Product piece, boolean added);
  }

  /** Computes the product in pieces that any netlib takes: in one where the arrays allow it. */
  void inPieces(int lengthA, int lengthB, int lengthC, Routine routine) {
    inPieces(lengthA, lengthB, lengthC, routine, false);
  }

  private void inPieces(int lengthA, int lengthB, int lengthC, Routine routine, boolean added) {
    boolean cutA = cut(lengthA, offsetA, rowsA(), lda);
    boolean cutB = cut(lengthB, offsetB, rowsB(), ldb);
    boolean cutC = cut(lengthC, offsetC, m, ldc);
    if (cutC || cutA && !transA) {
      rows(0, m - 1).inPieces(lengthA, lengthB, lengthC, routine, added);
      rows(m - 1, 1).inPieces(lengthA, lengthB, lengthC, routine, added);
    } else if (cutA || cutB && !transB) {
      terms(0, k - 1).inPieces(lengthA, lengthB, lengthC, routine, added);
      terms(k - 1, 1).inPieces(lengthA, lengthB, lengthC, routine, true);
    } else if (cutB) {
      columns(0, n - 1).inPieces(lengthA, lengthB, lengthC, routine, added);
      columns(n - 1, 1).inPieces(lengthA, lengthB, lengthC, routine, added);
    } else {
      routine.compute(this, added);
    }
  }

  private static boolean cut(int length, int offset, int rows, int ld) {
    return rows > 1 && offset + (long) rows * ld > length;
  }

  private Product rows(int from, int count) {
    return new Product(
        transA,
        transB,
        count,
        n,
        k,
        offsetA + from * (transA ? 1 : lda),
        lda,
        offsetB,
        ldb,
        offsetC + from * ldc,
        ldc);
  }

  private Product columns(int from, int count) {
    return new Product(
        transA,
        transB,
        m,
        count,
        k,
        offsetA,
        lda,
        offsetB + from * (transB ? ldb : 1),
        ldb,
        offsetC + from,
        ldc);
  }

  private Product terms(int from, int count) {
    return new Product(
        transA,
        transB,
        m,
        n,
        count,
        offsetA + from * (transA ? lda : 1),
        lda,
        offsetB + from * (transB ? 1 : ldb),
        ldb,
        offsetC,
        ldc);
  }

  private int rowsA() {
    return transA ? k : m;
  }

  private int rowsB() {
    return transB ? n : k;
  }

  /** The leading dimension of A; of one row its length. */
  @Override
  public int lda() {
    return rowsA() == 1 ? Math.max(1, transA ? m : k) : lda;
  }

  /** The leading dimension of B; of one row its length. */
  @Override
  public int ldb() {
    return rowsB() == 1 ? Math.max(1, transB ? k : n) : ldb;
  }

  /** The leading dimension of C; of one row its length. */
  @Override
  public int ldc() {
    return m == 1 ? n : ldc;
  }
}
