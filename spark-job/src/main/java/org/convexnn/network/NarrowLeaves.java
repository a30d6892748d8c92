package org.convexnn.network;

import java.util.List;

/**
 * Adds the narrow leaves of a network to its outputs, row by row: of each tree t with the leaf i that
 * the row reaches {@code f_c += y_i~.v_ic}, y_i~ the leaf's own columns of the row coordinates and 1.
 */
final class NarrowLeaves {

  private final FeatureMap map;
  private final Forest forest;
  private final List<Tree> trees;
  private final int[] first;
  private final WeightLayout layout;
  private final double[] weights;
  private final int from;
  private final boolean constant;

  private NarrowLeaves(Network network, double[] weights) {
    this.map = network.map();
    this.forest = network.gates().forest();
    this.trees = network.gates().forest().narrow() ? network.gates().trees() : List.of();
    this.first = network.gates().forest().firstLeaves();
    this.layout = network.layout();
    this.weights = weights;
    this.from = layout.wideLength();
    this.constant = layout.constant();
  }

  static NarrowLeaves of(Network network, RowWeights folded) {
    return new NarrowLeaves(network, folded.narrow());
  }

  /** The same of a raw row whose row coordinates are not known. */
  void add(double[] x, double[] outputs) {
    if (!trees.isEmpty()) {
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
    double[] tested = forest.row(x);
    for (int t = 0; t < trees.size(); t++) {
      int i = first[t] + trees.get(t).leaf(tested);
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
