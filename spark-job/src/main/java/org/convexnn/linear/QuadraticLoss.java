package org.convexnn.linear;

import java.util.Arrays;
import org.convexnn.block.pass.data.MomentsPass;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.SymmetricEigen;
import org.convexnn.solver.rows.Rows;

/**
 * Squared loss by its sums over the rows: with {@code G = X'SX / W, B = X'SY / W, s = tr(Y'SY) / W}, S
 * the diagonal matrix of the rows' weights and W its trace,
 *
 * <pre>f(w) = (1/2W) sum_r s_r ||x_r' w - y_r||^2 = (s - 2 &lt;B, w> + &lt;w, G w>) / 2,   w of q x C.</pre>
 *
 * Of {@code lambda = Y - X w} the bound needs {@code &lt;lambda, Y> = s - &lt;B, w>} and
 * {@code ||lambda||^2 = 2 f(w)} alone (docs/theory/solvers.md#gram-matrix).
 */
public final class QuadraticLoss implements SmoothLoss {

  private final int features;
  private final int outputs;
  private final double[] gram;
  private final double[] cross;
  private final double labelSquare;
  private final double curvature;

  /**
   * A loss.
   *
   * @param gram G, q x q row-major, symmetric
   * @param cross B, q x C row-major
   * @param labelSquare s
   */
  public QuadraticLoss(double[] gram, double[] cross, double labelSquare) {
    this.features = (int) Math.round(Math.sqrt(gram.length));
    if (features == 0
        || features * features != gram.length
        || cross.length == 0
        || cross.length % features != 0) {
      throw new IllegalArgumentException(
          "squared loss of a Gram matrix of "
              + gram.length
              + " and products with the targets of "
              + cross.length
              + " numbers; they must be q x q and q x C");
    }
    this.outputs = cross.length / features;
    this.gram = gram.clone();
    this.cross = cross.clone();
    this.labelSquare = labelSquare;
    this.curvature = SymmetricEigen.of(features, gram).values()[features - 1];
  }

  /**
   * The loss of rows whose last columns are the targets. One pass; the driver holds (d + C)^2 numbers.
   * There is no intercept: centre the columns, or add one of ones.
   *
   * @param rows of d + C columns
   * @param outputs C, the columns at the end that are targets
   * @throws IllegalArgumentException where no column is left to learn from, and where there is no
   *     row of positive weight
   */
  public static QuadraticLoss of(Rows rows, int outputs) {
    int width = rows.features();
    int d = width - outputs;
    if (outputs < 1 || d < 1) {
      throw new IllegalArgumentException(
          outputs
              + " target columns of "
              + width
              + "; there must be at least one of them and one feature");
    }
    double[] ones = new double[width];
    Arrays.fill(ones, 1);
    double[][] sums =
        rows.sum(
            "moments of features and targets",
            new MomentsPass(new double[width], ones, 0, 0, false));
    double weight = sums[1][1];
    if (!(weight > 0)) {
      throw new IllegalArgumentException("there are no rows of positive weight to train on");
    }
    double[] gram = new double[d * d];
    double[] cross = new double[d * outputs];
    double square = 0;
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        double mean = sums[0][i * width + j] / weight;
        if (i < d && j < d) {
          gram[i * d + j] = mean;
        } else if (i < d) {
          cross[i * outputs + j - d] = mean;
        } else if (i == j) {
          square += mean;
        }
      }
    }
    return new QuadraticLoss(gram, cross, square);
  }

  /** q. */
  public int features() {
    return features;
  }

  /** C. */
  public int outputs() {
    return outputs;
  }

  @Override
  public int length() {
    return cross.length;
  }

  @Override
  public double curvature() {
    return curvature;
  }

  @Override
  public Point at(double[] w) {
    double[] gradient = new double[w.length];
    Blas.gemm(
        false, false, features, outputs, features, 1.0, gram, 0, features, w, 0, outputs, 0.0,
        gradient, 0, outputs);
    double linear = Blas.dot(cross, w);
    double value = 0.5 * (labelSquare - 2 * linear + Blas.dot(w, gradient));
    Blas.axpy(-1, cross, gradient);
    return new Quadratic(value, gradient, labelSquare - linear);
  }

  /**
   * The loss at some weights.
   *
   * @param dualLabel {@code <lambda, Y> / W}
   */
  private record Quadratic(double value, double[] gradient, double dualLabel) implements Point {

    /** {@code tau <lambda, Y> - tau^2 ||lambda||^2 / 2} at its best tau. */
    @Override
    public double dualBound(double most) {
      double square = 2 * value;
      double tau = square > 0 ? Math.min(most, Math.max(0, dualLabel / square)) : 0;
      return tau * dualLabel - 0.5 * tau * tau * square;
    }
  }
}
