package org.convexnn.linear;

/**
 * Training of parallel linear networks of L layers with squared loss and the penalty {@code (beta/2)
 * sum_j sum_l ||W_lj||_F^L} over all branches, whatever their widths. With {@code W = sum_j W_1j ...
 * W_Lj} it is the convex program
 *
 * <pre>min_W  (1/2W) sum_r s_r ||x_r' W - y_r||^2 + (beta L / 2) ||W||_*</pre>
 *
 * of which as many branches as the rank of W are enough
 * (docs/theory/relatives.md#deep-linear-networks; Wang, Ergen, Pilanci, arXiv 2110.06482, whose own
 * regulariser we could not check). The standard network, one branch with weight decay, has the
 * Schatten quasi-norm {@code (L/2) sum_i s_i^(2/L)} instead and is not convex for L > 2.
 *
 * @param depth L, at least 2
 * @param beta positive
 */
public record DeepLinear(int depth, double beta) {

  /** Checks the ranges. */
  public DeepLinear {
    if (depth < 2) {
      throw new IllegalArgumentException("depth is " + depth + "; it must be at least 2 layers");
    }
    if (!(beta > 0) || !Double.isFinite(beta)) {
      throw new IllegalArgumentException("beta is " + beta + "; it must be a positive number");
    }
  }

  /**
   * A trained network.
   *
   * @param network its layers
   * @param certificate the matrix W with its objective and a bound on that of any other
   */
  public record Fit(LinearNetwork network, NuclearNormProgram.Solution certificate) {}

  /**
   * Trains.
   *
   * @param loss the sums over the rows
   * @param tol relative gap to stop at
   * @param maxIter most steps on the driver; none takes a pass
   */
  public Fit fit(QuadraticLoss loss, double tol, int maxIter) {
    NuclearNorm norm = new NuclearNorm(loss.features(), loss.outputs());
    NuclearNormProgram.Solution solution =
        new NuclearNormProgram(loss, norm, 0.5 * depth * beta).solve(tol, maxIter);
    return new Fit(
        LinearNetwork.of(depth, loss.features(), loss.outputs(), solution.weights()), solution);
  }
}
