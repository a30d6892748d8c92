package org.convexnn.ml;

import java.util.Optional;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.convexnn.loss.RegressionLoss;
import org.convexnn.network.Network;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.fit.WarmStart;

/**
 * The model that a fit starts from: the one at the path that Param {@code initialModel} is, else one
 * in memory that the estimator was given.
 *
 * @param network its network
 * @param certificate its certificate, which knows its beta and tolerance
 */
record InitialModel(Network network, Certificate certificate) {

  /** The estimator, which now goes on from a model in memory; a path that was set is unset. */
  static <E extends ConvexReLUTraining<?>> E give(E estimator, ConvexReLUModel<?> model) {
    estimator.clear(estimator.initialModel());
    estimator.paramSet().modelInMemory = model;
    return estimator;
  }

  /** A copy of an estimator, which now goes on from the same model in memory. */
  static <E extends ConvexReLUParams> E handOn(E estimator, E copy) {
    copy.paramSet().modelInMemory = estimator.paramSet().modelInMemory;
    return copy;
  }

  /** Whether the estimator has a model to start from. */
  static boolean isGivenTo(ConvexReLUParams estimator) {
    return inMemory(estimator).isPresent() || estimator.initialModelPath().isPresent();
  }

  /** The model that the estimator starts from, where it has one. */
  static Optional<InitialModel> of(
      ConvexReLUParams estimator, MLReader<? extends ConvexReLUModel<?>> reader) {
    return estimator
        .initialModelPath()
        .<ConvexReLUModel<?>>map(reader::load)
        .or(() -> inMemory(estimator))
        .map(model -> of(model, estimator));
  }

  private static InitialModel of(ConvexReLUModel<?> model, ConvexReLUParams estimator) {
    RegressionLoss loss = estimator.regressionLoss();
    String directions = Constraints.of(model).directions();
    if (!directions.isEmpty() && !directions.equals(Constraints.of(estimator).directions())) {
      throw new IllegalArgumentException(
          "initialModel was trained to be monotone in "
              + directions
              + ", monotoneConstraints is "
              + estimator.monotoneFeatures()
              + " now: set those of the model, or unset initialModel");
    }
    if (!model.regressionLoss().equals(loss)) {
      throw new IllegalArgumentException(
          "initialModel was trained with loss '"
              + model.regressionLoss()
              + "', loss is '"
              + loss
              + "' now: their outputs mean different things; train with the model's loss, or unset"
              + " initialModel");
    }
    return new InitialModel(model.network(), model.certificate());
  }

  private static Optional<ConvexReLUModel<?>> inMemory(ConvexReLUParams estimator) {
    return Optional.ofNullable(estimator.paramSet().modelInMemory);
  }

  /**
   * Refuses to save an estimator that goes on from a model in memory.
   *
   * @throws IllegalArgumentException with a remedy
   */
  static void checkSavable(ConvexReLUParams estimator) {
    if (inMemory(estimator).isPresent() && estimator.initialModelPath().isEmpty()) {
      throw new IllegalArgumentException(
          "initialModel is a model in memory, which is not saved with its estimator: save the model"
              + " and set its path by setInitialModel(path)");
    }
  }

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
    if (certificate.elasticNet() != 1 && !estimator.isDefined(estimator.elasticNetParam())) {
      extra.put(estimator.elasticNetParam().w(certificate.elasticNet()));
    }
    if (!estimator.isDefined(estimator.tol())) {
      extra.put(estimator.tol().w(certificate.tol()));
    }
    return (ConvexReLUParams) estimator.copy(extra);
  }
}
