package org.convexnn.ml;

import java.util.Map;
import java.util.Optional;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.RegressionModel;
import org.apache.spark.ml.util.HasTrainingSummary;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.export.OnnxExport;
import org.convexnn.loss.RegressionLoss;
import org.convexnn.ml.io.Storage;
import org.convexnn.ml.io.TrainingFile;
import org.convexnn.ml.io.WholeFile;
import org.convexnn.ml.params.InputColumns;
import org.convexnn.ml.params.LabelColumn;
import org.convexnn.ml.params.ParamText;
import org.convexnn.ml.params.PendingUid;
import org.convexnn.ml.params.QuotedName;
import org.convexnn.network.Marginals;
import org.convexnn.network.Network;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.TrainingResult;
import scala.Option;

/**
 * A ReLU network f for regression: the prediction is f(x), in label units, or e^f(x) where the loss has
 * a log link. An offset is added to f(x) where rows have one.
 */
// HasTrainingSummary is named again for Python: py4j sees no further than the interfaces of a
// class.
public final class ConvexReLURegressionModel
    extends RegressionModel<Vector, ConvexReLURegressionModel>
    implements ConvexReLUModel<ConvexReLURegressionTrainingSummary>,
        HasTrainingSummary<ConvexReLURegressionTrainingSummary>,
        MLWritable {

  private static final long serialVersionUID = 1L;

  private final String uid;
  private final ParamSet params;
  private final TrainedNetwork<ConvexReLURegressionTrainingSummary> trained;

  /** A model without a network, for Java's ServiceLoader alone, by which Spark Connect finds it. */
  public ConvexReLURegressionModel() {
    this(PendingUid.claim(Identifiable$.MODULE$.randomUID("none")), TrainedNetwork.none());
  }

  ConvexReLURegressionModel(String uid, Network network, Certificate certificate) {
    this(uid, network, Optional.empty(), certificate, Optional.empty());
  }

  ConvexReLURegressionModel(
      String uid,
      Network network,
      Optional<Marginals> marginals,
      Certificate certificate,
      Optional<Provenance> provenance) {
    this(PendingUid.claim(uid), TrainedNetwork.of(network, marginals, certificate, provenance));
  }

  private ConvexReLURegressionModel(
      PendingUid pending, TrainedNetwork<ConvexReLURegressionTrainingSummary> trained) {
    super();
    this.uid = pending.release();
    this.params = new ParamSet(this);
    params.setDefaults(this);
    this.trained = trained;
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

  @Override
  public Network network() {
    return trained.network();
  }

  @Override
  public Optional<Marginals> marginals() {
    return trained.marginals();
  }

  /**
   * This model, its contributions measured against the marginals of these rows, in place of those of
   * the rows that it was trained on: against a sample of at most 20,000 of them.
   *
   * @throws IllegalArgumentException where the columns of features are not what they must be, and where
   *     there are no rows
   */
  public ConvexReLURegressionModel withBackground(Dataset<?> rows) {
    return copy(new ParamMap(), trained.with(Background.of(this, rows)));
  }

  @Override
  public Optional<Calibration> calibration() {
    return trained.calibration();
  }

  /** The models that its intervals are made of, where its own predictions do not suffice. */
  Optional<IntervalModels> intervals() {
    return trained.intervals();
  }

  /** This model, whose intervals are made of others too; to be calibrated. */
  ConvexReLURegressionModel with(IntervalModels others) {
    return copy(new ParamMap(), trained.with(others));
  }

  /**
   * This model with intervals of {@code coverage}, by its errors on these rows, see {@link Calibration}:
   * rows that it was not trained on, of label, features, weight and offset as in training.
   *
   * @throws IllegalArgumentException where the columns are not what they must be, and where there are too
   *     few rows
   */
  public ConvexReLURegressionModel withCalibration(Dataset<?> rows) {
    return copy(new ParamMap(), trained.with(PredictionIntervals.calibrated(this, rows)));
  }

  /** What a reader found beside the network. */
  static ConvexReLURegressionModel restored(
      ConvexReLURegressionModel model, Optional<Calibration> calibration, Storage storage) {
    ConvexReLURegressionModel whole =
        IntervalModels.saved(storage, reader()::read).map(model::with).orElse(model);
    return calibration
        .map(known -> whole.copy(new ParamMap(), whole.trained.with(known)))
        .orElse(whole);
  }

  /** A copy that predicts to a column, from the columns that another model reads. */
  ConvexReLURegressionModel predictingTo(String column, ConvexReLURegressionModel like) {
    ConvexReLURegressionModel copy = copy(new ParamMap());
    copy.setFeaturesCol(like.getFeaturesCol());
    copy.set(copy.featuresCols(), like.featureColumns().toArray(String[]::new));
    copy.set(copy.offsetCol(), like.offsetColumn().orElse(""));
    copy.set(copy.handleInvalid(), like.getHandleInvalid());
    copy.setPredictionCol(column);
    return copy;
  }

  /**
   * The rows with what each feature adds to their outputs, in the column {@code contributionsCol}, or
   * "contributions" where it is not set; {@code transform} adds the column where it is set.
   *
   * <p>A vector of d + 1 numbers: those of the features and then the base value.
   * Their sum is the raw prediction f(x), the offset included: of a log link
   * the logarithm of the prediction; what they are,
   * {@link org.convexnn.network.explain.Contributions} says.
   *
   * @throws IllegalStateException where the model knows no marginals of its training rows: see {@link
   *     #withBackground}
   * @throws IllegalArgumentException as {@code transform}
   */
  @Override
  public Dataset<Row> contributions(Dataset<?> dataset) {
    ConvexReLURegressionModel alone = copy(new ParamMap());
    alone.set(contributionsCol(), contributionsColumn().orElse(ContributionsColumn.NAME));
    alone.setPredictionCol("");
    alone.set(predictionIntervalCol(), "");
    return alone.transform(dataset);
  }

  @Override
  public Certificate certificate() {
    return trained.certificate();
  }

  @Override
  public Optional<Provenance> provenance() {
    return trained.provenance();
  }

  @Override
  public Option<ConvexReLURegressionTrainingSummary> trainingSummary() {
    return trained.summary();
  }

  @Override
  public void trainingSummary_$eq(Option<ConvexReLURegressionTrainingSummary> summary) {
    trained.summary(summary);
  }

  /**
   * This model with a summary of its training, and the ridge that may have been automatic.
   *
   * @param rows what it was trained on; empty where the rows themselves are not known
   */
  ConvexReLURegressionModel summarized(TrainingResult training, Optional<Dataset<Row>> rows) {
    set(skipRidge(), training.skipRidge());
    setSummary(
        Option.apply(
            ConvexReLURegressionTrainingSummary.of(
                ScoredRows.trainedOn(summaryModel(), rows), training)));
    return this;
  }

  /** Reads what {@link #saveSummary} wrote; called by Spark Connect's server (4.1). */
  @Override
  public void loadSummary(String path, Dataset<Row> dataset) {
    summarized(TrainingFile.read(java.nio.file.Path.of(path), network()), Optional.of(dataset));
  }

  /**
   * How this model does on the rows of a data set, weighted by the weight column where they have it.
   * Nothing is computed before it is asked for.
   *
   * @throws IllegalArgumentException where the columns of features and label are not what they must be
   */
  public ConvexReLURegressionSummary evaluate(Dataset<?> dataset) {
    return new ConvexReLURegressionSummary(
        ScoredRows.of(summaryModel(), dataset, ConvexReLURegressor.LABEL_REMEDY));
  }

  /** This model with a name for the column that a summary needs. */
  private ConvexReLURegressionModel summaryModel() {
    ConvexReLURegressionModel model = copy(new ParamMap());
    if (getPredictionCol().isEmpty()) {
      model.setPredictionCol(Identifiable$.MODULE$.randomUID("prediction"));
    }
    return model;
  }

  /** About the bytes that this model takes; asked by Spark Connect's server (4.1). */
  public long estimatedSize() {
    return network().bytes();
  }

  @Override
  public int numFeatures() {
    return network().features();
  }

  /**
   * The prediction of a row whose offset is 0, in label units.
   *
   * @throws IllegalArgumentException for invalid features that are not kept, and for a vector of
   *     another size than the training data
   */
  @Override
  public double predict(Vector features) {
    refuseUnlessOne("predict tells one number; use predictOutputs");
    return predict(features, 0);
  }

  /**
   * The predictions of a row, one for each label, in label units.
   *
   * @throws IllegalArgumentException as {@link #predict}
   */
  public double[] predictOutputs(Vector features) {
    return network().outputs() == 1
        ? new double[] {predict(features)}
        : trained.score(features, this);
  }

  private void refuseUnlessOne(String what) {
    if (network().outputs() > 1) {
      throw new IllegalStateException(
          uid() + " was trained on " + network().outputs() + " labels: " + what);
    }
  }

  private double predict(Vector features, double offset) {
    return RegressionLoss.Kind.of(getLoss()).prediction(trained.score(features, this)[0] + offset);
  }

  /** Sets what to do about features that are null, NaN or infinite: error, skip or keep. */
  public ConvexReLURegressionModel setHandleInvalid(String value) {
    set(handleInvalid(), value);
    return this;
  }

  /** Sets the column of contributions that transform adds; the empty string = none. */
  public ConvexReLURegressionModel setContributionsCol(String value) {
    set(contributionsCol(), value);
    return this;
  }

  /** Sets the column of intervals that transform adds; the empty string = none. */
  public ConvexReLURegressionModel setPredictionIntervalCol(String value) {
    set(predictionIntervalCol(), value);
    return this;
  }

  /** Checks the features, their number where metadata tells it, and the outputs. */
  @Override
  public StructType transformSchema(StructType schema) {
    InputColumns input = new InputColumns(schema);
    FeatureColumns features = FeatureColumns.of(this);
    features.check(input);
    features.checkSize(input, numFeatures());
    offsetColumn().ifPresent(input::checkOffset);
    input.checkOutputs(
        Map.of(
            "predictionCol",
            getPredictionCol(),
            "trainingCol",
            trainingColumn().orElse(""),
            "contributionsCol",
            contributionsColumn().orElse(""),
            "predictionIntervalCol",
            predictionIntervalColumn().orElse("")));
    StructType outputs =
        features.ofRows(schema, super.transformSchema(features.withVectors(schema)));
    StructType told =
        network().outputs() > 1
            ? LabelColumn.retyped(outputs, getPredictionCol(), LabelColumn.NUMBERS)
            : outputs;
    return PredictionIntervals.in(ContributionsColumn.in(told, this, network().outputs()), this);
  }

  /** Adds the columns that have names; a large network is broadcast. */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    if (predictionIntervalColumn().isPresent()) {
      return PredictionIntervals.transform(this, dataset);
    }
    FeatureColumns.Vectors features = FeatureColumns.of(this).vectors(dataset);
    ConvexReLURegressionModel reader = features.readBy(shared(dataset.sparkSession()));
    Dataset<Row> scored =
        reader.transformWithThis(InvalidFeatures.skipped(features.rows(), features.column(), this));
    Dataset<Row> explained =
        ContributionsColumn.add(reader, reader.trained.scorer(), features.column(), scored);
    return TrainingColumn.add(this, features.taken(explained));
  }

  /** This model, with its network in a broadcast if it is large. */
  ConvexReLURegressionModel shared(SparkSession session) {
    return copy(new ParamMap(), trained.shared(session));
  }

  private Dataset<Row> transformWithThis(Dataset<?> dataset) {
    if (getPredictionCol().isEmpty() && contributionsColumn().isPresent()) {
      // MLlib would warn that nothing is added.
      return dataset.toDF();
    }
    if (network().outputs() > 1 && !getPredictionCol().isEmpty()) {
      UDF1<Vector, double[]> all = this::predictOutputs;
      return dataset.withColumn(
          getPredictionCol(),
          functions.udf(all, LabelColumn.NUMBERS).apply(QuotedName.column(getFeaturesCol())));
    }
    if (offsetColumn().isEmpty() || getPredictionCol().isEmpty()) {
      return super.transform(dataset);
    }
    UDF2<Vector, Double, Double> predict =
        (features, offset) -> predict(features, Offsets.of(offset, this));
    return dataset.withColumn(
        getPredictionCol(),
        functions
            .udf(predict, DataTypes.DoubleType)
            .apply(functions.col(getFeaturesCol()), functions.col(getOffsetCol()).cast("double")));
  }

  @Override
  public ConvexReLURegressionModel copy(ParamMap extra) {
    return copy(extra, trained.copy());
  }

  private ConvexReLURegressionModel copy(
      ParamMap extra, TrainedNetwork<ConvexReLURegressionTrainingSummary> same) {
    ConvexReLURegressionModel copy = new ConvexReLURegressionModel(PendingUid.claim(uid()), same);
    return copyValues(copy, extra).setParent(parent());
  }

  /** Sizes and certificate. */
  @Override
  public String toString() {
    return "ConvexReLURegressionModel: uid="
        + uid
        + ", numFeatures="
        + numFeatures()
        + ", "
        + trained;
  }

  /**
   * Writes the network as an ONNX model to a file of any Hadoop file system, for ONNX Runtime: input
   * {@code features}, output {@code prediction} in label units of an offset of 0, of several labels n x C,
   * all float64. Needs
   * org.tribuo:tribuo-util-onnx on the class path.
   *
   * @throws IllegalArgumentException where the path exists or the network takes more than 2 GB
   * @throws IllegalStateException where tribuo-util-onnx is missing, and on Spark 3.5
   */
  @Override
  public void toOnnx(String path) {
    WholeFile.of(path)
        .write(
            out ->
                OnnxExport.writeRegression(
                    network(), RegressionLoss.Kind.of(getLoss()).logLink(), out));
  }

  @Override
  public MLWriter write() {
    return new ModelWriter(this);
  }

  /** A reader of saved models. */
  public static MLReader<ConvexReLURegressionModel> read() {
    return reader();
  }

  private static ModelReader<ConvexReLURegressionModel> reader() {
    return new ModelReader<>(
        ConvexReLURegressionModel.class,
        ConvexReLURegressionModel::new,
        ConvexReLURegressionModel::restored);
  }

  /** Loads what {@code save} wrote. */
  public static ConvexReLURegressionModel load(String path) {
    return read().load(path);
  }
}
