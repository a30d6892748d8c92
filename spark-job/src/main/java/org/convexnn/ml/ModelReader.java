package org.convexnn.ml;

import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLReader;
import org.convexnn.network.Network;
import org.convexnn.solver.Certificate;

/**
 * Reads a model.
 *
 * @param <M> its class
 */
final class ModelReader<M extends Params> extends MLReader<M> {

  /**
   * A model's constructor.
   *
   * @param <M> the model
   */
  interface Create<M> {
    /** A model with these parts and default Params. */
    M create(String uid, Network network, Certificate certificate);
  }

  private final Class<M> type;
  private final Create<M> create;

  /** A reader of this class. */
  ModelReader(Class<M> type, Create<M> create) {
    this.type = type;
    this.create = create;
  }

  @Override
  public M load(String path) {
    SavedMetadata metadata = SavedMetadata.read(sparkSession(), path, type);
    Certificate certificate = CertificateJson.decode(metadata);
    Network network = NetworkTables.read(sparkSession(), path);
    M model = create.create(metadata.uid(), network, certificate);
    metadata.apply(model);
    return model;
  }
}
