package org.convexnn.relu;

import java.util.Arrays;
import java.util.Locale;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.SymmetricEigen;

/**
 * Moments of a dual point Lambda = w r / W, n x C, in coordinates z, and the bounds on prices over all
 * activation patterns that follow from them. With X = z~, l = s Lambda_c for a sign s, g = X' l, A = X'
 * diag(l_+) X and B = sqrt((1' l_+) lambda_max(A)) they are
 * (docs/theory/certificates.md#all-patterns)
 *
 * <pre>max_{||u|| &lt;= 1} l' (X u)_+ &lt;= min(B, (||g||_2 + B) / 2)</pre>
 *
 * by Cauchy and Schwarz with weights l_+, and from (t)_+ = (t + |t|)/2. A third one counts rows of
 * negative l too. With R_r = ||x_r||, which |t_r| = |x_r u| never exceeds, |t| &lt;= (t^2 / (sigma R) + sigma R) / 2
 * for every sigma &gt; 0 and |t| &gt;= t^2 / R, so that for Q = A_R / (4 sigma) - C_R / 2, A_R = X' diag(l_+ / R) X,
 * C_R = X' diag(l_- / R) X, and every mu &gt; lambda_max(Q), mu &gt;= 0,
 *
 * <pre>l' (X u)_+ = (g'u + l'|X u|) / 2 &lt;= (sigma / 4) l_+' R + g'u / 2 + u' Q u
 *            &lt;= (sigma / 4) l_+' R + mu + g' (mu I - Q)^(-1) g / 16.</pre>
 *
 * The least over sigma and mu is found by two nested searches in one unknown; every value they try is
 * a bound.
 *
 * <p>For several outputs {@code ||Lambda' (X u)_+||_2} is at most the root of the sum of squares of the
 * outputs' bounds, and at most the second formula with ||Lambda_r||_2 for l_+ and the spectral norm of X'
 * Lambda for ||g||: for each unit a, |Lambda_r a| is at most ||Lambda_r||.
 *
 * <p>Rows of very different lengths cancel in g and Q, so each bound counts what rounding may have taken:
 * sums over rows are right up to a share of the sum of their terms' sizes.
 *
 * @param width the number of free coordinates of a neuron, D or D - 1
 * @param outputs C
 * @param dual sums of the dual value
 * @param linear X' Lambda, D x C, zero where linear terms are not free
 * @param slope X' Lambda, D x C, zero where hidden neurons have no biases
 * @param pooled X' diag(||Lambda_r||) X
 * @param size sum of ||Lambda_r|| R_r
 * @param plain A of output 0 and sign +, of output 0 and sign -, of output 1, ...; may be empty
 * @param scaled A_R in the same order
 * @param radii l_+' R in the same order
 */
