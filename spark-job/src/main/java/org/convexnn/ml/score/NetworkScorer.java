package org.convexnn.ml.score;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.util.Arrays;
import java.util.Optional;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.convexnn.block.Features;
import org.convexnn.network.Marginals;
import org.convexnn.network.Network;
import org.convexnn.network.explain.Contributions;

/** Evaluates a network on MLlib's vectors, on any number of threads. */
public final class NetworkScorer implements Scorer {

  private static final long serialVersionUID = 1L;

  private final Network network;
  // Null = not known.
  private final Marginals marginals;

  // An evaluator has scratch memory and serves one thread; folding the weights is worth keeping.
  private transient ThreadLocal<Network.Evaluator> evaluators;

  // Compiled when first asked for.
  private transient Contributions contributions;

  public NetworkScorer(Network network, Optional<Marginals> marginals) {
    this.network = network;
    this.marginals = marginals.orElse(null);
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
  public Optional<Marginals> marginals() {
    return Optional.ofNullable(marginals);
  }

  @Override
  public double[][][] contributions(Vector[] rows) {
    Arrays.stream(rows).forEach(this::checkSize);
    return compiled().of(Arrays.stream(rows).map(Vector::toArray).toArray(double[][]::new));
  }

  private synchronized Contributions compiled() {
    if (contributions == null) {
      contributions = Contributions.of(network, marginals);
    }
    return contributions;
  }

  private void checkSize(Vector features) {
    if (features.size() != network.features()) {
      throw new IllegalArgumentException(
          "a features vector has "
              + features.size()
              + " entries, the model was trained on "
              + network.features()
              + ": use the same feature columns as in training");
    }
  }

  @Override
  public double[] score(Vector features) {
    checkSize(features);
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
