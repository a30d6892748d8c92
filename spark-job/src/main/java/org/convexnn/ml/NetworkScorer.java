package org.convexnn.ml;

import java.io.IOException;
import java.io.ObjectInputStream;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.convexnn.block.Features;
import org.convexnn.network.Network;

/** Evaluates a network on MLlib's vectors, on any number of threads. */
final class NetworkScorer implements Scorer {

  private static final long serialVersionUID = 1L;

  private final Network network;

  // An evaluator has scratch memory and serves one thread; folding the weights is worth keeping.
  private transient ThreadLocal<Network.Evaluator> evaluators;

  NetworkScorer(Network network) {
    this.network = network;
    this.evaluators = ThreadLocal.withInitial(network::evaluator);
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    evaluators = ThreadLocal.withInitial(network::evaluator);
  }

  @Override
  public Network network() {
    return network;
  }

  @Override
  public double[] score(Vector features) {
    if (features.size() != network.features()) {
      throw new IllegalArgumentException(
          "a features vector has "
              + features.size()
              + " entries, the model was trained on "
              + network.features()
              + ": use the same feature columns as in training");
    }
    double[] outputs = new double[network.outputs()];
    Network.Evaluator evaluator = evaluators.get();
    // By its zeros and not by its type, so that a sparse vector gets the bits of a dense one.
    if (features.numNonzeros() < Features.SPARSE_BELOW * features.size()) {
      SparseVector sparse = features.toSparse();
      evaluator.evaluate(sparse.indices(), sparse.values(), outputs);
    } else {
      double[] x = features instanceof DenseVector dense ? dense.values() : features.toArray();
      evaluator.evaluate(x, outputs);
    }
    return outputs;
  }
}
