package org.convexnn.network;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

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
 * @param weights [w0, b] and the u_i as {@link WeightLayout} says, k + 1 coordinates wide
 * @param offset b0, C numbers: the constant model
 * @param labelShift the shift from training units of the label to its own
 * @param labelScale the scale from training units of the label to its own
 * @param units what each output is multiplied by beside, where a row has several labels; else empty
 * @param imputation what stands in x, of which all of this is, for a row with missing values
 */
public record Network(
    FeatureMap map,
    GateSet gates,
    double[] weights,
    double[] offset,
    double labelShift,
    double labelScale,
    double[] units,
    Imputation imputation)
    implements Serializable {

  /** Checks the shapes and that all weights are finite. */
  public Network {
    int expected = gates.layout(offset.length, map.dimension() + 1).length();
    if (weights.length != expected) {
      throw new IllegalArgumentException(
          "network with " + weights.length + " weights, expected " + expected);
    }
    for (double w : weights) {
      if (!Double.isFinite(w)) {
        throw new IllegalArgumentException("network with a weight that is " + w);
      }
    }
    if (units.length != 0 && units.length != offset.length) {
      throw new IllegalArgumentException(
          "network of " + offset.length + " outputs with units of " + units.length);
    }
    if (!imputation.none() && imputation.width() != map.features()) {
      throw new IllegalArgumentException(
          "network on "
              + map.features()
              + " features with missing values that become "
              + imputation.width());
    }
  }

  /** A network of one label, or of classes. */
  public Network(
      FeatureMap map,
      GateSet gates,
      double[] weights,
      double[] offset,
      double labelShift,
      double labelScale,
      Imputation imputation) {
    this(map, gates, weights, offset, labelShift, labelScale, new double[0], imputation);
  }

  /** A network that takes rows as they are. */
  public Network(
      FeatureMap map,
      GateSet gates,
      double[] weights,
      double[] offset,
      double labelShift,
      double labelScale) {
    this(map, gates, weights, offset, labelShift, labelScale, Imputation.NONE);
  }

  /** The network of rows with missing values that is this one after an imputation. */
  public Network after(Imputation before) {
    return new Network(map, gates, weights, offset, labelShift, labelScale, units, before);
  }

  /** The features of a row as it comes; those of map and gates are what imputation makes of them. */
  public int features() {
    return imputation.none() ? map.features() : imputation.values().length;
  }

  /** From training units of the label of output k to its own. */
  public double scale(int k) {
    return units.length == 0 ? labelScale : labelScale * units[k];
  }

  /** C, the number of outputs. */
  public int outputs() {
    return offset.length;
  }

  /** About the bytes of its numbers: feature map, gates, weights. */
  public long bytes() {
    return 8L * (map.matrix().length + 2L * map.features() + weights.length) + gates.bytes();
  }

  /** Where each part's weights stand. */
  public WeightLayout layout() {
    return gates.layout(outputs(), map.dimension() + 1);
  }

  /** The gates whose weights are not all zero. */
  public int activeGroups() {
    WeightLayout layout = layout();
    int active = 0;
    for (int i = 0; i < layout.gates(); i++) {
      if (nonZero(layout, i, 1)) {
        active++;
      }
    }
    return active;
  }

  private boolean nonZero(WeightLayout layout, int gate, int count) {
    for (int k = layout.start(gate); k < layout.start(gate + count); k++) {
      if (weights[k] != 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * This function without half-spaces, sub-networks and trees whose weights are all zero; trees
   * stay where their penalty does not vanish there.
   */
  public Network pruned() {
    WeightLayout layout = layout();
    double[] w = new double[weights.length];
    int length = layout.block();
    System.arraycopy(weights, 0, w, 0, length);
    int p = gates.halfSpaces().size();
    int[] kept = IntStream.range(0, p).filter(i -> nonZero(layout, i, 1)).toArray();
    for (int i : kept) {
      length = copy(layout, i, 1, w, length);
    }
    List<SubNetwork> subNetworks = new ArrayList<>();
    int at = p;
    for (SubNetwork subNetwork : gates.subNetworks()) {
      if (nonZero(layout, at, subNetwork.paths())) {
        subNetworks.add(subNetwork);
        length = copy(layout, at, subNetwork.paths(), w, length);
      }
      at += subNetwork.paths();
    }
    Forest forest = gates.forest();
    List<Tree> trees = new ArrayList<>();
    int[] outputs = new int[forest.trees().size()];
    LeafPenalty penalty = forest.penalty().range(0, 0);
    int leaf = 0;
    for (int t = 0; t < forest.trees().size(); t++) {
      Tree tree = forest.trees().get(t);
      if (nonZero(layout, at, tree.leaves()) || forest.penalty().centred(leaf, tree.leaves())) {
        outputs[trees.size()] = forest.output()[t];
        trees.add(tree);
        length = copy(layout, at, tree.leaves(), w, length);
        penalty = penalty.and(forest.penalty().range(leaf, tree.leaves()));
      }
      at += tree.leaves();
      leaf += tree.leaves();
    }
    // The centred indicator of a dropped gate had zero weights: nothing is lost with it.
    return new Network(
        map,
        new GateSet(
            gates.halfSpaces().select(kept),
            subNetworks,
            forest.of(trees, Arrays.copyOf(outputs, trees.size()), penalty)),
        Arrays.copyOf(w, length),
        offset,
        labelShift,
        labelScale,
        units,
        imputation);
  }

  /**
   * A network with more outputs: those of this one, and between them constant ones.
   *
   * @param places where each output goes, ascending
   * @param constants of all outputs, b0 of those that are constant
   */
  public Network spread(int[] places, double[] constants) {
    int c = outputs();
    double[] b0 = constants.clone();
    for (int k = 0; k < c; k++) {
      b0[places[k]] = offset[k];
    }
    Forest forest = gates.forest();
    int[] treeOutputs = forest.output().clone();
    for (int t = 0; forest.narrow() && t < treeOutputs.length; t++) {
      boolean one = treeOutputs[t] != WeightLayout.ALL || c == 1;
      treeOutputs[t] = one ? places[Math.max(0, treeOutputs[t])] : WeightLayout.ALL;
    }
    GateSet wider =
        new GateSet(
            gates.halfSpaces(),
            gates.subNetworks(),
            forest.of(forest.trees(), treeOutputs, forest.penalty()));
    WeightLayout from = layout();
    WeightLayout to = wider.layout(b0.length, from.width());
    double[] w = new double[to.length()];
    for (int i = 0; i <= from.wide(); i++) {
      spread(i * from.block(), from.width(), places, w, i * to.block());
    }
    for (int i = 0; i < from.narrow(); i++) {
      int size = from.narrowWidth(i);
      if (to.narrowOutputs(i) == 1) {
        System.arraycopy(weights, from.start()[i], w, to.start()[i], size);
      } else {
        spread(from.start()[i], size, places, w, to.start()[i]);
      }
    }
    return new Network(map, wider, w, b0, labelShift, labelScale, imputation);
  }

  private void spread(int from, int size, int[] places, double[] w, int to) {
    for (int k = 0; k < places.length; k++) {
      System.arraycopy(weights, from + k * size, w, to + places[k] * size, size);
    }
  }

  /** Appends the weights of some gates to w, of which {@code length} numbers are written. */
  private int copy(WeightLayout layout, int gate, int count, double[] w, int length) {
    int from = layout.start(gate);
    int numbers = layout.start(gate + count) - from;
    System.arraycopy(weights, from, w, length, numbers);
    return length + numbers;
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
    private final NarrowLeaves leaves;
    private final double[] sum;
    private final int[] active;
    private final int[] far;
    private final double[] atZero;
    private final double[] spread;
    private final int[] changed;
    private final double[] change;

    private Evaluator(Network network) {
      this.network = network;
      RowWeights folded = RowWeights.of(network);
      this.width = folded.width();
      this.size = network.layout().block();
      this.groups = folded.groups();
      this.linear = folded.linear();
      this.gates = network.gates.evaluator();
      this.leaves = NarrowLeaves.of(network, folded);
      this.sum = new double[size];
      this.active = new int[network.gates.overlapping() + network.gates.trees().size()];
      this.spread = new double[network.map.features()];
      FeatureMap map = network.map;
      this.far =
          map.mapsRows() ? new int[0] : FeatureMap.farFromZero(map.mean(), map.inverseScale());
      this.changed = new int[network.map.features()];
      this.change = new double[network.map.features()];
      this.atZero = atZero();
    }

    /**
     * v.y~ of the row x = 0, its columns far from zero at their means, of the linear block and of each
     * group, C numbers each.
     */
    private double[] atZero() {
      int c = network.outputs();
      int d = width - 1;
      double[] y = network.map.rowCoordinates(spread);
      for (int j : far) {
        y[j] = 0;
      }
      double[] products = new double[(1 + network.gates.wide()) * c];
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

    /** Writes the C outputs for a raw row x of d numbers, NaN where they are missing. */
    public void evaluate(double[] x, double[] outputs) {
      evaluateImputed(network.imputation.apply(x), outputs);
    }

    private void evaluateImputed(double[] x, double[] outputs) {
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
        outputs[k] = f;
      }
      leaves.add(x, scaled, outputs);
      toLabels(outputs);
    }

    private void toLabels(double[] outputs) {
      for (int k = 0; k < outputs.length; k++) {
        outputs[k] = network.labelShift + network.scale(k) * outputs[k];
      }
    }

    /**
     * Evaluates a row given by its non-zeros, at a cost of their number for each active group
     * where the feature map does not {@linkplain FeatureMap#mapsRows map rows}.
     *
     * @param columns their columns, ascending
     * @param values the non-zeros
     */
    public void evaluate(int[] columns, double[] values, double[] outputs) {
      Imputation.NonZeros row = network.imputation.apply(columns, values);
      evaluateImputed(row.columns(), row.values(), outputs);
    }

    private void evaluateImputed(int[] columns, double[] values, double[] outputs) {
      for (int k = 0; k < columns.length; k++) {
        spread[columns[k]] = values[k];
      }
      if (network.map.mapsRows()) {
        evaluateImputed(spread, outputs);
      } else {
        evaluateNonZeros(columns, values, outputs);
      }
      for (int column : columns) {
        spread[column] = 0;
      }
    }

    private void evaluateNonZeros(int[] columns, double[] values, double[] outputs) {
      int count = findActive(gates.active(columns, values, columns.length), spread);
      int changes = findChanges(columns, values);
      int c = outputs.length;
      for (int k = 0; k < c; k++) {
        double f = network.offset[k] + atZero[k];
        for (int a = 0; a < count; a++) {
          f += atZero[(1 + active[a]) * c + k];
        }
        for (int n = 0; n < changes; n++) {
          int entry = k * width + changed[n];
          double weight = linear[entry];
          for (int a = 0; a < count; a++) {
            weight += groups[active[a] * size + entry];
          }
          f += change[n] * weight;
        }
        outputs[k] = f;
      }
      leaves.add(spread, outputs);
      toLabels(outputs);
    }

    /** Lists where y is another than in {@link #atZero}, and by how much; says at how many columns. */
    private int findChanges(int[] columns, double[] values) {
      double[] scale = network.map.inverseScale();
      int count = 0;
      for (int n = 0; n < columns.length; n++) {
        if (far.length == 0 || Arrays.binarySearch(far, columns[n]) < 0) {
          changed[count] = columns[n];
          change[count++] = values[n] * scale[columns[n]];
        }
      }
      for (int j : far) {
        changed[count] = j;
        change[count++] = (spread[j] - network.map.mean()[j]) * scale[j];
      }
      return count;
    }

    /** Lists the active gates of a row, the overlapping ones being known; says how many they are. */
    private int findActive(boolean[] overlapping, double[] x) {
      int count = 0;
      for (int i = 0; i < overlapping.length; i++) {
        if (overlapping[i]) {
          active[count++] = i;
        }
      }
      if (network.gates.forest().narrow()) {
        return count;
      }
      int group = overlapping.length;
      double[] tested = network.gates.forest().row(x);
      for (Tree tree : network.gates.trees()) {
        active[count++] = group + tree.leaf(tested);
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
