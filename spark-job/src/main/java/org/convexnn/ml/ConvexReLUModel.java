package org.convexnn.ml;

import java.nio.file.Path;
import java.util.Optional;
import org.apache.spark.ml.util.HasTrainingSummary;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convexnn.ml.io.TrainingFile;
import org.convexnn.network.Marginals;
import org.convexnn.network.Network;
import org.convexnn.solver.Certificate;

/**
 * A trained network with its certificate. A model that {@code fit} returned has a training summary, and
 * so have its copies; it is not saved.
 *
 * @param <S> the training summary
 */
public interface ConvexReLUModel<S extends ConvexReLUTrainingSummary>
    extends ConvexReLUParams, HasTrainingSummary<S> {

  /** The trained network, without the gates that training switched off. */
  Network network();

  /**
   * How the columns of a sample of the training rows are distributed, which contributions are measured
   * against; empty of models from sums or by earlier versions.
   */
  Optional<Marginals> marginals();

  /**
   * The rows with what each feature adds to their outputs.
   *
   * @throws IllegalStateException where the model knows no {@link #marginals}
   */
  Dataset<Row> contributions(Dataset<?> dataset);

  /**
   * How good the network is: bounds, gap and why training stopped.
   *
   * @throws IllegalStateException on a copy that Java serialisation sent to an executor
   */
  Certificate certificate();

  /**
   * What the certificate compares the network with where {@code monotoneConstraints} are set: {@code
   * networks with these gates that are monotone in age (+)}; empty where they are not.
   */
  default Optional<String> bestAmong() {
    return Optional.of(Constraints.of(this).directions())
        .filter(directions -> !directions.isEmpty())
        .map(directions -> "networks with these gates that are monotone in " + directions);
  }

  /**
   * What rows that the network was not trained on say of its errors, which intervals, sets of classes and
   * calibrated probabilities are made of; empty of a model that is not calibrated.
   */
  Optional<Calibration> calibration();

  /**
   * Writes the network as an ONNX model to a file of any Hadoop file system, for ONNX Runtime. Needs
   * org.tribuo:tribuo-util-onnx on the class path.
   *
   * @throws IllegalArgumentException where the path exists or the network takes more than 2 GB
   * @throws IllegalStateException where tribuo-util-onnx is missing, and on Spark 3.5
   */
  void toOnnx(String path);

  /** Where the model comes from; empty of one saved by a version that did not tell. */
  Optional<Provenance> provenance();

  /**
   * How the model was trained, and how it does on the rows it was trained on.
   *
   * @throws IllegalStateException when the model has no summary
   */
  @Override
  default S summary() {
    if (!hasSummary()) {
      throw new IllegalStateException(
          uid()
              + " has no training summary: a saved model is loaded without one; hasSummary() tells,"
              + " certificate() is there always, evaluate(dataset) gives the metrics");
    }
    return trainingSummary().get();
  }

  /**
   * Writes what the training told to a file on the driver's own disk; called by Spark Connect's server
   * (4.1), which keeps models there while it does not need them.
   */
  @Override
  default void saveSummary(String path) {
    TrainingFile.write(Path.of(path), summary().training());
  }
}
