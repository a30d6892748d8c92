package org.convexnn.ml.score;

import java.util.Optional;
import org.apache.spark.ml.linalg.Vector;
import org.convexnn.network.Marginals;
import org.convexnn.network.Network;

/** Stands for the network in a model that was made without one. */
public record NoNetwork() implements Scorer {

  @Override
  public Network network() {
    throw new IllegalStateException(
        "this model holds no network: its constructor without arguments is for Java's ServiceLoader"
            + " alone; fit an estimator, or load a model");
  }

  @Override
  public double[] score(Vector features) {
    return new double[network().outputs()];
  }

  @Override
  public Optional<Marginals> marginals() {
    return Optional.empty();
  }

  @Override
  public double[][][] contributions(Vector[] rows) {
    return new double[network().outputs()][][];
  }
}
