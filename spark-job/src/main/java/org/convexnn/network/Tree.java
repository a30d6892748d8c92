package org.convexnn.network;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A binary tree of one-column tests; every row reaches exactly one leaf. The gate of a leaf is the
 * product of the indicators along its path: a composed activation pattern of a deeper network.
 *
 * <p>A node tests {@code x[feature] < threshold} or, of a column of categories, whether the bin
 * {@code x[feature]} is in a set ({@link CategoryBins} turns codes into bins). A value that is
 * missing (NaN) goes where {@code missingLeft} says.
 *
 * <p>A child that is negative is the leaf {@code ~child}. Node 0 is the root; a tree without nodes
 * has the single leaf 0.
 *
 * @param feature the column tested at each node
 * @param threshold left where {@code x[feature] < threshold}; without meaning at a test of a set
 * @param left the left child of each node
 * @param right the right child of each node
 * @param sets empty where no node tests a set; else for each node null (a threshold) or
 *     {@value #SET_WORDS} words, of which bit b is set where bin b goes left
 * @param missingLeft whether a missing value goes left, for each node
 */
public record Tree(
    int[] feature,
    double[] threshold,
    int[] left,
    int[] right,
    long[][] sets,
    boolean[] missingLeft)
    implements Serializable {

  /** The words of a set of bins, 64 bins a word. */
  public static final int SET_WORDS = 4;

  /** Checks that the arrays have one length. */
  public Tree {
    int nodes = feature.length;
    if (threshold.length != nodes
        || left.length != nodes
        || right.length != nodes
        || missingLeft.length != nodes
        || (sets.length != 0 && sets.length != nodes)) {
      throw new IllegalArgumentException("tree arrays of different lengths");
    }
    for (long[] set : sets) {
      if (set != null && set.length != SET_WORDS) {
        throw new IllegalArgumentException(
            "a set of " + set.length + " words; it has " + SET_WORDS);
      }
    }
  }

  /** A tree of thresholds alone, where missing values go right. */
  public Tree(int[] feature, double[] threshold, int[] left, int[] right) {
    this(feature, threshold, left, right, new long[0][], new boolean[feature.length]);
  }

  /** The number of leaves: nodes + 1. */
  public int leaves() {
    return feature.length + 1;
  }

  /**
   * The leaf, 0 .. leaves - 1, that a row reaches.
   *
   * @param x raw features, but bins in place of the codes of categories ({@link
   *     CategoryBins#apply}); NaN where missing
   */
  public int leaf(double[] x) {
    int at = feature.length == 0 ? ~0 : 0;
    while (at >= 0) {
      at = next(at, x);
    }
    return ~at;
  }

  /** The set that a node tests; null where it tests a threshold. */
  public long[] set(int node) {
    return sets.length == 0 ? null : sets[node];
  }

  private int next(int node, double[] x) {
    return goesLeft(node, x[feature[node]]) ? left[node] : right[node];
  }

  /** Whether a value of the column that a node tests goes left there. */
  public boolean goesLeft(int node, double value) {
    if (Double.isNaN(value)) {
      return missingLeft[node];
    }
    long[] set = set(node);
    return set == null ? value < threshold[node] : contains(set, (int) value);
  }

  /** Whether a set has a bin, 0 .. 255. */
  public static boolean contains(long[] set, int bin) {
    return (set[bin >>> 6] >>> bin & 1) != 0;
  }

  /** The columns tested on the way to each leaf, distinct and ascending. */
  public int[][] paths() {
    int[][] paths = new int[leaves()][];
    if (feature.length == 0) {
      paths[0] = new int[0];
    } else {
      walk(0, new int[0], paths);
    }
    return paths;
  }

  /** Deep trees are chains of at most leaves - 1 nodes, so the recursion is bounded. */
  private void walk(int at, int[] columns, int[][] paths) {
    if (at < 0) {
      paths[~at] = columns;
      return;
    }
    int found = Arrays.binarySearch(columns, feature[at]);
    int[] more =
        found >= 0
            ? columns
            : IntStream.concat(Arrays.stream(columns), IntStream.of(feature[at]))
                .sorted()
                .toArray();
    walk(left[at], more, paths);
    walk(right[at], more, paths);
  }

  /** The columns tested on the way to a leaf, distinct and ascending. */
  public int[] path(int leaf) {
    return paths()[leaf];
  }
}
