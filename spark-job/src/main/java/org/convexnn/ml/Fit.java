package org.convexnn.ml;

import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.ml.PredictorParams;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.convexnn.cluster.DataColumns;
import org.convexnn.cluster.DataSummary;
import org.convexnn.cluster.Packing;
import org.convexnn.cluster.RddRows;
import org.convexnn.solver.Trainer;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.TrainingResult;

/**
 * What the fit of classifier and regressor have in common: columns, packing, training, release.
 *
 * @param estimator the Params
 * @param columns the Params that name the columns (the same object)
 * @param task what is trained
 */
record Fit(ConvexReLUParams estimator, PredictorParams columns, Task task) {

  static <P extends PredictorParams & ConvexReLUParams> Fit of(P estimator, Task task) {
    return new Fit(estimator, estimator, task);
  }

  /**
   * Everything that can be refused without looking at a row.
   *
   * @param labelRemedy what to do about a label that is not numeric
   */
  void check(InputColumns input, String labelRemedy) {
    input.checkFeatures(columns.getFeaturesCol());
    input.checkLabel(columns.getLabelCol(), labelRemedy);
    estimator.weightColumn().ifPresent(input::checkWeight);
    estimator.trainingOptions(task);
  }

  /**
   * Trains; whatever is cached is released at the end.
   *
   * @param dataset with label and weight cast to double
   * @param check sees what the data set holds before training begins, and may refuse it
   */
  TrainingResult run(Dataset<?> dataset, Consumer<DataSummary> check) {
    TrainingOptions options = estimator.trainingOptions(task);
    LoggedProgress progress = new LoggedProgress(estimator.uid());
    Optional<String> weight = estimator.weightColumn();
    Column weights = weight.map(functions::col).orElse(functions.lit(1.0));
    Dataset<Row> selected =
        dataset.select(
            functions.col(columns.getFeaturesCol()), functions.col(columns.getLabelCol()), weights);
    Packing packing =
        new Packing(
            new DataColumns(
                columns.getFeaturesCol(),
                columns.getLabelCol(),
                weight,
                new InputColumns(dataset.schema()).featureNames(columns.getFeaturesCol())),
            task == Task.BINARY,
            estimator.getMaxBlockSizeInMB(),
            estimator.getAggregationDepth());
    try (RddRows rows = RddRows.pack(selected.toJavaRDD(), packing)) {
      DataSummary summary = rows.summary();
      check.accept(summary);
      progress.message(
          "training on "
              + summary.rows()
              + " rows of "
              + summary.features()
              + " features"
              + (summary.dropped() > 0 ? ", " + summary.dropped() + " of weight 0 left out" : ""));
      return new Trainer(options, progress).train(rows);
    }
  }
}
