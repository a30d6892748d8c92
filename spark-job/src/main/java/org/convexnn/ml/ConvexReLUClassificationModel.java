package org.convexnn.ml;

import java.util.Optional;
import org.apache.spark.ml.classification.ProbabilisticClassificationModel;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convexnn.export.OnnxExport;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.SoftmaxLoss;
import org.convexnn.network.Network;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.TrainingResult;
import scala.Tuple3;

/**
 * A ReLU network f for classification. Of two classes it has one output, in log-odds of class 1: the
 * raw prediction is [-f, f], the probability [sigmoid(-f), sigmoid(f)]. Of C > 2 classes it has C
 * outputs, log-probabilities up to a common constant: the raw prediction is f, the probability
 * softmax(f).
 */
public final class ConvexReLUClassificationModel
    extends ProbabilisticClassificationModel<Vector, ConvexReLUClassificationModel>
    implements ConvexReLUParams, MLWritable {

  private static final long serialVersionUID = 1L;

  private final String uid;
  private final ParamSet params;
  private final Scorer scorer;
  // Kept from executors: the model is shipped with every transform.
  private final Certificate certificate;
  private transient ConvexReLUTrainingSummary summary;

  ConvexReLUClassificationModel(String uid, Network network, Certificate certificate) {
    this(PendingUid.claim(uid), new NetworkScorer(network), certificate);
  }

  private ConvexReLUClassificationModel(
      PendingUid pending, Scorer scorer, Certificate certificate) {
    super();
    this.uid = pending.release();
    this.params = new ParamSet(this);
    params.setDefaults(this);
    this.scorer = scorer;
    this.certificate = certificate;
  }

  @Override
  public String uid() {
    return uid != null ? uid : PendingUid.current();
  }

  @Override
  public ParamSet paramSet() {
    return params;
  }

  /** The trained network, without the gates that training switched off. */
  public Network network() {
    return scorer.network();
  }

  /**
   * How good the network is: bounds, gap and why training stopped.
   *
   * @throws IllegalStateException on a copy that Java serialisation sent to an executor
   */
  public Certificate certificate() {
    return Optional.ofNullable(certificate)
        .orElseThrow(
            () -> new IllegalStateException("this copy of the model travels without certificate"));
  }

  /** Whether this model was trained in this session: loaded models have no summary. */
  public boolean hasSummary() {
    return summary != null;
  }

  /**
   * How the model was trained.
   *
   * @throws IllegalStateException when the model has no summary
   */
  public ConvexReLUTrainingSummary summary() {
    return Optional.ofNullable(summary)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    uid + " has no training summary: summaries are not saved; ask hasSummary()"));
  }

  /** Takes what its training tells: the summary, and the ridge that may have been automatic. */
  void trained(TrainingResult result) {
    summary = ConvexReLUTrainingSummary.of(result);
    set(skipRidge(), result.skipRidge());
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

  /** The outputs f; of two classes [-f, f], f in log-odds of class 1. */
  @Override
  public Vector predictRaw(Vector features) {
    double[] f = scorer.score(features);
    return binary() ? Vectors.dense(-f[0], f[0]) : Vectors.dense(f);
  }

  /** Overwrites f by softmax(f); of two classes [-f, f] by [sigmoid(-f), sigmoid(f)]. */
  @Override
  public Vector raw2probabilityInPlace(Vector raw) {
    double[] v = ((DenseVector) raw).values();
    if (binary()) {
      v[0] = LogisticLoss.sigmoid(v[0]);
      v[1] = LogisticLoss.sigmoid(v[1]);
    } else {
      SoftmaxLoss.softmax(v, 0, v.length);
    }
    return raw;
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

  /** Adds the columns that have names; a large network is broadcast. */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    return copy(new ParamMap(), SharedScorer.of(scorer, dataset)).transformWithThis(dataset);
  }

  private Dataset<Row> transformWithThis(Dataset<?> dataset) {
    return super.transform(dataset);
  }

  @Override
  public ConvexReLUClassificationModel copy(ParamMap extra) {
    return copy(extra, scorer);
  }

  private ConvexReLUClassificationModel copy(ParamMap extra, Scorer by) {
    ConvexReLUClassificationModel copy =
        new ConvexReLUClassificationModel(PendingUid.claim(uid()), by, certificate);
    copy.summary = summary;
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
        + ", activeNeurons="
        + network().activeGroups()
        + Optional.ofNullable(certificate).map(c -> ", certificate: " + c).orElse("");
  }

  /**
   * Writes the network as an ONNX model to a file of any Hadoop file system, for ONNX Runtime: input
   * {@code features}, outputs {@code prediction}, {@code rawPrediction} and {@code probability}, all
   * float64; {@code thresholds} are in it where they are set. Needs org.tribuo:tribuo-util-onnx on
   * the class path.
   *
   * @throws IllegalArgumentException where the path exists or the network takes more than 2 GB
   * @throws IllegalStateException where tribuo-util-onnx is missing
   */
  public void toOnnx(String path) {
    Optional<double[]> chosen =
        isDefined(thresholds()) ? Optional.of(getThresholds()) : Optional.empty();
    WholeFile.of(path).write(out -> OnnxExport.writeClassification(network(), chosen, out));
  }

  @Override
  public MLWriter write() {
    return new ModelWriter(this, network(), certificate());
  }

  /** A reader of saved models. */
  public static MLReader<ConvexReLUClassificationModel> read() {
    return new ModelReader<>(
        ConvexReLUClassificationModel.class, ConvexReLUClassificationModel::new);
  }

  /** Loads what {@code save} wrote. */
  public static ConvexReLUClassificationModel load(String path) {
    return read().load(path);
  }
}
