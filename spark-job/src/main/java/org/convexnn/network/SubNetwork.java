package org.convexnn.network;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The gates of one sub-network of L layers, L at least 3, whose last hidden layer is one neuron: a
 * gate for each path from the input to that neuron. The neurons form a tree. A neuron of layer 2 and
 * above has the pre-activation
 *
 * <pre>h = sum_j w_j (h_j)_+      over its own m neurons j of the layer below</pre>
 *
 * and one of the first layer {@code h = x.g - t}. A path is active on x where h is at least 0 at
 * each of its L - 1 neurons: its pattern is the product of theirs, {@code d_{L-1} ... d_2 d_1}
 * (docs/theory/depth.md#three-layers, docs/theory/depth.md#drawing-sub-networks; Ergen and Pilanci,
 * 2110.09548). The model has free weights for each path, and one norm over all of them.
 *
 * <p>Where L is 3 this is the network's own structure. From L = 4 on two neurons never share one
 * below them, so that the tree stands for a layered network whose neurons are copied for each
 * parent: m_l m_{l+1} ... m_{L-2} of them in layer l. Of layered networks of the widths m the convex
 * program is then a lower bound only: there all paths through a shared neuron would have parallel
 * weights (docs/theory/depth.md#more-layers).
 *
 * @param widths m_1 .. m_{L-2}: how many neurons of layer l each neuron of layer l + 1 has
 * @param neurons those of the first layer, one for each path, with the paths' centres; the first m_1
 *     are of the first neuron of layer 2, and so on up
 * @param weights w of layer 2 in the order of its neurons, m_1 for each, then of layer 3, ..
 */
public record SubNetwork(int[] widths, HalfSpaces neurons, double[] weights)
    implements Serializable {

  /** Checks the shapes. */
  public SubNetwork {
    if (!fits(widths, neurons.size(), weights.length)) {
      throw new IllegalArgumentException(
          "sub-network of widths "
              + Arrays.toString(widths)
              + " with "
              + neurons.size()
              + " neurons in the first layer and "
              + weights.length
              + " weights above it");
    }
  }

  /** Whether a first layer of these neurons, and these weights above it, are of such widths. */
  public static boolean fits(int[] widths, int neurons, int weights) {
    return widths.length > 0
        && Arrays.stream(widths).allMatch(m -> m >= 1 && m <= neurons)
        && Arrays.stream(widths).mapToDouble(m -> m).reduce(1, (a, b) -> a * b) == neurons
        && edges(widths) == weights;
  }

  /** m_1 .. m_{L-2} multiplied: the number of paths; 1 where there are no widths. */
  public static long paths(int[] widths) {
    long paths = 1;
    for (int m : widths) {
      paths = Math.multiplyExact(paths, m);
    }
    return paths;
  }

  /** The number of weights above the first layer. */
  public static int edges(int[] widths) {
    long edges = 0;
    long neurons = paths(widths);
    for (int m : widths) {
      edges += neurons;
      neurons /= m;
    }
    return Math.toIntExact(edges);
  }

  /** The number of paths. */
  public int paths() {
    return neurons.size();
  }

  /**
   * Writes which paths are active on a row.
   *
   * @param h the scores of the first layer's neurons; overwritten
   * @param active written at {@code active[at ..]}, one for each path
   */
  void activate(double[] h, boolean[] active, int at) {
    for (int p = 0; p < h.length; p++) {
      active[at + p] = neurons.active(p, h[p]);
      h[p] = active[at + p] ? h[p] - neurons.thresholds()[p] : 0;
    }
    int edge = 0;
    int span = 1;
    for (int m : widths) {
      span *= m;
      // In place: neuron k of this layer reads at k m and after.
      for (int k = 0; k < h.length / span; k++) {
        double sum = 0;
        for (int j = 0; j < m; j++) {
          sum += weights[edge++] * h[k * m + j];
        }
        if (!(sum >= 0)) {
          Arrays.fill(active, at + k * span, at + (k + 1) * span, false);
        }
        h[k] = Math.max(sum, 0);
      }
    }
  }
}
