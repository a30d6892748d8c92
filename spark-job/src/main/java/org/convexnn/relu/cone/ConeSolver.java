package org.convexnn.relu.cone;

import org.convexnn.solver.StopReason;

/**
 * Solves a {@link ConeProgram} by the method that suits its size: {@link ConeNewton} where its systems
 * fit, {@link ConeAdmm} above and where the interior point stalls (cones without interior).
 */
public final class ConeSolver {

  private static final int NEWTON_ITERATIONS = 100;

  private ConeSolver() {}

  /**
   * The optimum of the patterns given.
   *
   * @param beta the regularisation parameter, positive
   * @param tol relative gap to reach
   * @param maxPasses most passes of ADMM
   */
  public static ConeSolution solve(ConeProgram program, double beta, double tol, int maxPasses) {
    if (program.length() <= ConeNewton.MOST_WEIGHTS) {
      ConeSolution solution = new ConeNewton(program, beta).solve(tol, NEWTON_ITERATIONS);
      if (solution.reason() == StopReason.GAP || solution.relativeGap() <= tol) {
        return solution;
      }
    }
    return new ConeAdmm(program, beta).solve(tol, maxPasses);
  }
}
