package org.convexnn.job;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.convexnn.network.Network;
import org.convexnn.network.Tree;
import org.convexnn.network.WeightLayout;

/**
 * What the weights of a network say, in units of the features' standard deviations where they were
 * normalised.
 *
 * @param neurons the active ones, the largest first
 * @param features for each feature j the norm of all weights on it: {@code sqrt(sum over the linear
 *     part and neurons i, and outputs, of v_ij^2)}, v_i = M'u_i; of constant leaves, those on the way
 *     to which j is tested
 */
record NetworkWeights(List<Neuron> neurons, double[] features) {

  /**
   * A neuron.
   *
   * @param gate which one it is
   * @param norm ||u_i||, its bias and all outputs in it
   */
  record Neuron(String gate, double norm) {}

  static NetworkWeights of(Network network) {
    List<String> names = gates(network);
    List<Neuron> neurons = new ArrayList<>();
    int k = network.map().dimension();
    double[] squares = new double[network.features()];
    for (int block = 0; block <= network.gates().wide(); block++) {
      double norm = 0;
      for (int c = 0; c < network.outputs(); c++) {
        int from = (block * network.outputs() + c) * (k + 1);
        double[] u = Arrays.copyOfRange(network.weights(), from, from + k + 1);
        double square = Arrays.stream(u).map(w -> w * w).sum();
        if (square > 0) {
          norm += square;
          addSquares(network.map().multiplyTransposed(Arrays.copyOf(u, k)), squares);
        }
      }
      if (block > 0 && norm > 0) {
        neurons.add(new Neuron(names.get(block - 1), Math.sqrt(norm)));
      }
    }
    addLeaves(network, names, neurons, squares);
    neurons.sort(Comparator.comparingDouble(Neuron::norm).reversed());
    return new NetworkWeights(
        List.copyOf(neurons), Arrays.stream(squares).map(Math::sqrt).toArray());
  }

  /** Constant leaves: a leaf's weights count for the columns that are tested on the way to it. */
  private static void addLeaves(
      Network network, List<String> names, List<Neuron> neurons, double[] squares) {
    if (!network.gates().forest().narrow()) {
      return;
    }
    WeightLayout layout = network.layout();
    int leaf = layout.wide();
    for (Tree tree : network.gates().trees()) {
      int[][] paths = tree.paths();
      for (int l = 0; l < tree.leaves(); l++, leaf++) {
        double square = 0;
        for (int k = layout.start(leaf); k < layout.start(leaf + 1); k++) {
          square += network.weights()[k] * network.weights()[k];
        }
        for (int column : paths[l]) {
          squares[column] += square;
        }
        if (square > 0) {
          neurons.add(new Neuron(names.get(leaf), Math.sqrt(square)));
        }
      }
    }
  }

  private static void addSquares(double[] v, double[] sums) {
    for (int j = 0; j < sums.length; j++) {
      sums[j] += v[j] * v[j];
    }
  }

  private static List<String> gates(Network network) {
    List<String> names = new ArrayList<>();
    for (int p = 1; p <= network.gates().halfSpaces().size(); p++) {
      names.add("half-space " + p);
    }
    for (int s = 1; s <= network.gates().subNetworks().size(); s++) {
      for (int path = 1; path <= network.gates().gatesPerGroup(); path++) {
        names.add("sub-network " + s + ", path " + path);
      }
    }
    int number = 1;
    for (Tree tree : network.gates().trees()) {
      for (int leaf = 1; leaf <= tree.leaves(); leaf++) {
        names.add("tree " + number + ", leaf " + leaf);
      }
      number++;
    }
    return names;
  }
}
