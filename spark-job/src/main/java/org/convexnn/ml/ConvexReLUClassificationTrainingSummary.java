package org.convexnn.ml;

import org.convexnn.solver.TrainingResult;

/** How a classifier was trained, and how it does on the rows it was trained on. */
public final class ConvexReLUClassificationTrainingSummary extends ConvexReLUClassificationSummary
    implements ConvexReLUTrainingSummary {

  private static final long serialVersionUID = 1L;

  private final transient TrainingResult training;

  ConvexReLUClassificationTrainingSummary(
      ConvexReLUClassificationModel model, ScoredRows scored, TrainingResult training) {
    super(model, scored);
    this.training = training;
  }

  @Override
  public TrainingResult training() {
    return training;
  }
}
