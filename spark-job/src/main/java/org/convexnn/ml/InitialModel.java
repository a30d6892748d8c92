package org.convexnn.ml;

import org.apache.spark.ml.param.ParamMap;
import org.convexnn.network.Network;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.WarmStart;

/**
 * The model that a fit starts from.
 *
 * @param network its network
 * @param certificate its certificate, which knows its beta and tolerance
 */
record InitialModel(Network network, Certificate certificate) {

  /** Whether there is a neuron to go on from; a linear model has none. */
  boolean hasGates() {
    return network.gates().size() > 0;
  }

  WarmStart start() {
    return new WarmStart(network);
  }

  /** The estimator's Params; with the model's beta and tolerance where none is set. */
  ConvexReLUParams completed(ConvexReLUParams estimator) {
    if (estimator.isDefined(estimator.regParam()) || estimator.isDefined(estimator.regRatio())) {
      return estimator;
    }
    ParamMap extra = new ParamMap().put(estimator.regParam().w(certificate.beta()));
    if (!estimator.isDefined(estimator.tol())) {
      extra.put(estimator.tol().w(certificate.tol()));
    }
    return (ConvexReLUParams) estimator.copy(extra);
  }
}
