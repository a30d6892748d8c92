package org.convexnn.solver;

import java.util.Locale;

/** Scores weights by their mean loss on rows that had no part in the fit. */
final class Validation {

  private final RunLog log;
  private final SelectedRows heldOut;

  /** On these rows of the run. */
  Validation(Run run, SelectedRows heldOut) {
    this.log = run.log();
    this.heldOut = heldOut;
  }

  /**
   * Ends the fit of a point as soon as this needs it no better.
   *
   * @param best the lowest loss of earlier points
   */
  PathWatch watch(double beta, double best) {
    return new PathWatch(log.watch("path", beta), best, heldOut.weight());
  }

  /** The mean loss of a fit's weights. Half a pass. */
  double loss(Fit fit, double[] weights) {
    Problem outside = fit.model().problem(heldOut, fit.problem().coordinates());
    return log.journal()
        .part(
            "validation",
            1,
            () -> new double[] {outside.evaluate("validation", weights, false).loss()})[0];
  }

  /** The same, kept as a point of the path. */
  double score(Fit fit, double ratio, double beta, double[] weights, double objective, double gap) {
    double score = loss(fit, weights);
    int active = fit.problem().groups().activeGates(weights);
    double passes = log.ledger().passes();
    log.point(new PathPoint(ratio, beta, objective, gap, score, Double.NaN, active, passes));
    log.message(
        String.format(
            Locale.ROOT,
            "path: regRatio %.3g, validation loss %.5f, %d active, gap %.1e, %.1f passes",
            ratio,
            score,
            active,
            gap,
            passes));
    return score;
  }
}
