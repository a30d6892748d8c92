package org.convexnn.ml;

import java.util.Optional;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLReader;
import org.convexnn.network.Marginals;
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
    M create(
        String uid,
        Network network,
        Optional<Marginals> marginals,
        Certificate certificate,
        Optional<Provenance> provenance);
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
    return read(new SparkStorage(sparkSession(), path));
  }

  /** Reads from the driver's own disk; called by Spark Connect's server (4.1). */
  @Override
  public M loadFromLocal(String path) {
    return read(new LocalStorage(sparkSession(), path));
  }

  private M read(Storage storage) {
    storage.check();
    SavedMetadata metadata = SavedMetadata.read(storage, type);
    Certificate certificate = CertificateJson.decode(metadata);
    Optional<Provenance> provenance = metadata.optional("provenance", Provenance.class);
    Network network = NetworkTables.read(storage);
    Optional<Marginals> marginals = MarginalsTable.read(storage, network);
    M model = create.create(metadata.uid(), network, marginals, certificate, provenance);
    metadata.apply(model);
    return model;
  }
}
