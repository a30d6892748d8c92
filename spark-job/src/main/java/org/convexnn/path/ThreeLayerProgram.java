package org.convexnn.path;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SquaredLoss;

/**
 * The convex program of path-regularised parallel ReLU networks of three layers with m_1 neurons,
 * then one, on a few rows. For patterns s, Z_s and Z'_s being d x m_1 with columns z_j:
 *
 * <pre>
 * minimise    (1/n) sum_r l(y_r, f_r) + beta sum_s (||Z_s||_F + ||Z'_s||_F)
 * f           = sum_s T_s(Z_s) - T_s(Z'_s),      T_s(Z) = D_2 sum_j I_j D_1j X z_j
 * subject to  (2 D_1j - 1) X z_j &gt;= 0,   (2 D_2 - 1) sum_j I_j D_1j X z_j &gt;= 0,   the same for Z'</pre>
 *
 * With the patterns of all sub-networks its optimum is that of the networks, however many in
 * parallel (docs/theory/depth.md#three-layers; Ergen and Pilanci, 2110.09548; there the loss is a
 * sum, here a mean: n times beta is theirs). A column of ones in X is a bias within the norm.
 */
public final class ThreeLayerProgram {

  private static final double HEAP_SHARE = 0.4;

  private final int features;
  private final double[] x;
  private final double[] y;
  private final Loss loss;
  private final List<PathPattern> patterns;
  private final int width;

