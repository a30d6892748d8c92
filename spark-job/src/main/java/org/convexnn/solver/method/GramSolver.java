package org.convexnn.solver.method;

import org.convexnn.block.Precision;
import org.convexnn.block.pass.gated.GramPass;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.rows.GatedRows;

/**
 * Squared loss from one pass: the sums over rows make a {@link QuadraticProgram}, and every beta is
 * solved on the driver (docs/theory/solvers.md#gram-matrix). One output.
 */
public final class GramSolver implements Solver {

  private QuadraticProgram program;

  /** Takes a program whose sums are known already. */
  public void use(QuadraticProgram known) {
    program = known;
  }

  @Override
  public String name() {
    return "gram";
  }

  @Override
  public Solution solve(Problem problem, double beta, Start start, Stopping stop, Watch watch) {
    if (program == null) {
      program = collect(problem);
    }
    return program.solve(beta, start.weights(), stop, watch);
  }

  private static QuadraticProgram collect(Problem problem) {
    double[] gram =
        problem.gram(
            "Gram matrix",
            GramPass.Penalty.ONE,
            GramPass.Sketch.ALL,
            GatedRows.NO_STATE,
            Precision.FLOAT64);
    Problem.Evaluation zero =
        problem.evaluate(
            "moments with the label", new double[problem.length()], true, Precision.FLOAT64);
    // One sweep gives both sums; the Gram's was not charged.
    double[] moments = zero.gradient();
    for (int i = 0; i < moments.length; i++) {
      moments[i] = -moments[i];
    }
    return new QuadraticProgram(gram, moments, 2 * zero.loss(), problem.groups(), problem.ridge());
  }
}
