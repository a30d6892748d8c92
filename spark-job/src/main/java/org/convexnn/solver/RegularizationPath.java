package org.convexnn.solver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Chooses beta on a warm regularisation path from betaMax down, scored on rows held out: 10 % of
 * them, or by cross-validation where that is asked for or rows are few. definitions.md, "Choosing
 * beta".
 */
final class RegularizationPath {

  /** A path from betaMax down. */
  static final double[] FROM_ONE = {1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001};

  // With many rows for each feature the largest ratio has never been the best (modelling.md 6, 14).
  private static final double ROWS_PER_FEATURE = 1000;
  private static final double CLEARLY_WORSE = 1.002;
  private static final int FEWEST_FOR_VALIDATION = 10;
  private static final int FEWEST_FOR_HOLD_OUT = 200;
  private static final int FEWEST_OF_A_CLASS = 10;
  private static final int FEW_ROWS_FOLDS = 5;
  private static final double WITHOUT_VALIDATION = 0.1;

  private final Run run;
  private final GatedModel model;
  private final SolverChoice solvers;

  /** A path for this model of the run. */
  RegularizationPath(Run run, GatedModel model, SolverChoice solvers) {
    this.run = run;
    this.model = model;
    this.solvers = solvers;
  }

  /**
   * What was chosen.
   *
   * @param ratio beta / betaMax
   * @param weights the weights at this ratio; empty where there is no one fit that they are of
   * @param fit the fit that they are of
   */
  record Choice(double ratio, double[] weights, Optional<Fit> fit) {

    private static Choice of(double ratio) {
      return new Choice(ratio, new double[0], Optional.empty());
    }
  }

  /**
   * The ratio of the lowest validation loss.
   *
   * @param whole the fit of all rows, which has not begun
   * @throws IllegalArgumentException where folds are asked for and cannot be validated on
   */
  Choice choose(Fit whole) {
    int asked = model.options().numFolds();
    if (asked < 2 && model.frame().stats().rows() < FEWEST_FOR_VALIDATION) {
      return withoutValidation("fewer than 10 rows");
    }
    boolean few = asked == 0 && fewRows() && model.gates().trees().isEmpty();
    return few || asked > 1 ? crossValidate(whole, few ? FEW_ROWS_FOLDS : asked) : holdOut();
  }

  /** Too few rows, or rows of a class, to hold some out. */
  private boolean fewRows() {
    long n = model.frame().stats().rows();
    return n < FEWEST_FOR_HOLD_OUT || model.frame().rarestClass() * n < FEWEST_OF_A_CLASS;
  }

  private Choice withoutValidation(String why) {
    model.log().message(why + ": regRatio 0.1 without validation");
    return Choice.of(WITHOUT_VALIDATION);
  }

  private Choice holdOut() {
    Folds tenths = Folds.tenths(run);
    Optional<String> flaw = tenths.flaw(0);
    if (flaw.isPresent()) {
      return withoutValidation("the held-out tenth is no judge, " + flaw.get());
    }
    PathFit path = PathFit.of(model, solvers, tenths, 0);
    Fit fit = path.fit();
    Validation validation = path.validation();
    Solver.Start current = fit.start();
    double ratio = 1;
    double[] weights = fit.skip();
    double best =
        validation.score(fit, 1, fit.betaMax(), weights, fit.skipObjective(), fit.skipGap());
    boolean many = model.frame().stats().rows() > ROWS_PER_FEATURE * model.rows().features();
    List<Double> candidates =
        new ArrayList<>(
            Arrays.stream(FROM_ONE).boxed().toList().subList(many ? 2 : 1, FROM_ONE.length));
    for (int k = 0; k < candidates.size(); k++) {
      double candidate = candidates.get(k);
      double beta = candidate * fit.betaMax();
      Solver.Solution solution = path.solve(beta, current, best);
      current = Solver.Start.at(solution.weights());
      double gap =
          (solution.upper() - solution.lower()) / Math.max(solution.upper(), model.gapScale());
      double score =
          validation.score(fit, candidate, beta, solution.weights(), solution.upper(), gap);
      if (score < best) {
        best = score;
        ratio = candidate;
        weights = solution.weights();
      } else if (many && k == 1 && ratio == candidates.get(0)) {
        // The first point is the best so far: look at the one that was left out, then stop.
        candidates.subList(k + 1, candidates.size()).clear();
        candidates.add(FROM_ONE[1]);
      } else if (score > CLEARLY_WORSE * best) {
        break;
      }
    }
    model.log().message("regRatio " + ratio + " has the lowest validation loss");
    return new Choice(ratio, weights, Optional.of(fit));
  }

  private Choice crossValidate(Fit whole, int folds) {
    FoldLosses losses = new CrossValidation(run, model, solvers, folds).losses(whole);
    return losses.isEmpty() && model.options().numFolds() == 0
        ? withoutValidation("no fold can be validated on")
        : Choice.of(losses.choose(folds, model.log()));
  }
}
