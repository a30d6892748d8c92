package org.convexnn.ml;

import java.util.function.Function;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLReader;
import org.convexnn.ml.io.SavedMetadata;
import org.convexnn.ml.io.SparkStorage;

/**
 * Reads an estimator.
 *
 * @param <E> its class
 */
final class EstimatorReader<E extends Params> extends MLReader<E> {

  private final Class<E> type;
  private final Function<String, E> create;

  /** A reader of this class, whose instances are created from a uid. */
  EstimatorReader(Class<E> type, Function<String, E> create) {
    this.type = type;
    this.create = create;
  }

  @Override
  public E load(String path) {
    SavedMetadata metadata = SavedMetadata.read(new SparkStorage(sparkSession(), path), type);
    E estimator = create.apply(metadata.uid());
    metadata.apply(estimator);
    return estimator;
  }
}
