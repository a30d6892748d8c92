package org.convexnn.solver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.convexnn.block.RowSelection;
import org.convexnn.block.WeightJob;

/**
 * A warm regularisation path from betaMax down, scored on rows held out: 10 % of them, or five-fold
 * cross-validation where rows are few. definitions.md, "Choosing beta".
 */
final class RegularizationPath {

  /** A path from betaMax down. */
  static final double[] FROM_ONE = {1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001};

  // With many rows for each feature the largest ratio has never been the best (modelling.md 6, 14).
  private static final double ROWS_PER_FEATURE = 1000;
  private static final double TOL = 1.5e-2;
  private static final double PASSES = 200;
  private static final double CLEARLY_WORSE = 1.002;
  private static final int FEWEST_FOR_VALIDATION = 10;
  private static final int FEWEST_FOR_HOLD_OUT = 200;
  private static final int FEWEST_OF_A_CLASS = 10;
  private static final int FOLDS = 5;
  private static final double WITHOUT_VALIDATION = 0.1;

  private final GatedModel model;
  private final SolverChoice solvers;

  /** A path for this model. */
  RegularizationPath(GatedModel model, SolverChoice solvers) {
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
   */
  Choice choose(Fit whole) {
    if (model.frame().stats().rows() < FEWEST_FOR_VALIDATION) {
      return withoutValidation("fewer than 10 rows");
    }
    boolean split = !fewRows() || !model.gates().trees().isEmpty();
    Choice choice = split ? holdOut() : crossValidate(whole);
    model.log().message("regRatio " + choice.ratio() + " has the lowest validation loss");
    return choice;
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

  /** The begun fit of the selected rows, where there are any. */
  private Optional<Fit> fit(RowSelection selection) {
    double[][] sums = model.rows().sum("weights of the fold", new WeightJob(selection));
    if (!(sums[0][1] > 0)) {
      return Optional.empty();
    }
    Fit fit = new Fit(model, solvers, model.problem(selection, sums[0][1], (long) sums[0][0]));
    fit.begin(fit.skip());
    return Optional.of(fit);
  }

  private Choice holdOut() {
    RowSelection training = Validation.training(model.options().seed());
    Optional<Fit> fitted = fit(training);
    Validation validation = new Validation(model, training.complement());
    if (fitted.isEmpty() || !(validation.weight() > 0)) {
      return withoutValidation("all rows fall on one side of the split");
    }
    Fit fit = fitted.get();
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
      PathWatch watch = new PathWatch(model.log().watch("path", beta), best, validation.weight());
      Solver.Solution solution = solve(fit, beta, current, watch);
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
    return new Choice(ratio, weights, fitted);
  }

  private Choice crossValidate(Fit whole) {
    double[] losses =
        whole.problem().quadratic()
                && whole.solver() instanceof GramSolver gram
                && GramStatistics.fits(model.basis(), FOLDS)
            ? lossesOfOnePass(gram)
            : lossesOfRefits();
    if (losses.length == 0) {
      return withoutValidation("every fold is empty");
    }
    int best = 0;
    for (int k = 0; k < losses.length; k++) {
      best = losses[k] < losses[best] ? k : best;
      model.log().validated(FROM_ONE[k], losses[k]);
    }
    return Choice.of(FROM_ONE[best]);
  }

  /** All folds from one sweep, whose sums serve the final fit too. */
  private double[] lossesOfOnePass(GramSolver gram) {
    RunLog log = model.log();
    GramStatistics statistics =
        GramStatistics.of(model.gated(), model.basis(), FOLDS, model.options().seed());
    log.ledger().sweep(1);
    OnePass onePass = new OnePass(statistics, model.options());
    gram.use(onePass.program());
    return onePass.validationLosses(FROM_ONE, log);
  }

  /** Mean losses at the ratios from 1 down; empty where no fold has rows inside and outside. */
  private double[] lossesOfRefits() {
    double[] losses = new double[FROM_ONE.length];
    double total = 0;
    for (int f = 0; f < FOLDS; f++) {
      RowSelection training = new RowSelection(FOLDS, f, false, model.options().seed());
      Optional<Fit> fitted = fit(training);
      Validation validation = new Validation(model, training.complement());
      if (fitted.isEmpty() || !(validation.weight() > 0)) {
        continue;
      }
      Fit fit = fitted.get();
      total += validation.weight();
      Solver.Start current = fit.start();
      losses[0] += validation.weight() * validation.loss(fit, fit.skip());
      for (int k = 1; k < losses.length; k++) {
        double beta = FROM_ONE[k] * fit.betaMax();
        double[] solved = solve(fit, beta, current, model.log().watch("path", beta)).weights();
        current = Solver.Start.at(solved);
        losses[k] += validation.weight() * validation.loss(fit, solved);
      }
    }
    if (!(total > 0)) {
      return new double[0];
    }
    for (int k = 0; k < losses.length; k++) {
      losses[k] /= total;
    }
    return losses;
  }

  private Solver.Solution solve(Fit fit, double beta, Solver.Start start, Solver.Watch watch) {
    Solver.Stopping stop =
        new Solver.Stopping(Math.max(TOL, model.tolerance()), PASSES, model.gapScale());
    Solver.Solution solution = fit.solver().solve(fit.problem(), beta, start, stop, watch);
    fit.problem().rows().release(solution.dual().state());
    return solution;
  }
}
