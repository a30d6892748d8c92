package org.convexnn.solver.path;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.convexnn.solver.fit.Folds;
import org.convexnn.solver.fit.GatedModel;
import org.convexnn.solver.fit.PathFits;
import org.convexnn.solver.fit.ProgramFit;
import org.convexnn.solver.fit.TrainingRun;
import org.convexnn.solver.gram.GramStatistics;
import org.convexnn.solver.method.GramSolver;
import org.convexnn.solver.rows.SelectedRows;

/**
 * K-fold cross-validation: for each fold a warm path on the other rows, scored on the fold. All of
 * it on the rows as they are cached: a fold is a selection of them.
 *
 * <p>The rows of a fold have no part in gates that see labels
 * (docs/theory/objective.md#choosing-beta): the path of the other rows has gates of its own then.
 * Feature map, norms and constant model are those of all rows.
 *
 * @param run the run
 * @param fits the path on some rows
 * @param folds K
 */
record CrossValidation(TrainingRun run, Function<SelectedRows, PathFits> fits, int folds) {

  /**
   * A fold's path ends where its held-out loss is so many times its lowest one. Who asks for folds has
   * the whole table.
   */
  private static final double LOST = 1.5;

  /**
   * The losses at {@link RegularizationPath#FROM_ONE}.
   *
   * @param whole the fit of all rows with the gates of every fold, where they share them; it has not
   *     begun
   */
  FoldLosses losses(Optional<ProgramFit> whole) {
    return whole.flatMap(this::ofOnePass).orElseGet(this::ofRefits);
  }

  /** All folds from one sweep, where they fit; its sums serve the final fit too. */
  private Optional<FoldLosses> ofOnePass(ProgramFit whole) {
    GatedModel model = whole.model();
    if (run.options().evalMetric().loss()
        && whole.problem().ofOneGram()
        && whole.solver() instanceof GramSolver gram
        && GramStatistics.fits(model.basis(), folds)) {
      GramStatistics statistics =
          GramStatistics.of(
              model.gated(),
              model.basis(),
              folds,
              Folds.salt(run.rows(), folds, folds, run.options().seed()));
      run.log().counter().sweep(1);
      OnePass onePass = new OnePass(statistics, run.options());
      gram.use(onePass.program());
      return Optional.of(onePass.validationLosses(RegularizationPath.FROM_ONE, run.log()));
    }
    return Optional.empty();
  }

  private FoldLosses ofRefits() {
    Folds split = run.folds(folds);
    FoldLosses losses = new FoldLosses(RegularizationPath.FROM_ONE);
    for (int k = 0; k < folds; k++) {
      String name = String.format(Locale.ROOT, "fold %d of %d", k + 1, folds);
      if (split.flaw(k).isPresent()) {
        run.log().message(name + " is left out: " + split.flaw(k).get());
        continue;
      }
      run.log().message(name);
      int fold = k;
      losses.add(
          split.inside(k).weight(),
          run.log()
              .journal()
              .part(
                  name,
                  RegularizationPath.FROM_ONE.length,
                  () -> losses(split.outside(fold), split.inside(fold))));
    }
    return losses;
  }

  private double[] losses(SelectedRows fitted, SelectedRows heldOut) {
    try (PathFits path = fits.apply(fitted)) {
      return losses(path, new Validation(run, heldOut));
    }
  }

  /**
   * The held-out losses of a fold, infinite beyond where they are lost. Up to there all of them, as
   * another fold may need less regularisation.
   */
  private double[] losses(PathFits path, Validation validation) {
    PathFits.Point point = path.begin();
    double lost = run.options().numFolds() > 0 ? Double.POSITIVE_INFINITY : LOST;
    double[] losses = new double[RegularizationPath.FROM_ONE.length];
    Arrays.fill(losses, Double.POSITIVE_INFINITY);
    double[] weights = point.fit().skip();
    losses[0] = validation.loss(point.fit(), weights);
    double best = losses[0];
    for (int i = 1; i < losses.length && losses[i - 1] <= lost * best; i++) {
      point = i > 1 ? path.next(point, weights) : point;
      double beta = RegularizationPath.FROM_ONE[i] * point.fit().betaMax();
      weights = point.solve(beta, validation.watch(beta, best)).weights();
      losses[i] = validation.loss(point.fit(), weights);
      best = Math.min(best, losses[i]);
    }
    return losses;
  }
}
