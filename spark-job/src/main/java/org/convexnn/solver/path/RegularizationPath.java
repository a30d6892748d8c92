package org.convexnn.solver.path;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.convexnn.solver.fit.Folds;
import org.convexnn.solver.fit.PathFits;
import org.convexnn.solver.fit.ProgramFit;
import org.convexnn.solver.fit.TrainingRun;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.rows.SelectedRows;

/**
 * Chooses beta on a warm regularisation path from betaMax down, scored on rows held out: the marked
 * ones, or 10 % of them, or by cross-validation where that is asked for or rows are few.
 * See docs/theory/objective.md#choosing-beta.
 */
public final class RegularizationPath {

  /** A path from betaMax down. */
  public static final double[] FROM_ONE = {1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001};

  // With many rows for each feature the largest ratio has never been the best
  // (docs/theory/objective.md#choosing-beta).
  private static final double ROWS_PER_FEATURE = 1000;
  private static final double CLEARLY_WORSE = 1.002;
  private static final int FEWEST_FOR_VALIDATION = 10;

  /** Below so many rows beta is chosen by cross-validation. */
  public static final int FEWEST_FOR_HOLD_OUT = 200;

  private static final int FEWEST_OF_A_CLASS = 10;
  private static final int FEWEST_GROUPS = 20;
  private static final int FEW_ROWS_FOLDS = 5;
  private static final double WITHOUT_VALIDATION = 0.1;

  private final TrainingRun run;
  private final Function<SelectedRows, PathFits> fits;
  private final int folds;

  /**
   * A path.
   *
   * @param run the run
   * @param fits the fits of a path on some rows
   * @param folds K of the cross-validation; 1 = a tenth is held out
   */
  public RegularizationPath(TrainingRun run, Function<SelectedRows, PathFits> fits, int folds) {
    this.run = run;
    this.fits = fits;
    this.folds = folds;
  }

  /**
   * The folds that are asked for; where it is left open, 5 where rows, those of a class, or groups are
   * too few to hold some out.
   *
   * @param fewest the fewest rows of which some are held out
   */
  public static int folds(TrainingRun run, long fewest) {
    if (run.rows().marked()) {
      return 1;
    }
    if (run.options().numFolds() > 0) {
      return run.options().numFolds();
    }
    long n = run.prepared().size();
    int groups = run.rows().groups().size();
    boolean few =
        n < fewest
            || run.prepared().rarestClass() * n < FEWEST_OF_A_CLASS
            || (groups > 0 && groups < FEWEST_GROUPS);
    return !few ? 1 : groups > 0 ? Math.min(groups, FEW_ROWS_FOLDS) : FEW_ROWS_FOLDS;
  }

  /**
   * What was chosen.
   *
   * @param ratio beta / betaMax
   * @param weights the weights at this ratio; empty where there is no one fit that they are of
   * @param fit the fit that they are of
   */
  public record Choice(double ratio, double[] weights, Optional<ProgramFit> fit) {

    private static Choice of(double ratio) {
      return new Choice(ratio, new double[0], Optional.empty());
    }
  }

  /**
   * The ratio of the lowest validation loss.
   *
   * @param whole the fit of all rows with the gates of every fold, where they share them; it has not
   *     begun
   * @throws IllegalArgumentException where folds or marks are asked for and cannot be validated on
   */
  public Choice choose(Optional<ProgramFit> whole) {
    boolean asked = run.rows().marked() || run.options().numFolds() > 1;
    if (!asked && run.prepared().size() < FEWEST_FOR_VALIDATION) {
      return withoutValidation("fewer than 10 rows");
    }
    return folds > 1 ? crossValidate(whole) : holdOut();
  }

  private Choice withoutValidation(String why) {
    run.log().message(why + ": regRatio 0.1 without validation");
    return Choice.of(WITHOUT_VALIDATION);
  }

  private Choice crossValidate(Optional<ProgramFit> whole) {
    FoldLosses losses = new CrossValidation(run, fits, folds).losses(whole);
    return losses.isEmpty() && run.options().numFolds() == 0
        ? withoutValidation("no fold can be validated on")
        : Choice.of(losses.choose(folds, run.log()));
  }

  private Choice holdOut() {
    Folds split = run.heldOut();
    Optional<String> flaw = split.flaw(0);
    if (flaw.isPresent() && run.rows().marked()) {
      throw new IllegalArgumentException(
          "the part that validationIndicatorCol marks cannot choose the regularisation parameter, "
              + flaw.get()
              + ": mark some rows true, but not all rows and not all of a class, or unset"
              + " validationIndicatorCol");
    }
    if (flaw.isPresent()) {
      return withoutValidation("the held-out tenth is no judge, " + flaw.get());
    }
    try (PathFits path = fits.apply(split.outside(0))) {
      return best(path, new Validation(run, split.inside(0)));
    }
  }

  private Choice best(PathFits path, Validation validation) {
    PathFits.Point point = path.begin();
    ProgramFit fit = point.fit();
    ProgramFit chosen = fit;
    double ratio = 1;
    double[] weights = fit.skip();
    double[] last = weights;
    double best =
        validation.score(fit, 1, fit.betaMax(), weights, fit.skipObjective(), fit.skipGap());
    boolean many = run.prepared().size() > ROWS_PER_FEATURE * run.rows().features();
    List<Double> candidates =
        new ArrayList<>(
            Arrays.stream(FROM_ONE).boxed().toList().subList(many ? 2 : 1, FROM_ONE.length));
    for (int k = 0; k < candidates.size(); k++) {
      double candidate = candidates.get(k);
      point = k > 0 ? path.next(point, last) : point;
      fit = point.fit();
      double beta = candidate * fit.betaMax();
      Solver.Solution solution = point.solve(beta, validation.watch(beta, best));
      last = solution.weights();
      double gap =
          (solution.upper() - solution.lower())
              / Math.max(solution.upper(), fit.model().gapScale());
      double score = validation.score(fit, candidate, beta, last, solution.upper(), gap);
      if (score < best) {
        best = score;
        ratio = candidate;
        weights = last;
        chosen = fit;
      } else if (many && k == 1 && ratio == candidates.get(0)) {
        // The first point is the best so far: look at the one that was left out, then stop.
        candidates.subList(k + 1, candidates.size()).clear();
        candidates.add(FROM_ONE[1]);
      } else if (score > CLEARLY_WORSE * best) {
        break;
      }
    }
    run.log().message("regRatio " + ratio + " has the lowest validation loss");
    return new Choice(ratio, weights, Optional.of(chosen));
  }
}
