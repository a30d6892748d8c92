package org.convexnn.ml;

import org.apache.spark.ml.util.MLWriter;
import org.convexnn.ml.io.SavedMetadata;
import org.convexnn.ml.io.SparkStorage;

/** Writes an estimator: its Params. */
final class EstimatorWriter extends MLWriter {

  private final ConvexReLUParams estimator;

  /**
   * A writer of this estimator.
   *
   * @throws IllegalArgumentException where training goes on from a model in memory
   */
  EstimatorWriter(ConvexReLUParams estimator) {
    InitialModel.checkSavable(estimator);
    this.estimator = estimator;
  }

  @Override
  public void saveImpl(String path) {
    SavedMetadata.write(
        new SparkStorage(sparkSession(), path),
        estimator,
        Library.version(),
        SavedMetadata.object());
  }
}
