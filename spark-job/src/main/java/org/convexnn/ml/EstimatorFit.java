package org.convexnn.ml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.PredictorParams;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.convexnn.cluster.Cancellation;
import org.convexnn.cluster.DataColumns;
import org.convexnn.cluster.DataSummary;
import org.convexnn.cluster.Packing;
import org.convexnn.cluster.RddRows;
import org.convexnn.loss.EvalMetric;
import org.convexnn.ml.params.InputColumns;
import org.convexnn.ml.params.LabelColumn;
import org.convexnn.network.FeatureConstraints;
import org.convexnn.relu.ReluTrainer;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.TrainingResult;
import org.convexnn.solver.train.Trainer;

/**
 * What the fit of classifier and regressor have in common: columns, packing, training, release.
 *
 * @param estimator the Params
 * @param columns the Params that name the columns
 * @param progress hears of the fit
 * @param cancelled whether the fit is to end
 * @param classWeights what the rows of each class count
 */
record EstimatorFit(
    ConvexReLUParams estimator,
    PredictorParams columns,
    Progress progress,
    BooleanSupplier cancelled,
    ClassWeights classWeights) {

  /** With the Params of one estimator. */
  static <P extends PredictorParams & ConvexReLUTraining<?>> EstimatorFit of(P estimator) {
    ParamSet params = estimator.paramSet();
    params.cancelled = false;
    return new EstimatorFit(
        estimator,
        estimator,
        estimator.progress(),
        () -> params.cancelled,
        new ClassWeights.Equal());
  }

  /** This fit by the Params of another estimator. */
  EstimatorFit by(ConvexReLURegressor other) {
    return new EstimatorFit(other, other, progress, cancelled, classWeights);
  }

  /** This fit with other weights of the classes. */
  EstimatorFit weighted(ClassWeights others) {
    return new EstimatorFit(estimator, columns, progress, cancelled, others);
  }

  /**
   * Everything that can be refused without looking at a row.
   *
   * @param task what is trained; for a classifier either of its tasks, as only rows tell which
   * @param labelRemedy what to do about a label that is not numeric
   */
  void check(InputColumns input, Task task, String labelRemedy) {
    FeatureColumns from = FeatureColumns.of(columns, estimator);
    from.check(input);
    int[] codes = from.codes(input, estimator.categoricalFeatures());
    FeatureConstraints constraints = Constraints.of(estimator).numbered(from, input, codes);
    boolean several =
        task == Task.REGRESSION && LabelColumn.several(input.schema(), columns.getLabelCol());
    if (several) {
      checkSeveral();
    } else {
      input.checkLabel(columns.getLabelCol(), labelRemedy);
    }
    estimator.weightColumn().ifPresent(input::checkWeight);
    estimator.validationIndicatorColumn().ifPresent(input::checkValidationIndicator);
    estimator.foldColumn().ifPresent(input::checkFold);
    estimator.offsetColumn().ifPresent(input::checkOffset);
    new ParamRules(estimator).check();
    CheckpointParams.of(estimator).check();
    if (task != Task.REGRESSION && estimator.offsetColumn().isPresent()) {
      throw new IllegalArgumentException(
          "offsetCol is '"
              + estimator.getOffsetCol()
              + "' and labels are classes: offsets are for regressions; unset offsetCol");
    }
    if (task == Task.REGRESSION && !estimator.weightsOfClasses().isEmpty()) {
      throw new IllegalArgumentException(
          "classWeights is "
              + estimator.weightsOfClasses()
              + " and labels are numbers: classes have weights of their own in a classifier; unset"
              + " classWeights, and name a column of weights in weightCol");
    }
    checkCalibration(task);
    // Options refuse what does not go together.
    estimator.trainingOptions(task).held(constraints);
  }

  /** Refuses what is of one label. */
  private void checkSeveral() {
    Map<String, Boolean> others = new LinkedHashMap<>();
    others.put(
        "loss is '" + estimator.getLoss() + "': use loss 'squared'",
        !estimator.regressionLoss().squared());
    others.put("offsetCol is set: unset it", estimator.offsetColumn().isPresent());
    others.put(
        "predictionIntervalCol is set: unset it", estimator.predictionIntervalColumn().isPresent());
    others.put(
        "evalMetric is '" + estimator.getEvalMetric() + "': use 'auto'",
        !EvalMetric.of(estimator.getEvalMetric()).loss());
    others.put("monotoneConstraints is set: unset it", !estimator.monotoneFeatures().isEmpty());
    others.put(
        "activation is 'relu': use 'gated'", estimator.getActivation().equalsIgnoreCase("relu"));
    others.put("patternRank is set: unset it", estimator.getPatternRank() > 0);
    others.put("solver is 'gram': use 'auto'", estimator.getSolver().equalsIgnoreCase("gram"));
    others.forEach(
        (what, there) -> {
          if (there) {
            throw new IllegalArgumentException(
                "label column '"
                    + columns.getLabelCol()
                    + "' holds several numbers a row, and "
                    + what
                    + ", or learn the labels one by one");
          }
        });
  }

  private void checkCalibration(Task task) {
    boolean isotonic = estimator.getProbabilityCalibration().equals(PredictionSets.ISOTONIC);
    if (task == Task.REGRESSION && (isotonic || estimator.predictionSetColumn().isPresent())) {
      throw new IllegalArgumentException(
          (isotonic
                  ? "probabilityCalibration is 'isotonic'"
                  : "predictionSetCol is '" + estimator.getPredictionSetCol() + "'")
              + " and labels are numbers: these are for classes; set predictionIntervalCol, or use"
              + " ConvexReLUClassifier");
    }
    if (task != Task.REGRESSION && estimator.predictionIntervalColumn().isPresent()) {
      throw new IllegalArgumentException(
          "predictionIntervalCol is '"
              + estimator.getPredictionIntervalCol()
              + "' and labels are classes: intervals are for numbers; set predictionSetCol, or use"
              + " ConvexReLURegressor");
    }
    if (task == Task.REGRESSION
        && estimator.predictionIntervalColumn().isPresent()
        && !estimator.getIntervalMethod().equals(PredictionIntervals.RESIDUAL)
        && estimator.offsetColumn().isPresent()
        && estimator.regressionLoss().kind().logLink()) {
      throw new IllegalArgumentException(
          "intervalMethod is '"
              + estimator.getIntervalMethod()
              + "' and offsetCol is '"
              + estimator.getOffsetCol()
              + "': an exposure multiplies means, and what labels vary by in no such way; use intervalMethod"
              + " 'residual', or make the exposure a feature");
    }
  }

  /**
   * Trains; whatever is cached is released at the end.
   *
   * @param dataset with label and weight cast to double
   * @param classes labels must be integers from 0 to classes - 1; 0 = any numbers
   * @param task what to train, told when the rows have been looked at; may refuse what they hold
   * @param from the model to start from, where there is one
   */
  TrainingResult run(
      Dataset<?> dataset,
      int classes,
      Function<DataSummary, Task> task,
      Optional<InitialModel> from) {
    Optional<InitialModel> start = from.filter(InitialModel::hasGates);
    EstimatorFit fit =
        new EstimatorFit(
            start.map(m -> m.completed(estimator)).orElse(estimator),
            columns,
            progress,
            cancelled,
            classWeights);
    return fit.run(
        dataset,
        classes,
        task,
        (options, listener, rows) -> {
          TrainingResult result = train(options, listener, rows, from, start);
          return result.with(Background.of(result, rows, options.seed()));
        });
  }

  private TrainingResult train(
      TrainingOptions options,
      Progress listener,
      RddRows rows,
      Optional<InitialModel> from,
      Optional<InitialModel> start) {
    if (start.isPresent()) {
      return trainer(options, listener).train(rows, start.get().start());
    }
    if (from.isPresent()) {
      listener.message("initialModel is linear, without gates to go on from: new ones are drawn");
    }
    return switch (options.activation()) {
      case GATED -> trainer(options, listener).train(rows);
      case RELU -> reluTrainer(options, listener).train(rows);
    };
  }

  /** A trainer that keeps the checkpoints that are wanted. */
  private Trainer trainer(TrainingOptions options, Progress progress) {
    Trainer trainer = new Trainer(options, progress);
    return CheckpointParams.of(estimator).kept(progress).map(trainer::with).orElse(trainer);
  }

  /** The trainer of plain ReLU networks, with checkpoints where they are asked for. */
  private ReluTrainer reluTrainer(TrainingOptions options, Progress progress) {
    ReluTrainer trainer = new ReluTrainer(options, progress);
    return CheckpointParams.of(estimator).kept(progress).map(trainer::with).orElse(trainer);
  }

  /**
   * A way of training.
   *
   * @param <T> what it gives
   */
  interface Training<T> {

    /** Uses the rows while they are cached. */
    T of(TrainingOptions options, Progress progress, RddRows rows);
  }

  /**
   * Runs a way of training on the rows of a data set, packed and cached.
   *
   * @param training uses the rows while they are cached
   */
  <T> T run(
      Dataset<?> dataset, int classes, Function<DataSummary, Task> task, Training<T> training) {
    FeatureColumns from = FeatureColumns.of(columns, estimator);
    FeatureColumns.Vectors features = from.vectors(dataset);
    Optional<String> weight = estimator.weightColumn();
    Dataset<Row> usable = InvalidFeatures.skipped(features.rows(), features.column(), estimator);
    Column label = functions.col(columns.getLabelCol());
    Column weights =
        classWeights.times(weight.map(functions::col).orElse(functions.lit(1.0)), label, usable);
    Optional<String> validation = estimator.validationIndicatorColumn();
    List<Column> selection =
        new ArrayList<>(List.of(functions.col(features.column()), label, weights));
    validation.map(functions::col).ifPresent(selection::add);
    Optional<String> fold = estimator.foldColumn();
    fold.map(functions::col)
        .map(group -> functions.when(group.isNotNull(), functions.xxhash64(group)))
        .ifPresent(selection::add);
    Optional<String> offset = estimator.offsetColumn();
    offset.map(name -> functions.col(name).cast("double")).ifPresent(selection::add);
    Dataset<Row> selected = usable.select(selection.toArray(Column[]::new));
    InputColumns input = new InputColumns(dataset.schema());
    boolean several = LabelColumn.several(dataset.schema(), columns.getLabelCol());
    Packing packing =
        new Packing(
            new DataColumns(
                columns.getFeaturesCol(),
                columns.getLabelCol(),
                weight,
                validation,
                fold,
                offset,
                from.names(input)),
            several ? LabelColumn.count(selected, columns.getLabelCol()) : 1,
            classes,
            estimator.getMaxBlockSizeInMB(),
            estimator.getAggregationDepth(),
            from.codes(input, estimator.categoricalFeatures()),
            InvalidFeatures.areKept(estimator),
            estimator.regressionLoss());
    Progress watched =
        Cancellation.watched(
            progress,
            JavaSparkContext.fromSparkContext(dataset.sparkSession().sparkContext()),
            cancelled);
    try (RddRows rows = RddRows.pack(selected.toJavaRDD(), packing)) {
      DataSummary summary = rows.summary();
      if (packing.codes().length > summary.features()) {
        throw new IllegalArgumentException(
            "categoricalCols names feature "
                + (packing.codes().length - 1)
                + ", and there are "
                + summary.features()
                + ": number them from 0 to "
                + (summary.features() - 1));
      }
      Constraints written = Constraints.of(estimator);
      FeatureConstraints constraints = written.numbered(from, input, packing.codes());
      written.check(constraints, summary.features());
      TrainingOptions options = estimator.trainingOptions(task.apply(summary)).held(constraints);
      watched.message(
          "training on "
              + summary.rows()
              + " rows of "
              + summary.features()
              + " features"
              + (summary.dropped() > 0 ? ", " + summary.dropped() + " of weight 0 left out" : "")
              + (summary.unusable() > 0
                  ? ", " + summary.unusable() + " of null or infinite features left out"
                  : "")
              + ", cached in "
              + summary.bytes() / summary.rows()
              + " bytes a row");
      tellMissing(summary, packing.columns(), watched);
      tellIdentifiers(summary, packing, watched);
      return training.of(options, watched, rows);
    } catch (Throwable failure) {
      Cancellation.passed(failure);
      throw failure;
    }
  }

  /** Of how many features values are missing, and of which all. */
  private static void tellMissing(DataSummary summary, DataColumns columns, Progress told) {
    int some = 0;
    for (int j = 0; j < summary.missing().size(); j++) {
      long rows = summary.missing().get(j);
      some += rows > 0 ? 1 : 0;
      if (rows == summary.rows()) {
        told.message(columns.feature(j) + " is missing in all rows: it has no part in the model");
      }
    }
    if (some > 0) {
      told.message(some + " of " + summary.features() + " features have missing values");
    }
  }

  /** Which features have as many categories as there are rows. */
  private static void tellIdentifiers(DataSummary summary, Packing packing, Progress told) {
    for (int j = 0; j < packing.codes().length; j++) {
      int categories = packing.codes()[j];
      if (categories >= summary.rows() && categories < Integer.MAX_VALUE) {
        told.message(
            String.format(
                Locale.ROOT,
                "%s has %d categories on %d rows: if it is an identifier, which tells nothing of other"
                    + " rows, leave it out",
                packing.columns().feature(j),
                categories,
                summary.rows()));
      }
    }
  }
}
