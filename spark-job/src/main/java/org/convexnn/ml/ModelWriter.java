package org.convexnn.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.spark.ml.util.MLWriter;
import org.convexnn.ml.io.CertificateJson;
import org.convexnn.ml.io.LocalStorage;
import org.convexnn.ml.io.MarginalsTable;
import org.convexnn.ml.io.NetworkTables;
import org.convexnn.ml.io.SavedMetadata;
import org.convexnn.ml.io.SparkStorage;
import org.convexnn.ml.io.Storage;
import org.convexnn.solver.Certificate;

/** Writes a model: Params, provenance, objective and certificate as metadata, the network as tables. */
final class ModelWriter extends MLWriter {

  private final ConvexReLUModel<?> model;

  ModelWriter(ConvexReLUModel<?> model) {
    this.model = model;
  }

  @Override
  public void saveImpl(String path) {
    sealed(new SparkStorage(sparkSession(), path));
  }

  /** Writes to the driver's own disk; called by Spark Connect's server (4.1). */
  @Override
  public void saveToLocal(String path) {
    sealed(new LocalStorage(sparkSession(), path));
  }

  private void sealed(Storage storage) {
    write(model, storage);
    storage.seal();
  }

  private static void write(ConvexReLUModel<?> model, Storage storage) {
    Certificate certificate = model.certificate();
    ObjectNode extra = SavedMetadata.object();
    model.calibration().ifPresent(c -> extra.set("calibration", SavedMetadata.json(c)));
    model.provenance().ifPresent(p -> extra.set("provenance", SavedMetadata.json(p)));
    ObjectNode objective = extra.putObject("objective");
    objective
        .put("beta", certificate.beta())
        .put("groupNorm", model.getGroupNorm())
        .put("perClassGroups", model.getPerClassGroups())
        .put("activation", model.getActivation())
        .put("fitIntercept", model.getFitIntercept())
        .put("linearSkip", model.getLinearSkip());
    // Set by training.
    if (model.isDefined(model.skipRidge())) {
      objective.put("skipRidge", model.getSkipRidge());
    }
    extra.set("certificate", CertificateJson.encode(certificate));
    SavedMetadata.write(storage, model, Library.version(), extra);
    NetworkTables.write(storage, model.network());
    model.marginals().ifPresent(marginals -> MarginalsTable.write(storage, marginals));
    if (model instanceof ConvexReLURegressionModel regression) {
      regression
          .intervals()
          .ifPresent(
              models ->
                  models
                      .byFolder()
                      .forEach((folder, other) -> write(other, storage.below(folder))));
    }
  }
}
