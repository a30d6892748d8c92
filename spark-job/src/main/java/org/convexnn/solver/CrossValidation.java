package org.convexnn.solver;

import java.util.Locale;

/**
 * K-fold cross-validation: for each fold a warm path on the other rows, scored on the fold. All of
 * it on the rows as they are cached: a fold is a selection of them.
 *
 * <p>The rows of a fold have no part in gates grown on labels (definitions.md, "Choosing beta"):
 * where the model has such gates each fold grows its own, in the way of the model's, without them.
 * Gates that saw no label are the model's. Feature map, norms and constant model are those of all
 * rows.
 *
 * @param run of the model
 * @param model of all rows
 * @param solvers of the model
 * @param folds K
 */
record CrossValidation(Run run, GatedModel model, SolverChoice solvers, int folds) {

  /**
   * The losses at {@link RegularizationPath#FROM_ONE}.
   *
   * @param whole the fit of all rows, which has not begun
   */
  FoldLosses losses(Fit whole) {
    return !grown()
            && whole.problem().quadratic()
            && whole.solver() instanceof GramSolver gram
            && GramStatistics.fits(model.basis(), folds)
        ? ofOnePass(gram)
        : ofRefits();
  }

  private boolean grown() {
    return !model.gates().trees().isEmpty();
  }

  /** All folds from one sweep, whose sums serve the final fit too. */
  private FoldLosses ofOnePass(GramSolver gram) {
    GramStatistics statistics =
        GramStatistics.of(model.gated(), model.basis(), folds, run.options().seed());
    run.log().ledger().sweep(1);
    OnePass onePass = new OnePass(statistics, run.options());
    gram.use(onePass.program());
    return onePass.validationLosses(RegularizationPath.FROM_ONE, run.log());
  }

  private FoldLosses ofRefits() {
    Folds split = Folds.of(run, folds);
    FoldLosses losses = new FoldLosses(RegularizationPath.FROM_ONE);
    for (int k = 0; k < folds; k++) {
      String name = String.format(Locale.ROOT, "fold %d of %d", k + 1, folds);
      if (split.flaw(k).isPresent()) {
        run.log().message(name + " is left out: " + split.flaw(k).get());
        continue;
      }
      run.log().message(name);
      losses.add(split.weight(k), grown() ? ofOwnGates(split, k) : path(model, solvers, split, k));
    }
    return losses;
  }

  private double[] ofOwnGates(Folds split, int k) {
    return run.with(
        run.gates().draw(split.without(k)), own -> path(own, solvers.of(own), split, k));
  }

  /** The held-out losses of a fold; all of them, as another fold may need less regularisation. */
  private static double[] path(GatedModel model, SolverChoice solvers, Folds split, int k) {
    PathFit path = PathFit.of(model, solvers, split, k);
    Fit fit = path.fit();
    double[] losses = new double[RegularizationPath.FROM_ONE.length];
    losses[0] = path.validation().loss(fit, fit.skip());
    double best = losses[0];
    Solver.Start current = fit.start();
    for (int i = 1; i < losses.length; i++) {
      double beta = RegularizationPath.FROM_ONE[i] * fit.betaMax();
      double[] weights = path.solve(beta, current, best).weights();
      losses[i] = path.validation().loss(fit, weights);
      best = Math.min(best, losses[i]);
      current = Solver.Start.at(weights);
    }
    return losses;
  }
}
