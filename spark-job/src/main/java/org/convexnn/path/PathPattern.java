package org.convexnn.path;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.SubNetwork;

/**
 * How a sub-network of three layers is active on n rows: the patterns D_1j of its m_1 neurons, the
 * signs I_j of the weights above them, and the pattern D_2 of its one neuron in the second layer
 * (docs/theory/depth.md#three-layers).
 *
 * @param first d_1j by neuron and row
 * @param positive whether I_j is +1, by neuron
 * @param second d_2 by row
 */
public record PathPattern(boolean[][] first, boolean[] positive, boolean[] second) {

  /** m_1. */
  public int width() {
    return first.length;
  }

  /** Whether a path through the sub-network is active on a row. */
  boolean active() {
    for (boolean[] neuron : first) {
      for (int r = 0; r < second.length; r++) {
        if (neuron[r] && second[r]) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * The pattern of a sub-network of three layers.
   *
   * @param x rows, n x d row-major
   */
  public static PathPattern of(SubNetwork subNetwork, double[] x) {
    HalfSpaces neurons = subNetwork.neurons();
    int m = neurons.size();
    int d = neurons.features();
    if (subNetwork.widths().length != 1) {
      throw new IllegalArgumentException(
          "a sub-network of widths "
              + Arrays.toString(subNetwork.widths())
              + "; these are patterns of three layers, one width");
    }
    int n = x.length / d;
    boolean[][] first = new boolean[m][n];
    boolean[] second = new boolean[n];
    double[] transposed = neurons.transposed();
    double[] scores = new double[m];
    for (int r = 0; r < n; r++) {
      neurons.scores(transposed, Arrays.copyOfRange(x, r * d, (r + 1) * d), scores);
      double h = 0;
      for (int j = 0; j < m; j++) {
        first[j][r] = neurons.active(j, scores[j]);
        h += first[j][r] ? subNetwork.weights()[j] * (scores[j] - neurons.thresholds()[j]) : 0;
      }
      second[r] = h >= 0;
    }
    boolean[] positive = new boolean[m];
    for (int j = 0; j < m; j++) {
      positive[j] = subNetwork.weights()[j] >= 0;
    }
    return new PathPattern(first, positive, second);
  }

  /**
   * The patterns of sub-networks with Gaussian weights, each once whatever the order of its neurons,
   * in the order in which they came; those that no row activates are left out
   * (docs/theory/depth.md#drawing-sub-networks). Sub-network i is drawn from stream i of the seed.
   * Their number grows like n^(2 d m_1), so that only of a few rows all are found.
   *
   * @param features d
   * @param x n x d row-major
   * @param width m_1, positive
   * @param draws how many sub-networks are drawn, positive
   * @throws IllegalArgumentException where a number is out of its range
   */
  public static List<PathPattern> sample(
      int features, double[] x, int width, int draws, long seed) {
    positive("width", width);
    positive("draws", draws);
    if (features < 1 || x.length == 0 || x.length % features != 0) {
      throw new IllegalArgumentException(
          "x has " + x.length + " numbers; it must have n rows of " + features);
    }
    Map<String, PathPattern> found = new LinkedHashMap<>();
    for (int i = 0; i < draws; i++) {
      PathPattern pattern = of(draw(new CounterRandom(seed, i), features, width), x).sorted();
      if (pattern.active()) {
        found.putIfAbsent(pattern.key(), pattern);
      }
    }
    return List.copyOf(found.values());
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + "; it must be a positive integer");
    }
  }

  private record Neuron(boolean[] active, boolean positive) {
    String key() {
      StringBuilder key = new StringBuilder(positive ? "+" : "-");
      for (boolean a : active) {
        key.append(a ? '1' : '0');
      }
      return key.toString();
    }
  }

  /** Gaussian weights in both layers. */
  private static SubNetwork draw(CounterRandom random, int features, int width) {
    double[] directions = new double[width * features];
    double[] weights = new double[width];
    for (int j = 0; j < width; j++) {
      for (int i = 0; i < features; i++) {
        directions[j * features + i] = random.nextGaussian();
      }
      weights[j] = random.nextGaussian();
    }
    HalfSpaces neurons = new HalfSpaces(features, directions, new double[width], new double[width]);
    return new SubNetwork(new int[] {width}, neurons, weights);
  }

  /** This pattern with its neurons sorted by their keys, so that equal patterns are equal. */
  private PathPattern sorted() {
    List<Neuron> neurons =
        IntStream.range(0, width())
            .mapToObj(j -> new Neuron(first[j], positive[j]))
            .sorted(Comparator.comparing(Neuron::key))
            .toList();
    boolean[] signs = new boolean[width()];
    for (int j = 0; j < signs.length; j++) {
      signs[j] = neurons.get(j).positive();
    }
    return new PathPattern(
        neurons.stream().map(Neuron::active).toArray(boolean[][]::new), signs, second);
  }

  private String key() {
    StringBuilder key = new StringBuilder(new Neuron(second, true).key());
    for (int j = 0; j < first.length; j++) {
      key.append(new Neuron(first[j], positive[j]).key());
    }
    return key.toString();
  }
}