  /**
   * Checks and keeps the parts.
   *
   * @param features d
   * @param x n x d row-major
   * @param y n labels, as the loss takes them
   * @param loss squared or logistic
   * @param patterns of sub-networks of one width on these rows, at least one
   * @throws IllegalArgumentException where shapes do not fit, a number is not finite, the loss has
   *     several outputs, or the program does not fit the heap
   */
  public ThreeLayerProgram(
      int features, double[] x, double[] y, Loss loss, List<PathPattern> patterns) {
    if (loss.outputs() > 1) {
      throw new IllegalArgumentException(
          "exact cones of three layers are not implemented for a loss of "
              + loss.outputs()
              + " outputs: learn one class against the rest, or train gated networks with"
              + " layerWidths");
    }
    if (features < 1 || y.length == 0 || x.length != y.length * features) {
      throw new IllegalArgumentException(
          "x has "
              + x.length
              + " numbers; it must have "
              + features
              + " for each of "
              + y.length
              + " labels, of which there is at least one");
    }
    finite("x", x);
    finite("y", y);
    if (patterns.isEmpty()) {
      throw new IllegalArgumentException("there are no patterns; draw them from these rows");
    }
    this.features = features;
    this.x = x.clone();
    this.y = y.clone();
    this.loss = loss;
    this.patterns = List.copyOf(patterns);
    this.width = patterns.get(0).width();
    for (PathPattern p : patterns) {
      if (p.width() != width || p.second().length != y.length) {
        throw new IllegalArgumentException(
            "a pattern of "
                + p.width()
                + " neurons on "
                + p.second().length
                + " rows; all must be of "
                + width
                + " neurons on "
                + y.length
                + " rows");
      }
    }
    double bytes = 8.0 * patterns.size() * numbersOfAPattern();
    double room = HEAP_SHARE * Runtime.getRuntime().maxMemory();
    if (bytes > room) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d patterns of %d neurons with %d features on %d rows take %,.0f MB; %,.0f MB of the"
                  + " heap may be used: draw fewer patterns, or train gated networks with"
                  + " layerWidths",
              patterns.size(),
              width,
              features,
              y.length,
              bytes * 1e-6,
              room * 1e-6));
    }
  }

  private static void finite(String name, double[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            name + " has the value " + values[i] + " at " + i + "; it must be finite");
      }
    }
  }

  /** Matrices and state of a pattern in {@link ThreeLayerAdmm}. */
  private double numbersOfAPattern() {
    double k = block();
    double n = rows();
    return k * (cones() + 2 * n + 2 * k) + 2 * (cones() + 3 * k);
  }

  /** n. */
  public int rows() {
    return y.length;
  }

  /** d. */
  int features() {
    return features;
  }

  /** m_1. */
  int width() {
    return width;
  }

  /** The numbers in Z_s, d m_1; z_j is at j d. */
  int block() {
    return features * width;
  }

  /** The number of cone constraints of a pattern, (m_1 + 1) n. */
  int cones() {
    return (width + 1) * rows();
  }

  /** The patterns. */
  List<PathPattern> patterns() {
    return patterns;
  }

  /** The loss. */
  Loss loss() {
    return loss;
  }

  /** The label of row r. */
  double label(int r) {
    return y[r];
  }

  /** T_s, n x d m_1. */
  double[] composed(PathPattern pattern) {
    double[] t = new double[rows() * block()];
    for (int r = 0; r < rows(); r++) {
      if (pattern.second()[r]) {
        signedSum(pattern, r, 1, t, r * block());
      }
    }
    return t;
  }

  /** The rows of the cone constraints, (m_1 + 1) n x d m_1: by neuron, then the second layer's. */
  double[] constraints(PathPattern pattern) {
    double[] c = new double[cones() * block()];
    for (int r = 0; r < rows(); r++) {
      for (int j = 0; j < width; j++) {
        int at = (j * rows() + r) * block() + j * features;
        for (int i = 0; i < features; i++) {
          c[at + i] = (pattern.first()[j][r] ? 1 : -1) * x[r * features + i];
        }
      }
      signedSum(pattern, r, pattern.second()[r] ? 1 : -1, c, (width * rows() + r) * block());
    }
    return c;
  }

  /** {@code sign sum_j I_j d_1j x_r} on the coordinates of z_j. */
  private void signedSum(PathPattern pattern, int r, double sign, double[] to, int at) {
    for (int j = 0; j < width; j++) {
      if (pattern.first()[j][r]) {
        double s = pattern.positive()[j] ? sign : -sign;
        for (int i = 0; i < features; i++) {
          to[at + j * features + i] = s * x[r * features + i];
        }
      }
    }
  }

  /** A network that is as good on these rows, with at most n branches. */
  ParallelNetwork pruned(ParallelNetwork network) {
    return network.pruned(x);
  }

  /** The mean loss and beta times the path norm of any network of d features. */
  public double objective(ParallelNetwork network, double beta) {
    double sum = 0;
    for (int r = 0; r < rows(); r++) {
      double[] row = Arrays.copyOfRange(x, r * features, (r + 1) * features);
      sum += loss.value(y[r], new double[] {network.evaluate(row)}, 0);
    }
    return sum / rows() + beta * network.pathNorm();
  }

  /**
   * A dual value, with squared loss the largest, at a multiple of lambda that is feasible where the price of lambda is at
   * most {@code price}.
   *
   * @param lambda minus the derivatives of the mean loss at some f
   */
  double dualValue(double[] lambda, double price, double beta) {
    double most = price > 0 ? beta / price : 1;
    double tau = Math.min(1, most);
    if (loss instanceof SquaredLoss) {
      // The dual value is tau lambda'y - tau^2 n ||lambda||^2 / 2.
      double square = rows() * Blas.dot(lambda, lambda);
      tau = square > 0 ? Math.max(0, Math.min(most, Blas.dot(lambda, y) / square)) : 0;
    }
    double value = 0;
    double[] r = new double[1];
    for (int i = 0; i < rows(); i++) {
      r[0] = -rows() * tau * lambda[i];
      value -= loss.conjugate(y[i], r, 0) / rows();
    }
    return value;
  }

  /** An upper bound on the price of lambda over all patterns. */
  double largestPrice(double[] lambda) {
    return PathBound.ofBothSigns(features, x, lambda, width);
  }

  /**
   * Solves the program by ADMM and decodes its layers, at most n sub-networks.
   *
   * @param beta positive
   * @param tol relative gap between the decoded network and the lower bound to stop at, positive
   * @param maxIterations at least 1; reaching it gives the best point with its bounds
   * @throws IllegalArgumentException where a number is out of its range
   */
  public ThreeLayerFit solve(double beta, double tol, int maxIterations) {
    positive("beta", beta);
    positive("tol", tol);
    if (maxIterations < 1) {
      throw new IllegalArgumentException(
          "maxIterations is " + maxIterations + "; it must be a positive integer");
    }
    return new ThreeLayerAdmm(this, beta).solve(tol, maxIterations);
  }

  private static void positive(String name, double value) {
    if (!(value > 0) || !Double.isFinite(value)) {
      throw new IllegalArgumentException(name + " is " + value + "; it must be a positive number");
    }
  }
}
