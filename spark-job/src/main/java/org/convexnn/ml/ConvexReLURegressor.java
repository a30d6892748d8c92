package org.convexnn.ml;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.Regressor;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.convexnn.loss.RegressionLoss;
import org.convexnn.ml.io.StatisticsFile;
import org.convexnn.ml.params.InputColumns;
import org.convexnn.ml.params.LabelColumn;
import org.convexnn.ml.params.ParamText;
import org.convexnn.ml.params.PendingUid;
import org.convexnn.ml.params.QuotedName;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.TrainingResult;

/**
 * Regression by a ReLU network with squared or another {@code loss}, trained by convex optimization: the network that
 * {@code fit} returns comes with a certificate of how close it is to the best one for its gates.
 *
 * <p>Features are vectors, dense or sparse; rows may have weights. Needs no scaled features and no
 * learning rate; by default the regularisation parameter is chosen by validation.
 */
public final class ConvexReLURegressor
    extends Regressor<Vector, ConvexReLURegressor, ConvexReLURegressionModel>
    implements ConvexReLUTraining<ConvexReLURegressor>, MLWritable {

  private static final long serialVersionUID = 1L;
  static final String LABEL_REMEDY = "cast it to double; for classes use ConvexReLUClassifier";

  private final String uid;
  private final ParamSet params;

  /** A regressor with a random uid. */
  public ConvexReLURegressor() {
    this(Identifiable$.MODULE$.randomUID("convexReLURegressor"));
  }

  /** A regressor with this uid. */
  public ConvexReLURegressor(String uid) {
    this(PendingUid.claim(uid));
  }

  private ConvexReLURegressor(PendingUid pending) {
    super();
    this.uid = pending.release();
    this.params = new ParamSet(this);
    params.setDefaults(this);
  }

  @Override
  public String uid() {
    return uid != null ? uid : PendingUid.current();
  }

  @Override
  public ParamSet paramSet() {
    return params;
  }

  /** As MLlib's, but of arrays the numbers. */
  @Override
  public String explainParam(Param<?> param) {
    return ParamText.of(this, param);
  }

  /**
   * Sets the model that training goes on from, see {@link #setInitialModel(String)}; a path that was
   * set is unset. It is not saved with the estimator: {@code save} refuses.
   */
  public ConvexReLURegressor setInitialModel(ConvexReLURegressionModel model) {
    return InitialModel.give(this, model);
  }

  /** Checks column types and Params, before any job. */
  @Override
  public StructType transformSchema(StructType schema) {
    InputColumns input = new InputColumns(schema);
    EstimatorFit.of(this).check(input, Task.REGRESSION, LABEL_REMEDY);
    if (calibrates()) {
      checkIntervals();
    }
    input.checkOutputs(
        Map.of(
            "predictionCol",
            getPredictionCol(),
            "contributionsCol",
            contributionsColumn().orElse(""),
            "predictionIntervalCol",
            predictionIntervalColumn().orElse("")));
    FeatureColumns features = FeatureColumns.of(this);
    boolean several = LabelColumn.several(schema, getLabelCol());
    StructType extended =
        features.ofRows(
            schema,
            super.transformSchema(
                features.withVectors(
                    several ? LabelColumn.asNumber(schema, getLabelCol()) : schema)));
    StructType told =
        several ? LabelColumn.retyped(extended, getPredictionCol(), LabelColumn.NUMBERS) : extended;
    return PredictionIntervals.in(ContributionsColumn.in(told, this, several ? 2 : 1), this);
  }

  /** Refuses what the networks beside cannot be trained with. */
  private void checkIntervals() {
    switch (getIntervalMethod()) {
      case PredictionIntervals.QUANTILE ->
          beside(
              "two quantiles are learnt",
              () -> ofQuantile(0.5, IntervalModels.LOWER).trainingOptions(Task.REGRESSION));
      case PredictionIntervals.SCALE ->
          beside("the size of errors is learnt", () -> ofScale().trainingOptions(Task.REGRESSION));
      default -> {}
    }
  }

  private <T> T beside(String what, Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "intervalMethod is '"
              + getIntervalMethod()
              + "', for which "
              + what
              + ": "
              + e.getMessage(),
          e);
    }
  }

  /**
   * Trains, on a label that is a number, or several of them in an array or a vector: then a prediction is an
   * array, and every gate serves all outputs.
   */
  @Override
  public ConvexReLURegressionModel fit(Dataset<?> dataset) {
    if (!LabelColumn.several(dataset.schema(), getLabelCol())) {
      return super.fit(dataset);
    }
    transformSchema(dataset.schema());
    Dataset<Row> rows =
        dataset.withColumn(getLabelCol(), LabelColumn.numbers(dataset.schema(), getLabelCol()));
    return train(
        weightColumn()
            .map(name -> rows.withColumn(name, QuotedName.column(name).cast("double")))
            .orElse(rows));
  }

  /** Trains; called by {@code fit} with the label and weight columns cast to double. */
  @Override
  public ConvexReLURegressionModel train(Dataset<?> dataset) {
    EstimatorFit fit = EstimatorFit.of(this);
    if (!calibrates()) {
      return trained(fit, dataset);
    }
    CalibrationRows rows = CalibrationRows.of(this, dataset);
    ConvexReLURegressionModel model = trained(fit, rows.training());
    ConvexReLURegressionModel whole =
        switch (getIntervalMethod()) {
          case PredictionIntervals.QUANTILE -> model.with(quantiles(fit, rows.training()));
          case PredictionIntervals.SCALE -> model.with(scale(fit, model, rows.training()));
          default -> model;
        };
    return whole.withCalibration(rows.calibration());
  }

  private IntervalModels quantiles(EstimatorFit fit, Dataset<Row> rows) {
    double alpha = 1 - getCoverage();
    ConvexReLURegressor lower = ofQuantile(alpha / 2, IntervalModels.LOWER);
    ConvexReLURegressor upper = ofQuantile(1 - alpha / 2, IntervalModels.UPPER);
    return new IntervalModels.Quantiles(
        lower.trained(fit.by(lower), rows), upper.trained(fit.by(upper), rows));
  }

  private IntervalModels scale(
      EstimatorFit fit, ConvexReLURegressionModel model, Dataset<Row> rows) {
    ConvexReLURegressor estimator = ofScale();
    Dataset<Row> errors = PredictionIntervals.errors(model, rows, estimator.getLabelCol());
    return new IntervalModels.Scale(
        beside("the size of errors is learnt", () -> estimator.trained(fit.by(estimator), errors)));
  }

  private ConvexReLURegressionModel trained(EstimatorFit fit, Dataset<?> dataset) {
    TrainingResult result =
        fit.run(
            dataset,
            0,
            data -> Task.REGRESSION,
            InitialModel.of(this, ConvexReLURegressionModel.read()));
    return new OnePassRegression(this).model(result, new ParamMap(), Optional.of(dataset.toDF()));
  }

  /**
   * A copy that learns a quantile.
   *
   * @param folder of its checkpoints, below those of this estimator
   */
  private ConvexReLURegressor ofQuantile(double quantile, String folder) {
    return beside(folder).setLoss(RegressionLoss.Kind.QUANTILE.word()).setQuantile(quantile);
  }

  /**
   * A copy that learns the mean absolute error, by Poisson deviance: of any distribution its least
   * expectation is at the mean, errors of 0 are allowed, and predictions are positive. It knows no offset,
   * and errors need not rise where labels do.
   */
  private ConvexReLURegressor ofScale() {
    ConvexReLURegressor copy =
        beside(IntervalModels.SCALE).setLoss(RegressionLoss.Kind.POISSON.word()).setOffsetCol("");
    copy.clear(copy.monotoneConstraints());
    return copy;
  }

  /** A copy that learns something else beside. */
  private ConvexReLURegressor beside(String folder) {
    ConvexReLURegressor copy = copy(new ParamMap());
    copy.setPredictionIntervalCol("").setContributionsCol("").setTrainingCol("");
    copy.clear(copy.evalMetric());
    if (CheckpointParams.of(this).wanted()) {
      copy.setCheckpointDir(new Path(getCheckpointDir(), folder).toString());
    }
    return copy;
  }

  /**
   * Trains one model for each ratio beta / betaMax, all from one pass over the data: the sums that
   * squared loss needs, a matrix of Q x Q numbers with Q = (numGates + 1)(features + 1), are
   * solved on the driver. Each model has its certificate, its bounds evaluated from the same sums.
   *
   * @param ratios in (0, 1], in any order; not together with regParam or regRatio
   * @return the models in the order of the ratios; {@code getRegRatio} of each is its ratio
   * @throws IllegalArgumentException for what {@code fit} refuses, for a solver that is neither auto
   *     nor gram, and where the matrix does not fit the driver's heap
   */
  public List<ConvexReLURegressionModel> fitPath(Dataset<?> dataset, double... ratios) {
    return new OnePassRegression(this).path(dataset, ratios);
  }

  /**
   * Looks at the rows once and keeps the sums that squared loss needs, for {@code numFolds} folds (1
   * where it is not set): all models of the same gates come from them, and sums of later rows can be
   * added. Gates see no label.
   *
   * @throws IllegalArgumentException as {@link #fitPath}
   */
  public ConvexReLURegressionStatistics statistics(Dataset<?> dataset) {
    return new ConvexReLURegressionStatistics(this, new OnePassRegression(this).sums(dataset));
  }

  /**
   * Loads statistics that were saved, to be solved with this regressor's Params and to take rows of
   * its columns. Feature map, gates, norms and folds are those of the statistics.
   *
   * @throws IllegalArgumentException where there is no file of statistics, or a damaged or newer one,
   *     naming the path
   */
  public ConvexReLURegressionStatistics loadStatistics(String path) {
    return new ConvexReLURegressionStatistics(this, StatisticsFile.of(path).read());
  }

  @Override
  public ConvexReLURegressor copy(ParamMap extra) {
    return InitialModel.handOn(this, defaultCopy(extra));
  }

  /**
   * A writer.
   *
   * @throws IllegalArgumentException where training goes on from a model in memory
   */
  @Override
  public MLWriter write() {
    return new EstimatorWriter(this);
  }

  /** A reader of saved regressors. */
  public static MLReader<ConvexReLURegressor> read() {
    return new EstimatorReader<>(ConvexReLURegressor.class, ConvexReLURegressor::new);
  }

  /** Loads what {@code save} wrote. */
  public static ConvexReLURegressor load(String path) {
    return read().load(path);
  }
}
