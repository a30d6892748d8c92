package org.convexnn.linalg;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.blas.JavaBLAS;
import dev.ludovic.netlib.blas.NativeBLAS;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The one doorway to matrix products: row-major {@code C = alpha op(A) op(B) + beta C}.
 *
 * <p>The implementation is chosen once per JVM: a native BLAS where one is installed, then the
 * JDK's vector module ({@code --add-modules jdk.incubator.vector}), then plain Java. The system
 * property {@value #PROPERTY} ({@code auto | native | java}) overrides the choice.
 */
public final class Blas {

  /** System property that overrides the choice of implementation. */
  public static final String PROPERTY = "convexnn.blas";

  private static final int PIECE = 256;

  private static final BLAS IMPLEMENTATION = choose();

  private Blas() {}

  private static BLAS choose() {
    String wanted = System.getProperty(PROPERTY, "auto").toLowerCase(Locale.ROOT);
    return switch (wanted) {
      case "native" -> NativeBLAS.getInstance();
      case "java" -> JavaBLAS.getInstance();
      case "auto" -> nativeOrJava();
      default ->
          throw new IllegalArgumentException(
              "system property "
                  + PROPERTY
                  + " is '"
                  + wanted
                  + "'; allowed are auto, native and java");
    };
  }

  private static BLAS nativeOrJava() {
    try {
      return NativeBLAS.getInstance();
    } catch (RuntimeException | LinkageError missing) {
      return JavaBLAS.getInstance();
    }
  }

  /** What is in use: {@code native}, {@code vector} (the JDK's vector module) or {@code java}. */
  public static String name() {
    String type = IMPLEMENTATION.getClass().getSimpleName();
    if (type.startsWith("JNI")) {
      return "native";
    }
    return type.startsWith("Vector") ? "vector" : "java";
  }

  /**
   * {@code C = alpha op(A) op(B) + beta C} in double precision, all matrices row-major.
   *
   * @param transA whether op(A) is the transpose of A
   * @param transB whether op(B) is the transpose of B
   * @param m rows of op(A) and C
   * @param n columns of op(B) and C
   * @param k columns of op(A), rows of op(B)
   */
  public static void gemm(
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      double alpha,
      double[] a,
      int offsetA,
      int lda,
      double[] b,
      int offsetB,
      int ldb,
      double beta,
      double[] c,
      int offsetC,
      int ldc) {
    if (m == 0 || n == 0) {
      return;
    }
    // Row-major C = A B is column-major C' = B' A'.
    new Product(transA, transB, m, n, k, offsetA, lda, offsetB, ldb, offsetC, ldc)
        .inPieces(
            a.length,
            b.length,
            c.length,
            (p, added) ->
                IMPLEMENTATION.dgemm(
                    flag(transB),
                    flag(transA),
                    p.n(),
                    p.m(),
                    p.k(),
                    alpha,
                    b,
                    p.offsetB(),
                    p.ldb(),
                    a,
                    p.offsetA(),
                    p.lda(),
                    added ? 1.0 : beta,
                    c,
                    p.offsetC(),
                    p.ldc()));
  }

  /** {@code C = alpha op(A) op(B) + beta C} in single precision, all matrices row-major. */
  public static void gemm(
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int offsetA,
      int lda,
      float[] b,
      int offsetB,
      int ldb,
      float beta,
      float[] c,
      int offsetC,
      int ldc) {
    if (m == 0 || n == 0) {
      return;
    }
    new Product(transA, transB, m, n, k, offsetA, lda, offsetB, ldb, offsetC, ldc)
        .inPieces(
            a.length,
            b.length,
            c.length,
            (p, added) ->
                IMPLEMENTATION.sgemm(
                    flag(transB),
                    flag(transA),
                    p.n(),
                    p.m(),
                    p.k(),
                    alpha,
                    b,
                    p.offsetB(),
                    p.ldb(),
                    a,
                    p.offsetA(),
                    p.lda(),
                    added ? 1f : beta,
                    c,
                    p.offsetC(),
                    p.ldc()));
  }

  /**
   * {@code C = alpha A B' + beta C} for the driver: rows of C are split over the common pool, each
   * piece a product of its own on one thread. The result does not depend on the split.
   *
   * @param m rows of A and C
   * @param n rows of B, columns of C
   * @param k columns of A and B
   */
  public static void parallelGemm(
      int m,
      int n,
      int k,
      double alpha,
      double[] a,
      int offsetA,
      int lda,
      double[] b,
      int offsetB,
      int ldb,
      double beta,
      double[] c,
      int offsetC,
      int ldc) {
    int pieces = (m + PIECE - 1) / PIECE;
    IntStream.range(0, pieces)
        .parallel()
        .forEach(
            piece -> {
              int from = piece * PIECE;
              gemm(
                  false,
                  true,
                  Math.min(PIECE, m - from),
                  n,
                  k,
                  alpha,
                  a,
                  offsetA + from * lda,
                  lda,
                  b,
                  offsetB,
                  ldb,
                  beta,
                  c,
                  offsetC + from * ldc,
                  ldc);
            });
  }

  private static String flag(boolean transpose) {
    return transpose ? "T" : "N";
  }

  /** The inner product of x and y, both of the same length. */
  public static double dot(double[] x, double[] y) {
    return dot(x, y, 0, x.length);
  }

  /** The inner product of {@code x[from .. from + length)} and the same entries of y. */
  public static double dot(double[] x, double[] y, int from, int length) {
    // One sum would wait for each addition.
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int end = from + length;
    int i = from;
    for (; i + 3 < end; i += 4) {
      sum0 += x[i] * y[i];
      sum1 += x[i + 1] * y[i + 1];
      sum2 += x[i + 2] * y[i + 2];
      sum3 += x[i + 3] * y[i + 3];
    }
    for (; i < end; i++) {
      sum0 += x[i] * y[i];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  /** {@code y += alpha x}. */
  public static void axpy(double alpha, double[] x, double[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] += alpha * x[i];
    }
  }

  /** The Euclidean norm of {@code x[offset .. offset + length)}. */
  public static double norm(double[] x, int offset, int length) {
    return Math.sqrt(dot(x, x, offset, length));
  }
}
