package org.convexnn.solver.fit;

import org.convexnn.solver.program.Solver;
import org.convexnn.solver.rows.SelectedRows;

/**
 * A path whose points have the same gates: one fit for all of them.
 *
 * @param model the model
 * @param solvers of its programs
 * @param rows of the path
 * @param own whether the path closes the model
 */
public record FixedGates(GatedModel model, SolverChoice solvers, SelectedRows rows, boolean own)
    implements PathFits {

  /** A path of a model that outlives it. */
  public static FixedGates of(GatedModel model, SolverChoice solvers, SelectedRows rows) {
    return new FixedGates(model, solvers, rows, false);
  }

  /** A path whose gates are chosen as those of the run, from its own rows alone. */
  public static FixedGates drawn(TrainingRun run, SolverChoice solvers, SelectedRows rows) {
    GatedModel model = run.model(run.gates().draw(rows.selection()));
    return new FixedGates(model, solvers.of(model), rows, true);
  }

  @Override
  public Point begin() {
    ProgramFit fit = new ProgramFit(model, solvers, model.problem(rows));
    fit.begin(fit.skip());
    return new Point(fit, fit.start(), false);
  }

  @Override
  public Point next(Point last, double[] weights) {
    return new Point(last.fit(), Solver.Start.at(weights), false);
  }

  @Override
  public void close() {
    if (own) {
      model.close();
    }
  }
}
