package org.convexnn.ml;

import org.apache.spark.ml.util.Summary;
import org.convexnn.solver.TrainingResult;

/**
 * A training summary with the mark that Spark Connect's server asks for. Spark 3.5 does not have the
 * mark, and must not load this class.
 */
final class MarkedRegressionTrainingSummary extends ConvexReLURegressionTrainingSummary
    implements Summary {

  private static final long serialVersionUID = 1L;

  private MarkedRegressionTrainingSummary(ScoredRows scored, TrainingResult training) {
    super(scored, training);
  }

  // Its result hides the class: the JVM loads what a method that it verifies makes and returns.
  static ConvexReLURegressionTrainingSummary of(ScoredRows scored, TrainingResult training) {
    return new MarkedRegressionTrainingSummary(scored, training);
  }
}
