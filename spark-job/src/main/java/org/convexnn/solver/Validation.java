package org.convexnn.solver;

import java.util.Locale;
import org.convexnn.block.RowSelection;
import org.convexnn.block.WeightJob;

/** Scores weights by their mean loss on rows that had no part in the fit. */
final class Validation {

  private static final int FOLDS = 10;

  private final GatedModel model;
  private final RowSelection heldOut;
  private final double weight;
  private final long count;

  /** On these rows, whose weights take a sweep. */
  Validation(GatedModel model, RowSelection heldOut) {
    this.model = model;
    this.heldOut = heldOut;
    double[][] sums = model.rows().sum("weights of held-out rows", new WeightJob(heldOut));
    this.weight = sums[0][1];
    this.count = (long) sums[0][0];
  }

  /** The rows that a held-out split trains on. */
  static RowSelection training(long seed) {
    return new RowSelection(FOLDS, 0, false, seed);
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
    int active = GroupNorms.active(weights, fit.problem().groupLength());
    double passes = log.ledger().passes();
    log.point(new PathPoint(ratio, beta, objective, gap, score, active, passes));
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
