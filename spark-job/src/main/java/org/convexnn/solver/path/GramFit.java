package org.convexnn.solver.path;

import org.convexnn.solver.StopReason;
import org.convexnn.solver.gram.FoldSums;
import org.convexnn.solver.method.QuadraticProgram;
import org.convexnn.solver.program.Coordinates;
import org.convexnn.solver.program.DualPoint;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.setup.Groups;

/**
 * The program of some sums over rows, with its skip-only fit and betaMax.
 *
 * @param program the program
 * @param coordinates in which it is
 * @param skip the weights of the skip-only fit
 * @param betaMax the smallest beta at which the model is linear
 */
record GramFit(QuadraticProgram program, Coordinates coordinates, double[] skip, double betaMax) {

  static GramFit of(FoldSums sums, Coordinates coordinates, Groups groups, double ridge) {
    QuadraticProgram program = sums.program(coordinates, groups, ridge);
    double[] skip = program.linearFit();
    return new GramFit(program, coordinates, skip, program.largestDual(skip));
  }

  /** Solves for one beta; at betaMax and above, and without a signal, the skip-only fit it is. */
  Solver.Solution solve(double beta, double[] start, Solver.Stopping stop, Solver.Watch watch) {
    if (beta < betaMax && betaMax > FinalFit.NO_SIGNAL) {
      return program.solve(beta, start, stop, watch);
    }
    Problem.Bounds bounds = program.bounds(skip, beta);
    return new Solver.Solution(
        skip,
        bounds.primal(),
        bounds.dual(),
        DualPoint.ofWeights(skip),
        betaMax > FinalFit.NO_SIGNAL ? StopReason.LINEAR : StopReason.NO_SIGNAL);
  }
}
