package org.convexnn.ml;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.ml.classification.ProbabilisticClassificationModel;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.HasTrainingSummary;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.convexnn.export.OnnxExport;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.SoftmaxLoss;
import org.convexnn.ml.io.TrainingFile;
import org.convexnn.ml.io.WholeFile;
import org.convexnn.ml.params.InputColumns;
import org.convexnn.ml.params.ParamText;
import org.convexnn.ml.params.ParamValidator;
import org.convexnn.ml.params.PendingUid;
import org.convexnn.network.Marginals;
import org.convexnn.network.Network;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.TrainingResult;
import scala.Option;
import scala.Tuple3;

/**
 * A ReLU network f for classification. Of two classes it has one output, in log-odds of class 1: the
 * raw prediction is [-f, f], the probability [sigmoid(-f), sigmoid(f)]. Of C > 2 classes it has C
 * outputs, log-probabilities up to a common constant: the raw prediction is f, the probability
 * softmax(f).
 */
// HasTrainingSummary is named again for Python: py4j sees no further than the interfaces of a
// class.
public final class ConvexReLUClassificationModel
    extends ProbabilisticClassificationModel<Vector, ConvexReLUClassificationModel>
    implements ConvexReLUModel<ConvexReLUClassificationTrainingSummary>,
        HasTrainingSummary<ConvexReLUClassificationTrainingSummary>,
        MLWritable {

  private static final long serialVersionUID = 1L;

  private final String uid;
  private final ParamSet params;
  private final TrainedNetwork<ConvexReLUClassificationTrainingSummary> trained;

  /** A model without a network, for Java's ServiceLoader alone, by which Spark Connect finds it. */
  public ConvexReLUClassificationModel() {
    this(PendingUid.claim(Identifiable$.MODULE$.randomUID("none")), TrainedNetwork.none());
  }

  ConvexReLUClassificationModel(String uid, Network network, Certificate certificate) {
    this(uid, network, Optional.empty(), certificate, Optional.empty());
  }

  ConvexReLUClassificationModel(
      String uid,
      Network network,
      Optional<Marginals> marginals,
      Certificate certificate,
      Optional<Provenance> provenance) {
    this(PendingUid.claim(uid), TrainedNetwork.of(network, marginals, certificate, provenance));
  }

  private ConvexReLUClassificationModel(
      PendingUid pending, TrainedNetwork<ConvexReLUClassificationTrainingSummary> trained) {
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
  public ConvexReLUClassificationModel withBackground(Dataset<?> rows) {
    return copy(new ParamMap(), trained.with(Background.of(this, rows)));
  }

  @Override
  public Optional<Calibration> calibration() {
    return trained.calibration();
  }

  /**
   * This model with sets of classes of {@code coverage} and, where {@code probabilityCalibration} is
   * isotonic, calibrated probabilities, by its errors on these rows, see {@link Calibration}: rows that it
   * was not trained on, of label, features and weight as in training.
   *
   * @throws IllegalArgumentException where the columns are not what they must be, and where there are too
   *     few rows
   */
  public ConvexReLUClassificationModel withCalibration(Dataset<?> rows) {
    return restored(this, Optional.of(PredictionSets.calibrated(this, rows)));
  }

  private static ConvexReLUClassificationModel restored(
      ConvexReLUClassificationModel model, Optional<Calibration> calibration) {
    return calibration
        .map(known -> model.copy(new ParamMap(), model.trained.with(known)))
        .orElse(model);
  }

  /**
   * The rows with what each feature adds to their outputs, in the column {@code contributionsCol}, or
   * "contributions" where it is not set; {@code transform} adds the column where it is set.
   *
   * <p>A vector of d + 1 numbers: those of the features and then the base value; of more than two classes
   * an array of such vectors, one a class.
   * Their sum is the raw prediction, of two classes that of class 1; what they are,
   * {@link org.convexnn.network.explain.Contributions} says.
   *
   * @throws IllegalStateException where the model knows no marginals of its training rows: see {@link
   *     #withBackground}
   * @throws IllegalArgumentException as {@code transform}
   */
  @Override
  public Dataset<Row> contributions(Dataset<?> dataset) {
    ConvexReLUClassificationModel alone = copy(new ParamMap());
    alone.set(contributionsCol(), contributionsColumn().orElse(ContributionsColumn.NAME));
    alone.setPredictionCol("");
    alone.setRawPredictionCol("");
    alone.setProbabilityCol("");
    alone.set(predictionSetCol(), "");
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
  public Option<ConvexReLUClassificationTrainingSummary> trainingSummary() {
    return trained.summary();
  }

  @Override
  public void trainingSummary_$eq(Option<ConvexReLUClassificationTrainingSummary> summary) {
    trained.summary(summary);
  }

  /**
   * This model with a summary of its training, and the ridge that may have been automatic.
   *
   * @param rows what it was trained on; empty where the rows themselves are not known
   */
  ConvexReLUClassificationModel summarized(TrainingResult training, Optional<Dataset<Row>> rows) {
    set(skipRidge(), training.skipRidge());
    ConvexReLUClassificationModel model = summaryModel();
    setSummary(
        Option.apply(
            new ConvexReLUClassificationTrainingSummary(
                model, ScoredRows.trainedOn(model, rows), training)));
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
  public ConvexReLUClassificationSummary evaluate(Dataset<?> dataset) {
    ConvexReLUClassificationModel model = summaryModel();
    return new ConvexReLUClassificationSummary(
        model, ScoredRows.of(model, dataset, ConvexReLUClassifier.LABEL_REMEDY));
  }

  private ConvexReLUClassificationModel summaryModel() {
    return (ConvexReLUClassificationModel) findSummaryModel()._1();
  }

  /** About the bytes that this model takes; asked by Spark Connect's server (4.1). */
  public long estimatedSize() {
    return network().bytes();
  }

  @Override
  public int numFeatures() {
    return network().features();
  }

  /** C. */
  @Override
  public int numClasses() {
    return binary() ? 2 : network().outputs();
  }

  private boolean binary() {
    return network().outputs() == 1;
  }

  /** Sets one threshold for each class; the largest probability / threshold is predicted. */
  @Override
  public ConvexReLUClassificationModel setThresholds(double[] value) {
    return super.setThresholds(ParamValidator.thresholds(value));
  }

  /** The output columns by Param, in the order in which they are added. */
  static Map<String, String> outputs(String raw, String probability, String prediction) {
    Map<String, String> outputs = new LinkedHashMap<>();
    outputs.put("rawPredictionCol", raw);
    outputs.put("probabilityCol", probability);
    outputs.put("predictionCol", prediction);
    return outputs;
  }

  /**
   * The outputs f; of two classes [-f, f], f in log-odds of class 1.
   *
   * @throws IllegalArgumentException for invalid features that are not kept, and for a vector of
   *     another size than the training data
   */
  @Override
  public Vector predictRaw(Vector features) {
    double[] f = trained.score(features, this);
    return binary() ? Vectors.dense(-f[0], f[0]) : Vectors.dense(f);
  }

  /** The class; NaN where the raw prediction is, for MLlib would say 0. */
  @Override
  public double raw2prediction(Vector raw) {
    return Double.isNaN(raw.apply(0)) ? Double.NaN : super.raw2prediction(raw);
  }

  /** The class; NaN where the probability is. */
  @Override
  public double probability2prediction(Vector probability) {
    return Double.isNaN(probability.apply(0))
        ? Double.NaN
        : super.probability2prediction(probability);
  }

  /**
   * Overwrites f by softmax(f); of two classes [-f, f] by [sigmoid(-f), sigmoid(f)]. Then, of a model whose
   * probabilities are calibrated, each by what its class's map makes of it, divided by their sum (Zadrozny
   * and Elkan, KDD 2002).
   */
  @Override
  public Vector raw2probabilityInPlace(Vector raw) {
    double[] p = probabilities((DenseVector) raw);
    trained.calibration().ifPresent(calibration -> calibration.calibrate(p));
    return raw;
  }

  /** Overwrites a raw prediction by the network's probabilities. */
  static double[] probabilities(DenseVector raw) {
    double[] v = raw.values();
    if (v.length == 2) {
      v[0] = LogisticLoss.sigmoid(v[0]);
      v[1] = LogisticLoss.sigmoid(v[1]);
    } else {
      SoftmaxLoss.softmax(v, 0, v.length);
    }
    return v;
  }

  /**
   * This model with names for the columns that a summary needs. Raw, because the two levels above
   * declare it with different type arguments and javac accepts no other override of both.
   */
  @Override
  @SuppressWarnings({"rawtypes", "unchecked"})
  public Tuple3 findSummaryModel() {
    ConvexReLUClassificationModel model = copy(new ParamMap());
    if (getProbabilityCol().isEmpty()) {
      model.setProbabilityCol(Identifiable$.MODULE$.randomUID("probability"));
    }
    if (getPredictionCol().isEmpty()) {
      model.setPredictionCol(Identifiable$.MODULE$.randomUID("prediction"));
    }
    return new Tuple3(model, model.getProbabilityCol(), model.getPredictionCol());
  }

  /** Sets what to do about features that are null, NaN or infinite: error, skip or keep. */
  public ConvexReLUClassificationModel setHandleInvalid(String value) {
    set(handleInvalid(), value);
    return this;
  }

  /** Sets the column of contributions that transform adds; the empty string = none. */
  public ConvexReLUClassificationModel setContributionsCol(String value) {
    set(contributionsCol(), value);
    return this;
  }

  /** Sets the column of sets of classes that transform adds; the empty string = none. */
  public ConvexReLUClassificationModel setPredictionSetCol(String value) {
    set(predictionSetCol(), value);
    return this;
  }

  /** Checks the features, their number where metadata tells it, and the outputs. */
  @Override
  public StructType transformSchema(StructType schema) {
    InputColumns input = new InputColumns(schema);
    FeatureColumns features = FeatureColumns.of(this);
    features.check(input);
    features.checkSize(input, numFeatures());
    Map<String, String> outputs =
        outputs(getRawPredictionCol(), getProbabilityCol(), getPredictionCol());
    trainingColumn().ifPresent(name -> outputs.put("trainingCol", name));
    outputs.put("contributionsCol", contributionsColumn().orElse(""));
    outputs.put("predictionSetCol", predictionSetColumn().orElse(""));
    input.checkOutputs(outputs);
    StructType extended =
        features.ofRows(schema, super.transformSchema(features.withVectors(schema)));
    return PredictionSets.in(ContributionsColumn.in(extended, this, network().outputs()), this);
  }

  /** Adds the columns that have names; a large network is broadcast. */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    if (predictionSetColumn().isPresent()) {
      return PredictionSets.transform(this, dataset);
    }
    FeatureColumns.Vectors features = FeatureColumns.of(this).vectors(dataset);
    ConvexReLUClassificationModel reader = features.readBy(shared(dataset.sparkSession()));
    Dataset<Row> scored =
        reader.transformWithThis(InvalidFeatures.skipped(features.rows(), features.column(), this));
    Dataset<Row> explained =
        ContributionsColumn.add(reader, reader.trained.scorer(), features.column(), scored);
    return TrainingColumn.add(this, features.taken(explained));
  }

  /** This model, with its network in a broadcast if it is large. */
  ConvexReLUClassificationModel shared(SparkSession session) {
    return copy(new ParamMap(), trained.shared(session));
  }

  private Dataset<Row> transformWithThis(Dataset<?> dataset) {
    boolean predicts =
        !(getPredictionCol() + getRawPredictionCol() + getProbabilityCol()).isEmpty();
    if (!predicts && contributionsColumn().isPresent()) {
      // MLlib would warn that nothing is added.
      return dataset.toDF();
    }
    return super.transform(dataset);
  }

  @Override
  public ConvexReLUClassificationModel copy(ParamMap extra) {
    return copy(extra, trained.copy());
  }

  private ConvexReLUClassificationModel copy(
      ParamMap extra, TrainedNetwork<ConvexReLUClassificationTrainingSummary> same) {
    ConvexReLUClassificationModel copy =
        new ConvexReLUClassificationModel(PendingUid.claim(uid()), same);
    return copyValues(copy, extra).setParent(parent());
  }

  /** Sizes and certificate. */
  @Override
  public String toString() {
    return "ConvexReLUClassificationModel: uid="
        + uid
        + ", numFeatures="
        + numFeatures()
        + ", numClasses="
        + numClasses()
        + ", "
        + trained;
  }

  /**
   * Writes the network as an ONNX model to a file of any Hadoop file system, for ONNX Runtime: input
   * {@code features}, outputs {@code prediction}, {@code rawPrediction} and {@code probability}, all
   * float64; {@code thresholds} are in it where they are set. Needs org.tribuo:tribuo-util-onnx on
   * the class path.
   *
   * @throws IllegalArgumentException where the path exists or the network takes more than 2 GB
   * @throws IllegalStateException where tribuo-util-onnx is missing, and on Spark 3.5
   */
  @Override
  public void toOnnx(String path) {
    if (calibration().filter(known -> !known.probabilities().isEmpty()).isPresent()) {
      throw new IllegalArgumentException(
          "probabilityCalibration is 'isotonic', and ONNX has no map of probabilities: train without it,"
              + " or calibrate what ONNX Runtime gives");
    }
    Optional<double[]> chosen =
        isDefined(thresholds()) ? Optional.of(getThresholds()) : Optional.empty();
    WholeFile.of(path).write(out -> OnnxExport.writeClassification(network(), chosen, out));
  }

  @Override
  public MLWriter write() {
    return new ModelWriter(this);
  }

  /** A reader of saved models. */
  public static MLReader<ConvexReLUClassificationModel> read() {
    return new ModelReader<>(
        ConvexReLUClassificationModel.class,
        ConvexReLUClassificationModel::new,
        (model, calibration, storage) -> restored(model, calibration));
  }

  /** Loads what {@code save} wrote. */
  public static ConvexReLUClassificationModel load(String path) {
    return read().load(path);
  }
}
