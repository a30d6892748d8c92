package org.convexnn.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.spark.ml.util.MLWriter;
import org.convexnn.network.Network;
import org.convexnn.solver.Certificate;

/** Writes a model: Params, objective and certificate as metadata, the network as tables. */
final class ModelWriter extends MLWriter {

  private final ConvexReLUParams model;
  private final Network network;
  private final Certificate certificate;

  ModelWriter(ConvexReLUParams model, Network network, Certificate certificate) {
    this.model = model;
    this.network = network;
    this.certificate = certificate;
  }

  @Override
  public void saveImpl(String path) {
    ObjectNode extra = SavedMetadata.object();
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
    SavedMetadata.write(sparkSession(), path, model, extra);
    NetworkTables.write(sparkSession(), path, network);
  }
}
