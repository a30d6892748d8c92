package org.convexnn.solver.fit;

import org.convexnn.block.ColumnStats;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.method.AdmmSolver;
import org.convexnn.solver.method.ConsensusSolver;
import org.convexnn.solver.method.CostModel;
import org.convexnn.solver.method.GradientSolver;
import org.convexnn.solver.method.GramSolver;
import org.convexnn.solver.method.LbfgsSolver;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.Solver;

/**
 * The solver of a fit: the one asked for, or the one that the cost model predicts to be fastest.
 *
 * @param model the model that is fitted
 * @param uniformSketch whether ADMM draws its sketch badly on purpose: for tests of the safeguard
 */
public record SolverChoice(GatedModel model, boolean uniformSketch) {

  /** This choice for another model. */
  SolverChoice of(GatedModel other) {
    return new SolverChoice(other, uniformSketch);
  }

  /** A new solver for a program of the model. */
  Solver of(Problem problem) {
    TrainingOptions options = model.options();
    return switch (kind(problem)) {
      case GRAM -> new GramSolver();
      case ADMM ->
          model.gates().forest().narrow()
              ? new ConsensusSolver()
              : new AdmmSolver(options.seed(), uniformSketch);
      case LBFGS -> new LbfgsSolver(options.seed());
      case GRADIENT, AUTO -> new GradientSolver();
    };
  }

  private TrainingOptions.SolverKind kind(Problem problem) {
    TrainingOptions options = model.options();
    if (options.solver() != TrainingOptions.SolverKind.AUTO) {
      return options.solver();
    }
    if (model.gates().forest().narrow()) {
      return TrainingOptions.SolverKind.ADMM;
    }
    CostModel.Choice choice =
        new CostModel()
            .choose(
                problem,
                problem.rowCount(),
                model.setting().width(),
                nonZeros(),
                model.gates().overlapping() + model.gates().trees().size(),
                model.gates().size(),
                model.rows().parallelism(),
                model.rows().jobSeconds(),
                options.choosesBeta());
    model.log().detail(choice.reason());
    return choice.kind();
  }

  /** Of a row's D coordinates, those that take work. */
  private double nonZeros() {
    int k = model.setting().dimension();
    ColumnStats stats = model.prepared().stats();
    return 1 + (stats.sparse() && !model.prepared().map().mapsRows() ? stats.density() * k : k);
  }
}
