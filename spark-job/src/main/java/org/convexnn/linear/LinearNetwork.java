package org.convexnn.linear;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.SingularValues;

/**
 * A linear network of L layers, R parallel branches of width one,
 *
 * <pre>f(x) = sum_j x' W_1j W_2j ... W_Lj,   W_1j = s_j^(1/L) p_j,  W_lj = s_j^(1/L),  W_Lj = s_j^(1/L) q_j'</pre>
 *
 * with unit vectors p_j and q_j: the decoding of a matrix {@code W = sum_j s_j p_j q_j'}
 * (docs/theory/relatives.md#deep-linear-networks). Side by side the branches are one network of L
 * layers of width R, its middle ones diagonal.
 *
 * @param inputs d
 * @param outputs C
 * @param depth L, at least 2
 * @param strengths s, R positive numbers
 * @param left p, R x d row-major
 * @param right q, R x C row-major
 */
public record LinearNetwork(
    int inputs, int outputs, int depth, double[] strengths, double[] left, double[] right) {

  /** Singular values below this share of the largest one are rounding. */
  private static final double LEAST_SHARE = 1e-12;

  /** Checks the shapes. */
  public LinearNetwork {
    if (depth < 2) {
      throw new IllegalArgumentException("depth is " + depth + "; it must be at least 2 layers");
    }
    int branches = strengths.length;
    if (left.length != branches * inputs || right.length != branches * outputs) {
      throw new IllegalArgumentException(
          branches
              + " branches of "
              + inputs
              + " inputs and "
              + outputs
              + " outputs with "
              + left.length
              + " and "
              + right.length
              + " numbers");
    }
  }

  /** The network of a matrix, one branch for each of its singular values. */
  public static LinearNetwork of(int depth, int inputs, int outputs, double[] w) {
    SingularValues svd = SingularValues.of(inputs, outputs, w);
    int rank = svd.rank(LEAST_SHARE);
    double[] left = new double[rank * inputs];
    for (int j = 0; j < rank; j++) {
      for (int i = 0; i < inputs; i++) {
        left[j * inputs + i] = svd.left()[i * svd.size() + j];
      }
    }
    return new LinearNetwork(
        inputs,
        outputs,
        depth,
        Arrays.copyOf(svd.values(), rank),
        left,
        Arrays.copyOf(svd.right(), rank * outputs));
  }

  /** R, the number of branches. */
  public int branches() {
    return strengths.length;
  }

  /** The layers of one branch: d x 1, then 1 x 1, then 1 x C. */
  public List<double[]> branch(int j) {
    double root = Math.pow(strengths[j], 1.0 / depth);
    List<double[]> layers = new ArrayList<>();
    layers.add(scaled(left, j * inputs, inputs, root));
    for (int l = 1; l < depth - 1; l++) {
      layers.add(new double[] {root});
    }
    layers.add(scaled(right, j * outputs, outputs, root));
    return layers;
  }

  private static double[] scaled(double[] values, int from, int length, double by) {
    return Arrays.stream(values, from, from + length).map(v -> by * v).toArray();
  }

  /** W, the product of the layers summed over the branches, d x C row-major. */
  public double[] product() {
    double[] w = new double[inputs * outputs];
    for (int j = 0; j < branches(); j++) {
      List<double[]> layers = branch(j);
      double through = 1;
      for (double[] middle : layers.subList(1, depth - 1)) {
        through *= middle[0];
      }
      double[] first = layers.get(0);
      double[] last = layers.get(depth - 1);
      Blas.gemm(
          false, false, inputs, outputs, 1, through, first, 0, 1, last, 0, outputs, 1.0, w, 0,
          outputs);
    }
    return w;
  }

  /** {@code (1/2) sum_j sum_l ||W_lj||_F^L} of the branches: (L/2) times the nuclear norm of W. */
  public double parallelPenalty() {
    return penalty(depth);
  }

  /**
   * {@code (1/2) sum_l ||W_l||_F^2} of the branches as one network: (L/2) sum_j s_j^(2/L), the least
   * weight decay of all networks of L layers with this W.
   */
  public double standardPenalty() {
    return penalty(2);
  }

  private double penalty(double power) {
    double sum = 0;
    for (int j = 0; j < branches(); j++) {
      for (double[] layer : branch(j)) {
        sum += Math.pow(Blas.norm(layer, 0, layer.length), power);
      }
    }
    return 0.5 * sum;
  }
}
