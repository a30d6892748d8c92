package org.convexnn.relu.cone;

import org.convexnn.solver.StopReason;

/**
 * Where a solve of a {@link ConeProgram} ended.
 *
 * @param weights [u_0, v, w], neurons that are not needed exactly zero
 * @param point the weights evaluated: an upper bound on the optimum of these patterns where the
 *     violation is rounding
 * @param lower a proven lower bound on the optimum of these patterns
 * @param iterations of the solver
 * @param reason why it stopped
 */
public record ConeSolution(
    double[] weights, ConePoint point, double lower, int iterations, StopReason reason) {

  /** (objective - lower) / objective. */
  public double relativeGap() {
    return (point.objective() - lower) / Math.max(Math.abs(point.objective()), Double.MIN_NORMAL);
  }
}
