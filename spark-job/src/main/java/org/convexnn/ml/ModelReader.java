package org.convexnn.ml;

import java.util.Optional;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLReader;
import org.convexnn.ml.io.CertificateJson;
import org.convexnn.ml.io.LocalStorage;
import org.convexnn.ml.io.MarginalsTable;
import org.convexnn.ml.io.NetworkTables;
import org.convexnn.ml.io.SavedMetadata;
import org.convexnn.ml.io.SparkStorage;
import org.convexnn.ml.io.Storage;
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

  /**
   * Gives a model what was saved beside its network.
   *
   * @param <M> the model
   */
  interface Restore<M> {
    /** The model with its calibration, where there is one. */
    M restored(M model, Optional<Calibration> calibration, Storage storage);
  }

  private final Class<M> type;
  private final Create<M> create;
  private final Restore<M> restore;

  /** A reader of this class. */
  ModelReader(Class<M> type, Create<M> create, Restore<M> restore) {
    this.type = type;
    this.create = create;
    this.restore = restore;
  }

  @Override
  public M load(String path) {
    return checked(new SparkStorage(sparkSession(), path));
  }

  /** Reads from the driver's own disk; called by Spark Connect's server (4.1). */
  @Override
  public M loadFromLocal(String path) {
    return checked(new LocalStorage(sparkSession(), path));
  }

  private M checked(Storage storage) {
    storage.check();
    return read(storage);
  }

  /** Reads what is a part of something that has been checked. */
  M read(Storage storage) {
    SavedMetadata metadata = SavedMetadata.read(storage, type);
    Certificate certificate = CertificateJson.decode(metadata);
    Optional<Provenance> provenance = metadata.optional("provenance", Provenance.class);
    Network network = NetworkTables.read(storage);
    Optional<Marginals> marginals = MarginalsTable.read(storage, network);
    M model = create.create(metadata.uid(), network, marginals, certificate, provenance);
    metadata.apply(model);
    return restore.restored(model, metadata.optional("calibration", Calibration.class), storage);
  }
}
