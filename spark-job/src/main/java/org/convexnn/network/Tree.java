package org.convexnn.network;

import java.io.Serializable;

/**
 * A binary tree of one-column tests; every row reaches exactly one leaf. The gate of a leaf is the
 * product of the indicators along its path: a composed activation pattern of a deeper network.
 *
 * <p>A child that is negative is the leaf {@code ~child}. Node 0 is the root; a tree without nodes
 * has the single leaf 0.
 *
 * @param feature the column tested at each node
 * @param threshold left where {@code x[feature] < threshold}
 * @param left the left child of each node
 * @param right the right child of each node
 */
public record Tree(int[] feature, double[] threshold, int[] left, int[] right)
    implements Serializable {

  /** Checks that the arrays have one length. */
  public Tree {
    int nodes = feature.length;
    if (threshold.length != nodes || left.length != nodes || right.length != nodes) {
      throw new IllegalArgumentException("tree arrays of different lengths");
    }
  }

  /** The number of leaves: nodes + 1. */
  public int leaves() {
    return feature.length + 1;
  }

  /** The leaf, 0 .. leaves - 1, that a raw row reaches. */
  public int leaf(double[] x) {
    int at = feature.length == 0 ? ~0 : 0;
    while (at >= 0) {
      at = x[feature[at]] < threshold[at] ? left[at] : right[at];
    }
    return ~at;
  }

  /** The columns that are tested on the way to a leaf, ascending. */
  public int[] path(int leaf) {
    int[] columns = new int[feature.length];
    int count = 0;
    int child = ~leaf;
    for (int node = feature.length - 1; node >= 0; node--) {
      if (left[node] == child || right[node] == child) {
        columns[count++] = feature[node];
        child = node;
      }
    }
    return java.util.Arrays.stream(columns, 0, count).distinct().sorted().toArray();
  }
}
