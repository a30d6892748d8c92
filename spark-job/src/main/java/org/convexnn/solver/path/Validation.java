package org.convexnn.solver.path;

import java.util.Locale;
import org.convexnn.loss.Judge;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.fit.ProgramFit;
import org.convexnn.solver.fit.RunLog;
import org.convexnn.solver.fit.TrainingRun;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.rows.SelectedRows;

/** Scores weights by what the run's judge says of rows that had no part in the fit. */
final class Validation {

  private final RunLog log;
  private final SelectedRows heldOut;
  private final Judge judge;
  private final boolean byLoss;

  /** On these rows of the run. */
  Validation(TrainingRun run, SelectedRows heldOut) {
    this.log = run.log();
    this.heldOut = heldOut;
    this.judge = run.judge();
    this.byLoss = run.options().evalMetric().loss();
  }

  /**
   * Ends the fit of a point as soon as this needs it no better.
   *
   * @param best the lowest score of earlier points
   */
  PathWatch watch(double beta, double best) {
    // What comes with every iteration is the loss: by it no point is lost to another judge.
    double lowest = byLoss ? best : Double.POSITIVE_INFINITY;
    return new PathWatch(log.watch("path", beta), lowest, heldOut.weight());
  }

  /** The score of a fit's weights, such as their mean loss. Half a pass. */
  double loss(ProgramFit fit, double[] weights) {
    Problem outside = fit.model().problem(heldOut, fit.problem().coordinates());
    return log.journal()
        .part("validation", 1, () -> new double[] {outside.judged("validation", weights, judge)})[
        0];
  }

  /** The score of a fit's weights, kept as a point of the path. Half a pass. */
  double score(
      ProgramFit fit, double ratio, double beta, double[] weights, double objective, double gap) {
    double score = loss(fit, weights);
    int active = fit.problem().groups().activeGates(weights);
    double passes = log.counter().passes();
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
