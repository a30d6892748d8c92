package org.convexnn.solver.fit;

import org.convexnn.solver.program.Solver;

/** The fits of a regularisation path on some rows, one point after the other, from betaMax down. */
public interface PathFits extends AutoCloseable {

  /** The first point, at its skip-only fit. */
  Point begin();

  /** The point after one that was solved with these weights. */
  Point next(Point last, double[] weights);

  /** Releases what the path alone keeps. */
  @Override
  void close();

  /**
   * A point of a path, not solved yet.
   *
   * @param fit begun: its skip-only fit and betaMax are known
   * @param start where to start from
   * @param prices whether the gates of the next point depend on where this one ends
   */
  record Point(ProgramFit fit, Solver.Start start, boolean prices) {

    private static final double TOL = 1.5e-2;
    private static final double PASSES = 200;

    /** Solves well enough to be scored. */
    public Solver.Solution solve(double beta, Solver.Watch watch) {
      GatedModel model = fit.model();
      Solver.Stopping stop =
          new Solver.Stopping(Math.max(TOL, model.tolerance()), PASSES, model.gapScale());
      Solver.Solution solution =
          model.log().journal().point(fit.at(beta, start, stop), prices, watch);
      fit.problem().rows().release(solution.dual().state());
      return solution;
    }
  }
}
