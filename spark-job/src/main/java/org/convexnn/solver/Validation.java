package org.convexnn.solver;

import java.util.Locale;
import org.convexnn.block.RowSelection;

/** Scores weights by their mean loss on rows that had no part in the fit. */
final class Validation {

  private final GatedModel model;
  private final RowSelection heldOut;
  private final double weight;
  private final long count;

  /**
   * On these rows.
   *
   * @param weight their weight
   * @param count how many they are
   */
  Validation(GatedModel model, RowSelection heldOut, double weight, long count) {
    this.model = model;
    this.heldOut = heldOut;
    this.weight = weight;
    this.count = count;
  }

  /** The weight of the rows held out. */
  double weight() {
    return weight;
  }

  /** The mean loss of a fit's weights. Half a pass. */
  double loss(Fit fit, double[] weights) {
    return model
        .problem(heldOut, fit.problem().coordinates(), weight, count)
        .evaluate("validation", weights, false)
        .loss();
  }

  /** The same, kept as a point of the path. */
  double score(Fit fit, double ratio, double beta, double[] weights, double objective, double gap) {
    double score = loss(fit, weights);
    RunLog log = model.log();
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
