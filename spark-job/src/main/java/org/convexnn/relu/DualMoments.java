package org.convexnn.relu;

import java.util.Arrays;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.SymmetricEigen;

/**
 * Moments of a dual point Lambda = w r / W, n x C, in coordinates z, and the bounds on prices over all
 * activation patterns that follow from them, X = z~ (theory.md 5.1). With l = s Lambda_c for a sign s, A =
 * X' diag(l_+) X and B = sqrt((1' l_+) lambda_max(A)):
 *
 * <pre>max_{||u|| &lt;= 1} l' (X u)_+ &lt;= min(B, (||X' l||_2 + B) / 2)</pre>
 *
 * by Cauchy and Schwarz with weights l_+, and from (t)_+ = (t + |t|)/2. For several outputs {@code
 * ||Lambda' (X u)_+||_2} is at most the root of the sum of squares of the outputs' bounds, and at most
 * the same formula with ||Lambda_r||_2 for l_+ and ||X' Lambda||_2, the spectral norm, for ||X' l||: for
 * each unit a, |Lambda_r a| is at most ||Lambda_r||.
 *
 * @param width the number of free coordinates of a neuron, D or D - 1
 * @param outputs C
 * @param dual sums of the dual value
 * @param linear X' Lambda, D x C, zero where linear terms are not free
 * @param slope X' Lambda, D x C, zero where hidden neurons have no biases
 * @param matrices as of DualMomentsJob: one, or 1 + 2 C
 */
record DualMoments(
    int width, int outputs, double[] dual, double[] linear, double[] slope, double[][] matrices) {

  private static final long MOST_NUMBERS = 1L << 24;

  // An upper bound must not fall below its own rounding error.
  private static final double ROUNDING = 1 + 1e-12;

  /** Whether the matrices by output have room on the driver. */
  static boolean byOutput(int width, int outputs) {
    return 2L * outputs * width * width <= MOST_NUMBERS;
  }

  /**
   * Two bounds on the price for one output and one sign.
   *
   * @param cauchySchwarz B
   * @param mixed (||X' l|| + B) / 2
   */
  record SignBound(double cauchySchwarz, double mixed) {

    double value() {
      return Math.min(cauchySchwarz, mixed);
    }
  }

  /** The bounds for output c; sign 0 is l = Lambda_c, sign 1 is l = -Lambda_c. */
  SignBound bound(int c, int sign) {
    double square = 0;
    for (int i = c; i < slope.length; i += outputs) {
      square += slope[i] * slope[i];
    }
    return signBound(matrices[1 + 2 * c + sign], Math.sqrt(square));
  }

  private SignBound signBound(double[] matrix, double slopeNorm) {
    double sum = matrix[matrix.length - 1];
    double b = Math.sqrt(Math.max(0, sum) * Math.max(0, largestEigenvalue(matrix)));
    return new SignBound(ROUNDING * b, ROUNDING * 0.5 * (slopeNorm + b));
  }

  private double largestEigenvalue(double[] matrix) {
    return eigen(matrix).values()[width - 1];
  }

  private SymmetricEigen eigen(double[] matrix) {
    int d = (int) Math.round(Math.sqrt(matrix.length));
    double[] free = new double[width * width];
    for (int i = 0; i < width; i++) {
      System.arraycopy(matrix, i * d, free, i * width, width);
    }
    return SymmetricEigen.of(width, free);
  }

  /** An upper bound on {@code max_{||u|| <= 1} ||Lambda' (X u)_+||_2}, over all patterns. */
  double largestPrice() {
    if (outputs == 1 && matrices.length > 1) {
      return Math.max(bound(0, 0).value(), bound(0, 1).value());
    }
    double pooled = signBound(matrices[0], spectralNorm()).value();
    if (matrices.length == 1) {
      return pooled;
    }
    double squares = 0;
    for (int c = 0; c < outputs; c++) {
      double price = Math.max(bound(c, 0).value(), bound(c, 1).value());
      squares += price * price;
    }
    return Math.min(pooled, Math.sqrt(squares));
  }

  /** The largest singular value of X' Lambda. */
  private double spectralNorm() {
    double[] gram = new double[outputs * outputs];
    int d = slope.length / outputs;
    Blas.gemm(
        true, false, outputs, outputs, d, 1, slope, 0, outputs, slope, 0, outputs, 0, gram, 0,
        outputs);
    return Math.sqrt(Math.max(0, SymmetricEigen.of(outputs, gram).values()[outputs - 1]));
  }

  /** The {@code count} leading eigenvectors of each A, the larger eigenvalues first; free numbers. */
  double[][] leading(int count) {
    int most = Math.min(count, width);
    double[][] vectors = new double[matrices.length * most][];
    for (int k = 0; k < most; k++) {
      for (int m = 0; m < matrices.length; m++) {
        SymmetricEigen eigen = eigen(matrices[m]);
        int row = (width - 1 - k) * width;
        vectors[k * matrices.length + m] = Arrays.copyOfRange(eigen.vectors(), row, row + width);
      }
    }
    return vectors;
  }
}
