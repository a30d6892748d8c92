package org.convexnn.ml;

import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convexnn.solver.TrainingResult;

/** How a regression was trained, and how it does on the rows it was trained on. */
public sealed class ConvexReLURegressionTrainingSummary extends ConvexReLURegressionSummary
    implements ConvexReLUTrainingSummary permits MarkedRegressionTrainingSummary {

  private static final long serialVersionUID = 1L;

  private final transient TrainingResult training;

  ConvexReLURegressionTrainingSummary(
      ConvexReLURegressionModel model, TrainingResult training, Supplier<Dataset<Row>> scoring) {
    super(model, scoring);
    this.training = training;
  }

  /** With the mark of Spark Connect's server where Spark has it: from 4.0. */
  static ConvexReLURegressionTrainingSummary of(
      ConvexReLURegressionModel model, TrainingResult training, Supplier<Dataset<Row>> scoring) {
    try {
      return MarkedRegressionTrainingSummary.of(model, training, scoring);
    } catch (NoClassDefFoundError spark35) {
      return new ConvexReLURegressionTrainingSummary(model, training, scoring);
    }
  }

  @Override
  public TrainingResult training() {
    return training;
  }
}
