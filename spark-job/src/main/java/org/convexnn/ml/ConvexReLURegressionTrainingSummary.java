package org.convexnn.ml;

import org.convexnn.solver.TrainingResult;

/** How a regression was trained, and how it does on the rows it was trained on. */
public sealed class ConvexReLURegressionTrainingSummary extends ConvexReLURegressionSummary
    implements ConvexReLUTrainingSummary permits MarkedRegressionTrainingSummary {

  private static final long serialVersionUID = 1L;

  private final transient TrainingResult training;

  ConvexReLURegressionTrainingSummary(ScoredRows scored, TrainingResult training) {
    super(scored);
    this.training = training;
  }

  /** With the mark of Spark Connect's server where Spark has it: from 4.0. */
  static ConvexReLURegressionTrainingSummary of(ScoredRows scored, TrainingResult training) {
    try {
      return MarkedRegressionTrainingSummary.of(scored, training);
    } catch (NoClassDefFoundError spark35) {
      return new ConvexReLURegressionTrainingSummary(scored, training);
    }
  }

  @Override
  public TrainingResult training() {
    return training;
  }
}
