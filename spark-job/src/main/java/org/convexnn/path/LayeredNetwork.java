package org.convexnn.path;

import java.util.Arrays;

/**
 * A ReLU network of L layers and one output,
 *
 * <pre>f(x) = (..((x' W_1)_+ W_2)_+ ..)_+ w_L</pre>
 *
 * without biases: a column of ones in x is a bias of the first layer, inside its norm.
 *
 * @param widths d, m_1, .., m_{L-1}, 1
 * @param weights W_1 .. W_L, W_l being m_{l-1} x m_l row-major
 */
public record LayeredNetwork(int[] widths, double[][] weights) {

  /**
   * Checks the shapes.
   *
   * @throws IllegalArgumentException where a matrix has another size or a number is not finite
   */
  public LayeredNetwork {
    boolean fits = widths.length == weights.length + 1 && widths[weights.length] == 1;
    for (int l = 0; fits && l < weights.length; l++) {
      fits = widths[l] >= 1 && weights[l].length == widths[l] * widths[l + 1];
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "layers of widths "
              + Arrays.toString(widths)
              + " with "
              + Arrays.toString(Arrays.stream(weights).mapToInt(w -> w.length).toArray())
              + " weights; W_l must be m_(l-1) x m_l, the last width 1");
    }
    for (double[] w : weights) {
      for (double value : w) {
        if (!Double.isFinite(value)) {
          throw new IllegalArgumentException("a weight is " + value + "; it must be finite");
        }
      }
    }
  }

  /** L. */
  public int layers() {
    return weights.length;
  }

  /** f(x). */
  public double evaluate(double[] x) {
    double[] h = x;
    for (int l = 0; l < weights.length; l++) {
      h = through(l, h, weights[l]);
      if (l < weights.length - 1) {
        for (int k = 0; k < h.length; k++) {
          h[k] = Math.max(h[k], 0);
        }
      }
    }
    return h[0];
  }

  /**
   * The l2 path norm {@code R = (sum over paths of prod_l W_l[j_{l-1}, j_l]^2)^(1/2)}, in as many
   * steps as there are weights (docs/theory/depth.md#path-regularisation; Ergen and Pilanci,
   * 2110.09548). No rescaling of a neuron, its inputs by c > 0 and its outputs by 1/c, changes it.
   */
  public double pathNorm() {
    double[] squares = new double[widths[0]];
    Arrays.fill(squares, 1);
    for (int l = 0; l < weights.length; l++) {
      squares = through(l, squares, Arrays.stream(weights[l]).map(w -> w * w).toArray());
    }
    return Math.sqrt(squares[0]);
  }

  /** {@code c f}, by the last layer. */
  LayeredNetwork times(double c) {
    double[][] scaled = weights.clone();
    scaled[layers() - 1] = Arrays.stream(scaled[layers() - 1]).map(w -> c * w).toArray();
    return new LayeredNetwork(widths, scaled);
  }

  /** {@code h' W}. */
  private double[] through(int l, double[] h, double[] w) {
    int m = widths[l + 1];
    double[] next = new double[m];
    for (int i = 0; i < widths[l]; i++) {
      for (int k = 0; k < m; k++) {
        next[k] += h[i] * w[i * m + k];
      }
    }
    return next;
  }
}
