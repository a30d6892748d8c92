package org.convexnn.network;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The trained function of a row x, with z = FeatureMap(x) and z~ = [z, 1]:
 *
 * <pre>f(x) = shift + scale * (b0 + b + z.w0 + sum_i (s_i(x) - c_i) z~.u_i)</pre>
 *
 * C outputs. Beside the gated part [w0, b] is the identity branch of a residual network
 * (docs/theory/depth.md#residual-networks). Precisely the record's components are what a saved
 * model stores.
 *
 * @param map the feature map
 * @param gates the gates, P of them
 * @param weights (1 + P) x C x (k + 1), k coordinates of z: block 0 is [w0, b], block 1 + i is u_i
 * @param offset b0, C numbers: the constant model
 * @param labelShift the shift from training units of the label to its own
 * @param labelScale the scale from training units of the label to its own
 */
public record Network(
    FeatureMap map,
    GateSet gates,
    double[] weights,
    double[] offset,
    double labelShift,
    double labelScale)
    implements Serializable {

  /** Checks the shapes and that all weights are finite. */
  public Network {
    int expected = (1 + gates.size()) * offset.length * (map.dimension() + 1);
    if (weights.length != expected) {
      throw new IllegalArgumentException(
          "network with " + weights.length + " weights, expected " + expected);
    }
    for (double w : weights) {
      if (!Double.isFinite(w)) {
        throw new IllegalArgumentException("network with a weight that is " + w);
      }
    }
  }

  /** d, the number of features. */
  public int features() {
    return map.features();
  }

  /** C, the number of outputs. */
  public int outputs() {
    return offset.length;
  }

  /** About the bytes of its numbers: feature map, gates, weights. */
  public long bytes() {
    return 8L * (map.matrix().length + 2L * map.features() + weights.length) + gates.bytes();
  }

  /** C (k + 1), the numbers in a group's weights. */
  private int groupLength() {
    return outputs() * (map.dimension() + 1);
  }

  /** The gates whose weights are not all zero. */
  public int activeGroups() {
    int size = groupLength();
    int active = 0;
    for (int i = 1; i <= gates.size(); i++) {
      if (nonZero(i * size, size)) {
        active++;
      }
    }
    return active;
  }

  private boolean nonZero(int from, int length) {
    for (int k = from; k < from + length; k++) {
      if (weights[k] != 0) {
        return true;
      }
    }
    return false;
  }

  /** The same function without half-spaces, sub-networks and trees whose weights are all zero. */
  public Network pruned() {
    int size = groupLength();
    int p = gates.halfSpaces().size();
    int[] kept =
        java.util.stream.IntStream.range(0, p).filter(i -> nonZero((1 + i) * size, size)).toArray();
    List<SubNetwork> subNetworks = new ArrayList<>();
    List<Tree> trees = new ArrayList<>();
    int[] blocks = new int[1 + gates.size()];
    int count = 1;
    for (int i : kept) {
      blocks[count++] = 1 + i;
    }
    int at = 1 + p;
    for (SubNetwork subNetwork : gates.subNetworks()) {
      if (nonZero(at * size, subNetwork.paths() * size)) {
        subNetworks.add(subNetwork);
        for (int path = 0; path < subNetwork.paths(); path++) {
          blocks[count++] = at + path;
        }
      }
      at += subNetwork.paths();
    }
    for (Tree tree : gates.trees()) {
      if (nonZero(at * size, tree.leaves() * size)) {
        trees.add(tree);
        for (int leaf = 0; leaf < tree.leaves(); leaf++) {
          blocks[count++] = at + leaf;
        }
      }
      at += tree.leaves();
    }
    double[] w = new double[count * size];
    for (int i = 0; i < count; i++) {
      System.arraycopy(weights, blocks[i] * size, w, i * size, size);
    }
    // The centred indicator of a dropped gate had zero weights: nothing is lost with it.
    return new Network(
        map,
        new GateSet(gates.halfSpaces().select(kept), subNetworks, trees),
        w,
        offset,
        labelShift,
        labelScale);
  }

  /**
   * An evaluator with the feature map folded into the weights: (k + 1) numbers per active group and
   * row. Not thread-safe; make one per task.
   */
  public Evaluator evaluator() {
    return new Evaluator(this);
  }

  /** Evaluates a network row by row in double precision. */
  public static final class Evaluator {

    private final Network network;
    private final int width;
    private final int size;
    private final double[] linear;
    private final double[] groups;
    private final GateSet.Evaluator gates;
    private final double[] sum;
    private final int[] active;
    private final double[] atZero;
    private final double[] spread;

    private Evaluator(Network network) {
      this.network = network;
      RowWeights folded = RowWeights.of(network);
      this.width = folded.width();
      this.size = network.groupLength();
      this.groups = folded.groups();
      this.linear = folded.linear();
      this.gates = network.gates.evaluator();
      this.sum = new double[size];
      this.active = new int[network.gates.overlapping() + network.gates.trees().size()];
      this.spread = new double[network.features()];
      this.atZero = atZero();
    }

    /** v.y~ of the row x = 0, of the linear block and of each group, C numbers each. */
    private double[] atZero() {
      int c = network.outputs();
      int d = width - 1;
      double[] y = network.map.rowCoordinates(spread);
      double[] products = new double[(1 + network.gates.size()) * c];
      for (int i = 0; i < products.length; i++) {
        double[] v = i < c ? linear : groups;
        int from = i < c ? i * width : i * width - size;
        products[i] = v[from + d];
        for (int j = 0; j < d; j++) {
          products[i] += v[from + j] * y[j];
        }
      }
      return products;
    }

    /** Writes the C outputs for a raw row x of d numbers. */
    public void evaluate(double[] x, double[] outputs) {
      int count = findActive(gates.active(x), x);
      System.arraycopy(linear, 0, sum, 0, size);
      for (int a = 0; a < count; a++) {
        add(active[a]);
      }
      double[] scaled = network.map.rowCoordinates(x);
      int d = width - 1;
      for (int k = 0; k < outputs.length; k++) {
        double f = network.offset[k] + sum[k * width + d];
        for (int j = 0; j < d; j++) {
          f += scaled[j] * sum[k * width + j];
        }
        outputs[k] = network.labelShift + network.labelScale * f;
      }
    }

    /**
     * The same for a row given by its non-zeros, at a cost of their number for each active group
     * where the feature map does not {@linkplain FeatureMap#mapsRows map rows}.
     *
     * @param columns their columns, ascending
     * @param values the non-zeros
     */
    public void evaluate(int[] columns, double[] values, double[] outputs) {
      for (int k = 0; k < columns.length; k++) {
        spread[columns[k]] = values[k];
      }
      if (network.map.mapsRows()) {
        evaluate(spread, outputs);
      } else {
        evaluateNonZeros(columns, values, outputs);
      }
      for (int column : columns) {
        spread[column] = 0;
      }
    }

    private void evaluateNonZeros(int[] columns, double[] values, double[] outputs) {
      int count = findActive(gates.active(columns, values, columns.length), spread);
      double[] scale = network.map.inverseScale();
      int c = outputs.length;
      for (int k = 0; k < c; k++) {
        double f = network.offset[k] + atZero[k];
        for (int a = 0; a < count; a++) {
          f += atZero[(1 + active[a]) * c + k];
        }
        for (int n = 0; n < columns.length; n++) {
          int entry = k * width + columns[n];
          double weight = linear[entry];
          for (int a = 0; a < count; a++) {
            weight += groups[active[a] * size + entry];
          }
          f += values[n] * scale[columns[n]] * weight;
        }
        outputs[k] = network.labelShift + network.labelScale * f;
      }
    }

    /** Lists the active gates of a row, the overlapping ones being known; says how many they are. */
    private int findActive(boolean[] overlapping, double[] x) {
      int count = 0;
      for (int i = 0; i < overlapping.length; i++) {
        if (overlapping[i]) {
          active[count++] = i;
        }
      }
      int group = overlapping.length;
      for (Tree tree : network.gates.trees()) {
        active[count++] = group + tree.leaf(x);
        group += tree.leaves();
      }
      return count;
    }

    private void add(int group) {
      int from = group * size;
      for (int k = 0; k < size; k++) {
        sum[k] += groups[from + k];
      }
    }
  }
}
