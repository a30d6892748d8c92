package org.convexnn.path;

import org.convexnn.solver.StopReason;

/**
 * The solution of a {@link ThreeLayerProgram}.
 *
 * @param network the decoded layers
 * @param objective the mean loss of this very network plus beta times its path norm: an upper bound on
 *     the optimum over all activations
 * @param lowerBound of the program: of every network whose sub-networks have the given patterns
 * @param lowerBoundAllPatterns of every network of such sub-networks, whatever their patterns and
 *     number; loose
 * @param lambda the dual point, minus the gradient of the mean loss, n numbers
 * @param iterations of ADMM
 * @param stopReason GAP, or MAX_PASSES where the iterations were spent
 */
public record ThreeLayerFit(
    ParallelNetwork network,
    double objective,
    double lowerBound,
    double lowerBoundAllPatterns,
    double[] lambda,
    int iterations,
    StopReason stopReason) {

  /**
   * {@code (objective - lowerBound) / objective}, 0 where nothing is left. Negative where sub-networks
   * have left their patterns for better ones, which can be where some patterns are missing.
   */
  public double relativeGap() {
    return objective == lowerBound ? 0 : (objective - lowerBound) / objective;
  }
}
