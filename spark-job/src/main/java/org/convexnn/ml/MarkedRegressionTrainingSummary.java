package org.convexnn.ml;

import java.util.function.Supplier;
import org.apache.spark.ml.util.Summary;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convexnn.solver.TrainingResult;

/**
 * A training summary with the mark that Spark Connect's server asks for. Spark 3.5 does not have the
 * mark, and must not load this class.
 */
final class MarkedRegressionTrainingSummary extends ConvexReLURegressionTrainingSummary
    implements Summary {

  private static final long serialVersionUID = 1L;

  private MarkedRegressionTrainingSummary(
      ConvexReLURegressionModel model, TrainingResult training, Supplier<Dataset<Row>> scoring) {
    super(model, training, scoring);
  }

  // Its result hides the class: the JVM loads what a method that it verifies makes and returns.
  static ConvexReLURegressionTrainingSummary of(
      ConvexReLURegressionModel model, TrainingResult training, Supplier<Dataset<Row>> scoring) {
    return new MarkedRegressionTrainingSummary(model, training, scoring);
  }
}
