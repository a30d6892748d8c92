package org.convexnn.job;

import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convexnn.ml.ConvexReLUClassificationModel;
import org.convexnn.ml.ConvexReLUClassificationSummary;
import org.convexnn.ml.ConvexReLURegressionModel;
import org.convexnn.ml.ConvexReLURegressionSummary;

/**
 * How much each feature matters on about {@value #ROWS} of the training rows.
 *
 * @param absolute mean absolute contributions
 * @param loss what the mean loss would grow by without the contributions
 */
record FeatureImportances(double[] absolute, double[] loss) {

  /** More rows would not change what a person reads. */
  private static final int ROWS = 5000;

  private static FeatureImportances of(Vector absolute, Vector loss) {
    return new FeatureImportances(absolute.toArray(), loss.toArray());
  }

  /** Of a classifier. */
  static FeatureImportances of(ConvexReLUClassificationModel model, Dataset<Row> rows) {
    ConvexReLUClassificationSummary summary = model.evaluate(sample(rows, model.getSeed()));
    return of(summary.featureImportances(), summary.lossImportances());
  }

  /** Of a regression. */
  static FeatureImportances of(ConvexReLURegressionModel model, Dataset<Row> rows) {
    ConvexReLURegressionSummary summary = model.evaluate(sample(rows, model.getSeed()));
    return of(summary.featureImportances(), summary.lossImportances());
  }

  private static Dataset<Row> sample(Dataset<Row> rows, long seed) {
    long count = rows.count();
    return count <= ROWS ? rows : rows.sample((double) ROWS / count, seed);
  }
}
