package org.convexnn.ml;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.convexnn.cluster.RddRows;
import org.convexnn.ml.params.LabelColumn;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.TrainingResult;
import org.convexnn.solver.gram.GramStatistics;
import org.convexnn.solver.train.Trainer;

/**
 * Models of a regressor that come from sums over the rows alone, and the sums.
 *
 * @param estimator whose Params count
 */
record OnePassRegression(ConvexReLURegressor estimator) {

  /** One model per ratio, with the look at the rows. */
  List<ConvexReLURegressionModel> path(Dataset<?> dataset, double[] ratios) {
    List<TrainingResult> results = run(dataset, (trainer, rows) -> trainer.fitPath(rows, ratios));
    return models(results, ratios, Optional.of(prepared(dataset)));
  }

  /** The models of a path over beta, one for each ratio, from saved sums. */
  List<ConvexReLURegressionModel> path(GramStatistics sums, double[] ratios) {
    return models(trainer().fitPath(sums, ratios), ratios, Optional.empty());
  }

  /** The model that cross-validation chooses, from sums. */
  ConvexReLURegressionModel crossValidated(GramStatistics sums) {
    return model(trainer().crossValidate(sums), new ParamMap(), Optional.empty());
  }

  /** The sums over the rows, on feature map, gates and norms of these rows. */
  GramStatistics sums(Dataset<?> dataset) {
    int folds = Math.max(1, estimator.getNumFolds());
    return run(dataset, (trainer, rows) -> trainer.statistics(rows, folds));
  }

  /** The sums over the rows on the basis of others. */
  GramStatistics sums(Dataset<?> dataset, GramStatistics of) {
    return run(dataset, (trainer, rows) -> of.collect(rows));
  }

  private <T> T run(Dataset<?> dataset, BiFunction<Trainer, RddRows, T> training) {
    return EstimatorFit.of(estimator)
        .run(
            prepared(dataset),
            0,
            data -> Task.REGRESSION,
            (options, progress, rows) -> {
              if (CheckpointParams.of(estimator).wanted()) {
                progress.message("checkpointDir has no part in one pass: nothing is written");
              }
              return training.apply(new Trainer(options, progress), rows);
            });
  }

  private Trainer trainer() {
    return new Trainer(estimator.trainingOptions(Task.REGRESSION), estimator.progress());
  }

  /** The data as {@code fit} would hand it to {@code train}. */
  private Dataset<Row> prepared(Dataset<?> dataset) {
    estimator.transformSchema(dataset.schema());
    if (LabelColumn.several(dataset.schema(), estimator.getLabelCol())) {
      throw new IllegalArgumentException(
          "label column '"
              + estimator.getLabelCol()
              + "' holds several numbers a row, and sums of one pass are of one label: use fit, or"
              + " learn the labels one by one");
    }
    new ParamRules(estimator).checkOnePass();
    List<String> columns = new ArrayList<>(List.of(estimator.getLabelCol()));
    estimator.weightColumn().ifPresent(columns::add);
    Dataset<Row> prepared = dataset.toDF();
    for (String name : columns) {
      prepared = prepared.withColumn(name, functions.col(name).cast("double"));
    }
    return prepared;
  }

  private List<ConvexReLURegressionModel> models(
      List<TrainingResult> results, double[] ratios, Optional<Dataset<Row>> rows) {
    List<ConvexReLURegressionModel> models = new ArrayList<>();
    for (int k = 0; k < ratios.length; k++) {
      models.add(model(results.get(k), new ParamMap().put(estimator.regRatio(), ratios[k]), rows));
    }
    return List.copyOf(models);
  }

  /**
   * A model as {@code fit} returns it.
   *
   * @param trained Params that it was trained with beyond those of the estimator
   * @param rows what it was trained on, where they are known
   */
  ConvexReLURegressionModel model(
      TrainingResult result, ParamMap trained, Optional<Dataset<Row>> rows) {
    ConvexReLURegressionModel model =
        new ConvexReLURegressionModel(
            estimator.uid(),
            result.network(),
            result.marginals(),
            result.certificate(),
            Optional.of(Provenance.of(result, estimator.getSeed())));
    return estimator.copyValues(model.setParent(estimator), trained).summarized(result, rows);
  }
}
