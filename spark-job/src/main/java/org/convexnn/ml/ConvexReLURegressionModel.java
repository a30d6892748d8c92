package org.convexnn.ml;

import java.util.Optional;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.RegressionModel;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convexnn.export.OnnxExport;
import org.convexnn.network.Network;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.TrainingResult;

/**
 * A ReLU network f for regression: the prediction is f(x), in label units.
 */
public final class ConvexReLURegressionModel
    extends RegressionModel<Vector, ConvexReLURegressionModel>
    implements ConvexReLUParams, MLWritable {

  private static final long serialVersionUID = 1L;

  private final String uid;
  private final ParamSet params;
  private final Scorer scorer;
  // Kept from executors: the model is shipped with every transform.
  private final Certificate certificate;
  private transient ConvexReLUTrainingSummary summary;

  ConvexReLURegressionModel(String uid, Network network, Certificate certificate) {
    this(PendingUid.claim(uid), new NetworkScorer(network), certificate);
  }

  private ConvexReLURegressionModel(PendingUid pending, Scorer scorer, Certificate certificate) {
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

  /** f(x), in label units. */
  @Override
  public double predict(Vector features) {
    return scorer.score(features)[0];
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
  public ConvexReLURegressionModel copy(ParamMap extra) {
    return copy(extra, scorer);
  }

  private ConvexReLURegressionModel copy(ParamMap extra, Scorer by) {
    ConvexReLURegressionModel copy =
        new ConvexReLURegressionModel(PendingUid.claim(uid()), by, certificate);
    copy.summary = summary;
    return copyValues(copy, extra).setParent(parent());
  }

  /** Sizes and certificate. */
  @Override
  public String toString() {
    return "ConvexReLURegressionModel: uid="
        + uid
        + ", numFeatures="
        + numFeatures()
        + ", activeNeurons="
        + network().activeGroups()
        + Optional.ofNullable(certificate).map(c -> ", certificate: " + c).orElse("");
  }

  /**
   * Writes the network as an ONNX model to a file of any Hadoop file system, for ONNX Runtime: input
   * {@code features}, output {@code prediction} in label units, all float64. Needs
   * org.tribuo:tribuo-util-onnx on the class path.
   *
   * @throws IllegalArgumentException where the path exists or the network takes more than 2 GB
   * @throws IllegalStateException where tribuo-util-onnx is missing
   */
  public void toOnnx(String path) {
    WholeFile.of(path).write(out -> OnnxExport.writeRegression(network(), out));
  }

  @Override
  public MLWriter write() {
    return new ModelWriter(this, network(), certificate());
  }

  /** A reader of saved models. */
  public static MLReader<ConvexReLURegressionModel> read() {
    return new ModelReader<>(ConvexReLURegressionModel.class, ConvexReLURegressionModel::new);
  }

  /** Loads what {@code save} wrote. */
  public static ConvexReLURegressionModel load(String path) {
    return read().load(path);
  }
}