record DualMoments(
    int width,
    int outputs,
    double[] dual,
    double[] linear,
    double[] slope,
    double[] pooled,
    double size,
    double[][] plain,
    double[][] scaled,
    double[] radii) {

  private static final long MOST_NUMBERS = 1L << 24;

  private static final int COPIES = 6;
  private static final double LEAST_SIGMA = 1e-4;
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
  // Eigenvalues of a wide matrix take seconds.
  private static final int WIDE = 128;
  private static final int SEARCHES = 20;
  private static final int WIDE_SEARCHES = 5;
  private static final int BISECTIONS = 60;

  // Sums over rows are right up to this share of their terms' sizes.
  private static final double ROUNDING = 1e-12;

  /**
   * Refuses moments that have no room on the driver: D^2 numbers, and a few copies.
   *
   * @param heap bytes of the driver's heap
   */
  static void check(int width, double heap) {
    double bytes = 8.0 * COPIES * width * width;
    if (bytes > 0.5 * heap || (double) width * width > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "bounds over all patterns of %d features take matrices of %.0f MB on the driver, more"
                  + " than half of its memory; take fewer features, or raise the driver's memory",
              width - 1,
              bytes * 0x1p-20));
    }
  }

  /** Whether the matrices by output have room on the driver. */
  static boolean byOutput(int width, int outputs) {
    return 4L * outputs * width * width <= MOST_NUMBERS;
  }

  /** What X' Lambda, and any price at single directions, may be wrong by. */
  double rounding() {
    return ROUNDING * size;
  }

  /** What the sums of Lambda may be wrong by. */
  double biasRounding() {
    return ROUNDING * pooled[pooled.length - 1];
  }

  /** An upper bound of a value that is right up to rounding of its own size. */
  private static double up(double value) {
    return value * (1 + ROUNDING);
  }

  /**
   * Bounds on the price for one output and one sign.
   *
   * @param cauchySchwarz B
   * @param mixed (||g|| + B) / 2
   * @param quadratic the bound by quadratic functions of u
   */
  record SignBound(double cauchySchwarz, double mixed, double quadratic) {

    double value() {
      return Math.min(quadratic, Math.min(cauchySchwarz, mixed));
    }
  }

  /** The bounds for output c; sign 0 is l = Lambda_c, sign 1 is l = -Lambda_c. */
  SignBound bound(int c, int sign) {
    double[] g = new double[width];
    for (int i = 0; i < width; i++) {
      g[i] = (sign == 0 ? 1 : -1) * slope[i * outputs + c];
    }
    int k = 2 * c + sign;
    double b = cauchySchwarz(plain[k]);
    return new SignBound(
        up(b), up(0.5 * (Blas.norm(g, 0, width) + rounding() + b)), up(quadratic(k, g)));
  }

  private double cauchySchwarz(double[] matrix) {
    double sum = matrix[matrix.length - 1];
    return Math.sqrt(Math.max(0, sum) * Math.max(0, largestEigenvalue(matrix)));
  }

  /** The least bound over sigma, in which it is convex; sigma above 1 is never better. */
  private double quadratic(int k, double[] g) {
    if (radii[k] == 0) {
      return 0;
    }
    Quadratic bound =
        new Quadratic(free(scaled[k]), free(scaled[k ^ 1]), radii[k], radii[k ^ 1], g);
    double low = Math.log(LEAST_SIGMA);
    double high = 0;
    double left = high - GOLDEN * (high - low);
    double right = low + GOLDEN * (high - low);
    double atLeft = bound.at(Math.exp(left));
    double atRight = bound.at(Math.exp(right));
    double least = Math.min(atLeft, atRight);
    for (int step = 0; step < (width > WIDE ? WIDE_SEARCHES : SEARCHES); step++) {
      if (atLeft < atRight) {
        high = right;
        right = left;
        atRight = atLeft;
        left = high - GOLDEN * (high - low);
        atLeft = bound.at(Math.exp(left));
      } else {
        low = left;
        left = right;
        atLeft = atRight;
        right = low + GOLDEN * (high - low);
        atRight = bound.at(Math.exp(right));
      }
      least = Math.min(least, Math.min(atLeft, atRight));
    }
    return least;
  }

  /**
   * The bound by quadratic functions.
   *
   * @param positive A_R
   * @param negative C_R
   * @param radius l_+' R, the trace of A_R
   * @param others l_-' R, the trace of C_R
   * @param g X' l
   */
  private record Quadratic(
      double[] positive, double[] negative, double radius, double others, double[] g) {

    double at(double sigma) {
      int n = g.length;
      double[] q = new double[n * n];
      Blas.axpy(1 / (4 * sigma), positive, q);
      Blas.axpy(-0.5, negative, q);
      SymmetricEigen eigen = SymmetricEigen.of(n, q);
      double wrong = ROUNDING * (radius / (4 * sigma) + 0.5 * others);
      double[] values = Arrays.stream(eigen.values()).map(v -> v + wrong).toArray();
      double[] along = new double[n];
      Blas.gemm(false, false, n, 1, n, 0.25, eigen.vectors(), 0, n, g, 0, 1, 0, along, 0, 1);
      double size = ROUNDING * (radius + others);
      for (int i = 0; i < n; i++) {
        along[i] = Math.abs(along[i]) + 0.25 * size;
      }
      return 0.25 * sigma * radius + sphereBound(values, along);
    }
  }

  /**
   * The least {@code mu + sum_i h_i^2 / (mu - q_i)} over mu above all q_i and zero: convex, and least
   * where its derivative {@code 1 - sum_i h_i^2 / (mu - q_i)^2} is zero, or at the end.
   */
  private static double sphereBound(double[] q, double[] h) {
    double start = Math.max(0, q[q.length - 1]);
    double low = start;
    double high = start + Blas.norm(h, 0, h.length);
    if (high == start) {
      return start;
    }
    for (int k = 0; k < BISECTIONS; k++) {
      double mu = 0.5 * (low + high);
      double slope = 1;
      for (int i = 0; i < q.length; i++) {
        double ratio = h[i] / (mu - q[i]);
        slope -= h[i] == 0 ? 0 : ratio * ratio;
      }
      if (slope < 0) {
        low = mu;
      } else {
        high = mu;
      }
    }
    double value = high;
    for (int i = 0; i < q.length; i++) {
      value += h[i] == 0 ? 0 : h[i] * h[i] / (high - q[i]);
    }
    return value;
  }

  private double largestEigenvalue(double[] matrix) {
    return eigen(matrix).values()[width - 1];
  }

  private SymmetricEigen eigen(double[] matrix) {
    return SymmetricEigen.of(width, free(matrix));
  }

  /** The entries of free coordinates. */
  private double[] free(double[] matrix) {
    int d = (int) Math.round(Math.sqrt(matrix.length));
    double[] free = new double[width * width];
    for (int i = 0; i < width; i++) {
      System.arraycopy(matrix, i * d, free, i * width, width);
    }
    return free;
  }

  /** An upper bound on {@code max_{||u|| <= 1} ||Lambda' (X u)_+||_2}, over all patterns. */
  double largestPrice() {
    if (outputs == 1 && plain.length > 0) {
      return Math.max(bound(0, 0).value(), bound(0, 1).value());
    }
    double b = cauchySchwarz(pooled);
    double together = up(Math.min(b, 0.5 * (spectralNorm() + rounding() + b)));
    if (plain.length == 0) {
      return together;
    }
    double squares = 0;
    for (int c = 0; c < outputs; c++) {
      double price = Math.max(bound(c, 0).value(), bound(c, 1).value());
      squares += price * price;
    }
    return Math.min(together, up(Math.sqrt(squares)));
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

  /** Eigenvectors of each A, of the largest eigenvalues; free numbers; the largest first. */
  double[][] leading(int count) {
    double[][] matrices = plain.length > 0 ? plain : new double[][] {pooled};
    int most = Math.min((count + matrices.length - 1) / matrices.length, width);
    double[][] vectors = new double[matrices.length * most][];
    for (int m = 0; m < matrices.length; m++) {
      SymmetricEigen eigen = eigen(matrices[m]);
      for (int k = 0; k < most; k++) {
        int row = (width - 1 - k) * width;
        vectors[k * matrices.length + m] = Arrays.copyOfRange(eigen.vectors(), row, row + width);
      }
    }
    return vectors;
  }
}
