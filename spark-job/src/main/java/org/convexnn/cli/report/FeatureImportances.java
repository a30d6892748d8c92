package org.convexnn.cli.report;

import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convexnn.linalg.Blas;
import org.convexnn.ml.ConvexReLUClassificationModel;
import org.convexnn.ml.ConvexReLUClassificationSummary;
import org.convexnn.ml.ConvexReLURegressionModel;
import org.convexnn.ml.ConvexReLURegressionSummary;
import org.convexnn.network.Network;

/**
 * How much each feature matters on about {@value #ROWS} of the training rows.
 *
 * @param absolute mean absolute contributions
 * @param loss what the mean loss would grow by without the contributions
 */
public record FeatureImportances(double[] absolute, double[] loss) {

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
    Network network = model.network();
    double[] absolute = new double[network.features()];
    double[] loss = new double[network.features()];
    for (int k = 0; k < network.outputs(); k++) {
      // Labels of several units count alike.
      double unit = network.outputs() == 1 ? 1 : network.scale(k);
      ConvexReLURegressionSummary own = summary.ofOutput(k);
      Blas.axpy(1 / unit, own.featureImportances().toArray(), absolute);
      Blas.axpy(1 / (unit * unit), own.lossImportances().toArray(), loss);
    }
    return new FeatureImportances(absolute, loss);
  }

  private static Dataset<Row> sample(Dataset<Row> rows, long seed) {
    long count = rows.count();
    return count <= ROWS ? rows : rows.sample((double) ROWS / count, seed);
  }
}
