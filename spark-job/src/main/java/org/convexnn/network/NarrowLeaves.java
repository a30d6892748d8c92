package org.convexnn.network;

import java.util.List;

/**
 * Adds the narrow leaves of a network to its outputs, row by row: of each tree t with the leaf i that
 * the row reaches {@code f_c += y_i~.v_ic}, y_i~ the leaf's own columns of the row coordinates and 1.
 * Has scratch memory and serves one thread.
 */
final class NarrowLeaves {

  private final FeatureMap map;
  private final Forest forest;
  private final int trees;
  private final TreeWalk walk;
  private final int[] reached;
  private final int[] first;
  private final WeightLayout layout;
  private final double[] weights;
  private final int from;
  private final boolean constant;

  private NarrowLeaves(Network network, double[] weights) {
    this.map = network.map();
    this.forest = network.gates().forest();
    List<Tree> narrow = forest.narrow() ? forest.trees() : List.of();
    this.trees = narrow.size();
    this.walk = new TreeWalk(narrow);
    this.reached = new int[walk.room()];
    this.first = network.gates().forest().firstLeaves();
    this.layout = network.layout();
    this.weights = weights;
    this.from = layout.wideLength();
    this.constant = layout.constant();
  }

  static NarrowLeaves of(Network network, RowWeights folded) {
    return new NarrowLeaves(network, folded.narrow());
  }

  /** Adds the leaves of a raw row whose row coordinates are not known. */
  void add(double[] x, double[] outputs) {
    if (trees > 0) {
      add(x, constant ? x : map.rowCoordinates(x), outputs);
    }
  }

  /**
   * Adds the leaves that a row reaches.
   *
   * @param x the raw row
   * @param y its row coordinates
   * @param outputs C numbers, added to
   */
  void add(double[] x, double[] y, double[] outputs) {
    if (trees == 0) {
      return;
    }
    walk.leaves(forest.row(x), reached);
    for (int t = 0; t < trees; t++) {
      int i = first[t] + reached[t];
      int at = layout.start()[i] - from;
      int output = layout.output()[i];
      int[] columns = layout.columns()[i];
      int low = output == WeightLayout.ALL ? 0 : output;
      int high = output == WeightLayout.ALL ? outputs.length : output + 1;
      for (int c = low; c < high; c++) {
        double sum = weights[at + columns.length];
        for (int j = 0; j < columns.length; j++) {
          sum += y[columns[j]] * weights[at + j];
        }
        outputs[c] += sum;
        at += columns.length + 1;
      }
    }
  }
}
