package org.convexnn.path;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.convexnn.linalg.CounterRandom;

/**
 * How a sub-network of three layers is active on n rows: the patterns D_1j of its m_1 neurons, the
 * signs I_j of the weights above them, and the pattern D_2 of its one neuron in the second layer
 * (theory.md 3.2).
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
   * The patterns of sub-networks with Gaussian weights, each once whatever the order of its neurons,
   * in the order in which they came; those that no row activates are left out (theory.md 3.9).
   * Sub-network i is drawn from stream i of the seed. Their number grows like n^(2 d m_1), so that
   * only of a few rows all are found.
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
    int n = x.length / features;
    Map<String, PathPattern> found = new LinkedHashMap<>();
    for (int i = 0; i < draws; i++) {
      PathPattern pattern = draw(new CounterRandom(seed, i), features, x, n, width);
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

  private static PathPattern draw(
      CounterRandom random, int features, double[] x, int n, int width) {
    List<Neuron> neurons = new ArrayList<>();
    double[] h = new double[n];
    for (int j = 0; j < width; j++) {
      double[] g = new double[features];
      Arrays.setAll(g, k -> random.nextGaussian());
      double weight = random.nextGaussian();
      boolean[] active = new boolean[n];
      for (int r = 0; r < n; r++) {
        double score = 0;
        for (int k = 0; k < features; k++) {
          score += x[r * features + k] * g[k];
        }
        active[r] = score >= 0;
        h[r] += weight * Math.max(score, 0);
      }
      neurons.add(new Neuron(active, weight >= 0));
    }
    neurons.sort(Comparator.comparing(Neuron::key));
    boolean[] second = new boolean[n];
    boolean[] positive = new boolean[width];
    for (int r = 0; r < n; r++) {
      second[r] = h[r] >= 0;
    }
    for (int j = 0; j < width; j++) {
      positive[j] = neurons.get(j).positive();
    }
    return new PathPattern(
        neurons.stream().map(Neuron::active).toArray(boolean[][]::new), positive, second);
  }

  private String key() {
    StringBuilder key = new StringBuilder(new Neuron(second, true).key());
    for (int j = 0; j < first.length; j++) {
      key.append(new Neuron(first[j], positive[j]).key());
    }
    return key.toString();
  }
}
