package org.convexnn.ml.score;

import java.io.Serializable;
import java.util.Optional;
import org.apache.spark.ml.linalg.Vector;
import org.convexnn.network.Marginals;
import org.convexnn.network.Network;

/** Evaluates a network on MLlib's vectors, on any number of threads; shipped with a model. */
public interface Scorer extends Serializable {

  /** The network. */
  Network network();

  /**
   * The network's outputs for a features vector, dense or sparse, of finite numbers.
   *
   * @throws IllegalArgumentException when the vector has another size than the training data
   */
  double[] score(Vector features);

  /** The marginals of training rows that contributions are measured against, where they are known. */
  Optional<Marginals> marginals();

  /**
   * What each feature adds to each output, {@link org.convexnn.network.explain.Contributions}, of some rows.
   *
   * @throws IllegalArgumentException when a vector has another size than the training data
   */
  double[][][] contributions(Vector[] rows);
}
