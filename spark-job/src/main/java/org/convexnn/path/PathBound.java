package org.convexnn.path;

import java.util.Arrays;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.SymmetricEigen;

/**
 * Two upper bounds, from one look at the rows, on the price
 *
 * <pre>max lambda' f(X)   over sub-networks f of L layers and of any activations, R(f) &lt;= 1</pre>
 *
 * for one sign of lambda, L at least 3 (docs/theory/depth.md#dual-and-bounds). With m = m_1 ..
 * m_{L-2} the number of paths,
 *
 * <pre>
 * B(l) = (1'l_+ lambda_max(X' diag(l_+) X))^(1/2),   M = max over l = +-lambda of min(B(l), (||X'l|| + B(l)) / 2)</pre>
 *
 * they are {@code m^(1/2) B(lambda)} and {@code m^(1/2) (M + B(lambda)) / 2}. M bounds the price of
 * two layers, for both signs: weights above the first layer may be negative.
 *
 * @param cauchySchwarz the first
 * @param mixed the second
 */
public record PathBound(double cauchySchwarz, double mixed) {

  // A bound must not fall below its own rounding error.
  private static final double ROUNDING = 1 + 1e-12;

  /**
   * The bounds for +lambda.
   *
   * @param features d
   * @param x n x d row-major
   * @param lambda n numbers
   * @param paths m_1 .. m_{L-2}
   */
  public static PathBound of(int features, double[] x, double[] lambda, int paths) {
    double b = cauchySchwarz(features, x, lambda, 1);
    double opposite = cauchySchwarz(features, x, lambda, -1);
    double[] correlation = new double[features];
    for (int r = 0; r < lambda.length; r++) {
      for (int i = 0; i < features; i++) {
        correlation[i] += lambda[r] * x[r * features + i];
      }
    }
    // Both minima grow with B.
    double larger = Math.max(b, opposite);
    double two = Math.min(larger, 0.5 * (Blas.norm(correlation, 0, features) + larger));
    double root = ROUNDING * Math.sqrt(paths);
    return new PathBound(root * b, root * 0.5 * (two + b));
  }

  /** B of sign lambda. */
  private static double cauchySchwarz(int features, double[] x, double[] lambda, double sign) {
    double[] moments = new double[features * features];
    double sum = 0;
    for (int r = 0; r < lambda.length; r++) {
      double l = Math.max(sign * lambda[r], 0);
      sum += l;
      for (int i = 0; i < features; i++) {
        for (int j = 0; j < features; j++) {
          moments[i * features + j] += l * x[r * features + i] * x[r * features + j];
        }
      }
    }
    double largest = SymmetricEigen.of(features, moments).values()[features - 1];
    return Math.sqrt(sum * Math.max(0, largest));
  }

  /** The smaller of the bounds, for the sign of lambda that has the larger one. */
  public static double ofBothSigns(int features, double[] x, double[] lambda, int paths) {
    double[] negative = Arrays.stream(lambda).map(l -> -l).toArray();
    return Math.max(
        of(features, x, lambda, paths).value(), of(features, x, negative, paths).value());
  }

  private double value() {
    return Math.min(cauchySchwarz, mixed);
  }
}
