package org.convexnn.solver;

/**
 * The fits of a path on the rows outside a fold, scored on the fold.
 *
 * @param model the model
 * @param fit of the rows outside
 * @param validation on the rows inside
 */
record PathFit(GatedModel model, Fit fit, Validation validation) {

  private static final double TOL = 1.5e-2;
  private static final double PASSES = 200;

  /** Begins with the skip-only fit. */
  static PathFit of(GatedModel model, SolverChoice solvers, Folds folds, int k) {
    Problem problem = model.problem(folds.without(k), folds.weightWithout(k), folds.rowsWithout(k));
    Fit fit = new Fit(model, solvers, problem);
    fit.begin(fit.skip());
    return new PathFit(
        model,
        fit,
        new Validation(model, folds.without(k).complement(), folds.weight(k), folds.rows(k)));
  }

  /**
   * Solves for one beta, as well as choosing among them needs it.
   *
   * @param best the lowest held-out loss of earlier points
   */
  Solver.Solution solve(double beta, Solver.Start start, double best) {
    Solver.Stopping stop =
        new Solver.Stopping(Math.max(TOL, model.tolerance()), PASSES, model.gapScale());
    PathWatch watch = new PathWatch(model.log().watch("path", beta), best, validation.weight());
    Solver.Solution solution = fit.solver().solve(fit.problem(), beta, start, stop, watch);
    fit.problem().rows().release(solution.dual().state());
    return solution;
  }
}
