package org.convexnn.ml;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.PredictorParams;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.convexnn.block.RowSelection;
import org.convexnn.block.pass.data.SamplePass;
import org.convexnn.cluster.RddRows;
import org.convexnn.ml.params.InputColumns;
import org.convexnn.network.Marginals;
import org.convexnn.solver.TrainingResult;

/** The marginals of a sample of rows: of all, where they are few. */
final class Background {

  /** More would move no marginal by more than a third of a percent. */
  static final int ROWS = 20_000;

  // A sample comes to the driver.
  private static final int MOST_NUMBERS = 4_000_000;

  // Apart from the draws of other samples.
  private static final long SALT = 0xBAC6L;

  private Background() {}

  private static int most(int features) {
    return Math.max(1, Math.min(ROWS, MOST_NUMBERS / features));
  }

  /** Of rows that a network was trained on. */
  static Marginals of(TrainingResult result, RddRows rows, long seed) {
    double rate = Math.min(1, (double) most(rows.features()) / result.rows());
    List<SamplePass.Row> sample =
        rows.sum("Marginals", new SamplePass(RowSelection.ALL, rate, seed ^ SALT));
    return Marginals.of(
        result.network(),
        sample.stream().map(SamplePass.Row::features).toList(),
        sample.stream().mapToDouble(SamplePass.Row::weight).toArray());
  }

  /** Of the rows of a data set, each of which counts once. */
  static <M extends PredictorParams & ConvexReLUModel<?>> Marginals of(
      M model, Dataset<?> dataset) {
    FeatureColumns columns = FeatureColumns.of(model);
    columns.check(new InputColumns(dataset.schema()));
    FeatureColumns.Vectors features = columns.vectors(dataset);
    List<double[]> rows =
        InvalidFeatures.skipped(features.rows(), features.column(), model)
            .select(features.column())
            .toJavaRDD()
            .takeSample(false, most(model.network().features()), model.getSeed())
            .stream()
            .map(row -> row.<Vector>getAs(0))
            .filter(x -> InvalidFeatures.areUsable(x, model))
            .map(Vector::toArray)
            .toList();
    if (rows.isEmpty()) {
      throw new IllegalArgumentException(
          "the data set has no rows to measure contributions against: at least one is needed");
    }
    int expected = model.network().features();
    if (rows.get(0).length != expected) {
      throw new IllegalArgumentException(
          "a features vector has "
              + rows.get(0).length
              + " entries, the model was trained on "
              + expected
              + ": use the same feature columns as in training");
    }
    double[] ones = new double[rows.size()];
    Arrays.fill(ones, 1);
    return Marginals.of(model.network(), rows, ones);
  }
}
