package org.convexnn.ml;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.TrainingResult;

/**
 * Models of a regressor that come from one pass over the rows: a regularisation path, or the model
 * that cross-validation chooses.
 *
 * @param estimator whose Params count
 */
record OnePassRegression(ConvexReLURegressor estimator) {

  List<ConvexReLURegressionModel> path(Dataset<?> dataset, double[] ratios) {
    List<TrainingResult> results =
        fit()
            .run(
                prepared(dataset),
                0,
                data -> Task.REGRESSION,
                (trainer, rows) -> trainer.fitPath(rows, ratios));
    List<ConvexReLURegressionModel> models = new ArrayList<>();
    for (int k = 0; k < ratios.length; k++) {
      models.add(model(results.get(k), new ParamMap().put(estimator.regRatio(), ratios[k])));
    }
    return List.copyOf(models);
  }

  ConvexReLURegressionModel crossValidated(Dataset<?> dataset, int folds) {
    TrainingResult result =
        fit()
            .run(
                prepared(dataset),
                0,
                data -> Task.REGRESSION,
                (trainer, rows) -> trainer.crossValidate(rows, folds));
    return model(result, new ParamMap());
  }

  private Fit fit() {
    return Fit.of(estimator);
  }

  /** The data as {@code fit} would hand it to {@code train}. */
  private Dataset<Row> prepared(Dataset<?> dataset) {
    estimator.transformSchema(dataset.schema());
    List<String> columns = new ArrayList<>(List.of(estimator.getLabelCol()));
    estimator.weightColumn().ifPresent(columns::add);
    Dataset<Row> prepared = dataset.toDF();
    for (String name : columns) {
      prepared = prepared.withColumn(name, functions.col(name).cast("double"));
    }
    return prepared;
  }

  /**
   * A model as {@code fit} returns it.
   *
   * @param trained Params that it was trained with beyond those of the estimator
   */
  private ConvexReLURegressionModel model(TrainingResult result, ParamMap trained) {
    ConvexReLURegressionModel model =
        new ConvexReLURegressionModel(estimator.uid(), result.network(), result.certificate());
    model.setSummary(ConvexReLUTrainingSummary.of(result));
    return estimator.copyValues(model.setParent(estimator), trained);
  }
}
