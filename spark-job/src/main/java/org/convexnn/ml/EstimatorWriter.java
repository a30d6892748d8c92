package org.convexnn.ml;

import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLWriter;

/** Writes an estimator: its Params. */
final class EstimatorWriter extends MLWriter {

  private final Params estimator;

  EstimatorWriter(Params estimator) {
    this.estimator = estimator;
  }

  @Override
  public void saveImpl(String path) {
    SavedMetadata.write(new SparkStorage(sparkSession(), path), estimator, SavedMetadata.object());
  }
}
