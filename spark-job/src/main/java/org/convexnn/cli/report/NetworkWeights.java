package org.convexnn.cli.report;

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
 *     part and neurons i, and outputs, of v_ij^2)}, v_i = M'u_i; and of the biases of narrow leaves what
 *     the tests of j make of them, {@code n n' / (n + n') (mean - mean')^2} for a test with n and n'
 *     leaves on its sides (over all tests of a tree, the sum of squares about the leaves' mean)
 */
public record NetworkWeights(List<Neuron> neurons, double[] features) {

  /**
   * A neuron.
   *
   * @param gate which one it is
   * @param norm ||u_i||, its bias and all outputs in it
   */
  record Neuron(String gate, double norm) {}

  public static NetworkWeights of(Network network) {
    List<String> names = gates(network);
    List<Neuron> neurons = new ArrayList<>();
    int k = network.map().dimension();
    double[] squares = new double[network.map().features()];
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
    // An indicator tells of its column.
    int[] indicated = network.imputation().indicated();
    for (int i = 0; i < indicated.length; i++) {
      squares[indicated[i]] += squares[network.features() + i];
    }
    neurons.sort(Comparator.comparingDouble(Neuron::norm).reversed());
    return new NetworkWeights(
        List.copyOf(neurons),
        Arrays.stream(squares).limit(network.features()).map(Math::sqrt).toArray());
  }

  /** Narrow leaves: norms, weights on columns, and what tests make of the biases. */
  private static void addLeaves(
      Network network, List<String> names, List<Neuron> neurons, double[] squares) {
    if (!network.gates().forest().narrow()) {
      return;
    }
    WeightLayout layout = network.layout();
    int first = 0;
    for (Tree tree : network.gates().trees()) {
      double[][] biases = new double[tree.leaves()][];
      for (int l = 0; l < tree.leaves(); l++) {
        int leaf = first + l;
        int width = layout.narrowWidth(leaf);
        double[] u =
            Arrays.copyOfRange(network.weights(), layout.start()[leaf], layout.start()[leaf + 1]);
        double square = Arrays.stream(u).map(w -> w * w).sum();
        if (square > 0) {
          neurons.add(new Neuron(names.get(layout.wide() + leaf), Math.sqrt(square)));
        }
        biases[l] = new double[layout.narrowOutputs(leaf)];
        for (int k = 0; k < u.length; k++) {
          if (k % width == width - 1) {
            biases[l][k / width] = u[k];
          } else {
            squares[layout.columns()[leaf][k % width]] += u[k] * u[k];
          }
        }
      }
      if (tree.leaves() > 1) {
        addTest(tree, 0, biases, squares);
      }
      first += tree.leaves();
    }
  }

  /** How many leaves are below a place in a tree, and the sums of their biases by output. */
  private record Below(int leaves, double[] sums) {}

  /** Adds the spread between the two sides of a test, and of all tests below it, to its column's. */
  private static Below addTest(Tree tree, int at, double[][] biases, double[] squares) {
    if (at < 0) {
      return new Below(1, biases[~at]);
    }
    Below left = addTest(tree, tree.left()[at], biases, squares);
    Below right = addTest(tree, tree.right()[at], biases, squares);
    double[] sums = new double[left.sums.length];
    double weight = (double) left.leaves * right.leaves / (left.leaves + right.leaves);
    for (int k = 0; k < sums.length; k++) {
      double difference = left.sums[k] / left.leaves - right.sums[k] / right.leaves;
      squares[tree.feature()[at]] += weight * difference * difference;
      sums[k] = left.sums[k] + right.sums[k];
    }
    return new Below(left.leaves + right.leaves, sums);
  }

  private static void addSquares(double[] v, double[] sums) {
    for (int j = 0; j < v.length; j++) {
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
