package org.convexnn.export;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.Forest;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Imputation;
import org.convexnn.network.LeafModel;
import org.convexnn.network.Network;
import org.convexnn.network.RowWeights;
import org.convexnn.network.SubNetwork;
import org.convexnn.network.WeightLayout;

/**
 * The outputs of a network as operators, in the order of {@link Network.Evaluator}: of each row the
 * weights of its active groups are added up, and multiplied with its coordinates y~ = [y, 1] once.
 *
 * <pre>
 * x             Where(IsNaN(features), means, features), and IsNaN of some columns beside it
 * half-spaces   MatMul(x, G') -> GreaterOrEqual(., t) -> Cast -> MatMul(., V)
 * paths         the same for the first layer of all sub-networks; then layer by layer
 *               h = Relu(ReduceSum(w * h)), active = active * (h >= 0)
 * trees         TreeEnsemble(x and tests of categories) -> the number of the leaf -> Gather(V, leaf)
 * constants     TreeEnsemble of the same, the sum over the leaves
 * f             shift + scale (b0 + ReduceSum(weights * y~) + constants)
 * </pre>
 */
final class NetworkGraph {

  private final Graph graph;
  private final Network network;
  private final Forest forest;
  private final RowWeights weights;
  private final String x;

  private NetworkGraph(Graph graph, Network network) {
    this.graph = graph;
    this.network = network;
    this.forest = network.gates().forest();
    this.weights = RowWeights.of(network);
    this.x = imputed(graph.input("features", network.features()), network.imputation());
  }

  /** {@link Imputation#apply}. */
  private String imputed(String row, Imputation imputation) {
    if (imputation.none()) {
      return row;
    }
    String missing = graph.node("IsNaN", row);
    String complete =
        graph.node(
            "Where", missing, graph.doubles(imputation.values(), imputation.values().length), row);
    if (imputation.indicated().length == 0) {
      return complete;
    }
    long[] columns = Arrays.stream(imputation.indicated()).asLongStream().toArray();
    String indicators = graph.toDouble(graph.gather(missing, graph.longs(columns), 1));
    return graph.node("Concat", List.of(complete, indicators), Graph.attribute("axis", 1));
  }

  /** Adds the input {@code features}, n x d, and all up to f, n x C, whose name it returns. */
  static String add(Graph graph, Network network) {
    return new NetworkGraph(graph, network).outputs();
  }

  private String outputs() {
    String rows = graph.node("Unsqueeze", extended(), graph.longs(1));
    String f =
        graph.node(
            "ReduceSum",
            List.of(graph.node("Mul", activeWeights(), rows), graph.longs(2)),
            Graph.attribute("keepdims", 0));
    f = addConstants(graph.node("Add", f, graph.doubles(network.offset(), network.outputs())));
    if (network.units().length > 0) {
      f = graph.node("Mul", f, graph.doubles(network.units(), network.outputs()));
    }
    if (network.labelScale() != 1) {
      f = graph.node("Mul", f, graph.number(network.labelScale()));
    }
    return network.labelShift() == 0 ? f : graph.node("Add", f, graph.number(network.labelShift()));
  }

  /** y~, n x (k + 1); a column of ones where nothing is linear. */
  private String extended() {
    if (!network.map().none()) {
      return withOne(coordinates());
    }
    String column = graph.gather(x, graph.longs(0), 1);
    return graph.node("Add", graph.toDouble(graph.node("Less", column, column)), graph.number(1));
  }

  /** y, n x k: {@link FeatureMap#rowCoordinates}. */
  private String coordinates() {
    FeatureMap map = network.map();
    int d = map.features();
    String y = graph.node("Sub", x, graph.doubles(map.mean(), d));
    y = graph.node("Mul", y, graph.doubles(map.inverseScale(), d));
    if (map.mapsRows() && map.matrix().length > 0) {
      String matrix = graph.doubles(map.matrix(), map.dimension(), d);
      y = graph.node("Gemm", List.of(y, matrix), Graph.attribute("transB", 1));
    }
    return map.linear()
        ? y
        : graph.node("Clip", y, graph.number(-map.clip()), graph.number(map.clip()));
  }

  /** y~ = [y, 1]. */
  private String withOne(String y) {
    return graph.node("Pad", y, graph.longs(0, 0, 0, 1), graph.number(1));
  }

  /** The weights of the active groups with the linear ones, n x C x (k + 1), or without the n. */
  private String activeWeights() {
    String sum = graph.doubles(weights.linear(), network.outputs(), weights.width());
    return addLeaves(addPaths(addHalfSpaces(sum)));
  }

  private String addHalfSpaces(String sum) {
    HalfSpaces halfSpaces = network.gates().halfSpaces();
    int p = halfSpaces.size();
    if (p == 0) {
      return sum;
    }
    String scores =
        graph.node("MatMul", x, graph.doubles(halfSpaces.transposed(), halfSpaces.features(), p));
    String active =
        graph.toDouble(
            graph.node("GreaterOrEqual", scores, graph.doubles(halfSpaces.thresholds(), p)));
    return addActive(sum, active, 0, p);
  }

  /** Adds the weights of gates from .. to where they are active, n x (to - from) zeros and ones. */
  private String addActive(String sum, String active, int from, int to) {
    int size = network.outputs() * weights.width();
    String added =
        graph.node("MatMul", active, graph.doubles(weights.ofGroups(from, to), to - from, size));
    // 0: as many rows as there are
    String shape = graph.longs(0, network.outputs(), weights.width());
    return graph.node("Add", sum, graph.node("Reshape", added, shape));
  }

  /** Sub-networks are of one shape: each layer is one operator over all of them. */
  private String addPaths(String sum) {
    List<SubNetwork> all = network.gates().subNetworks();
    if (all.isEmpty()) {
      return sum;
    }
    int d = network.map().features();
    int paths = all.size() * all.get(0).paths();
    double[] directions = new double[paths * d];
    double[] thresholds = new double[paths];
    for (int s = 0; s < all.size(); s++) {
      HalfSpaces neurons = all.get(s).neurons();
      System.arraycopy(
          neurons.directions(), 0, directions, s * neurons.size() * d, neurons.size() * d);
      System.arraycopy(neurons.thresholds(), 0, thresholds, s * neurons.size(), neurons.size());
    }
    String g = graph.node("Transpose", graph.doubles(directions, paths, d));
    String h = graph.node("Sub", graph.node("MatMul", x, g), graph.doubles(thresholds, paths));
    String active = atLeastZero(h);
    h = graph.node("Relu", h);
    int edge = 0;
    int span = 1;
    for (int m : all.get(0).widths()) {
      span *= m;
      int below = all.get(0).paths() / (span / m);
      double[] w = new double[all.size() * below];
      for (int s = 0; s < all.size(); s++) {
        System.arraycopy(all.get(s).weights(), edge, w, s * below, below);
      }
      edge += below;
      int neurons = paths / span;
      String inputs = graph.node("Reshape", h, graph.longs(0, neurons, m));
      h =
          graph.node(
              "ReduceSum",
              List.of(graph.node("Mul", inputs, graph.doubles(w, neurons, m)), graph.longs(2)),
              Graph.attribute("keepdims", 0));
      String on = graph.node("Unsqueeze", atLeastZero(h), graph.longs(2));
      String under = graph.node("Reshape", active, graph.longs(0, neurons, span));
      active = graph.node("Reshape", graph.node("Mul", under, on), graph.longs(0, paths));
      h = graph.node("Relu", h);
    }
    int first = network.gates().halfSpaces().size();
    return addActive(sum, active, first, first + paths);
  }

  private String atLeastZero(String h) {
    return graph.toDouble(graph.node("GreaterOrEqual", h, graph.number(0)));
  }

  /** Adds the weights of the leaves that rows reach, where they are on coordinates. */
  private String addLeaves(String sum) {
    if (constant() || forest.trees().isEmpty()) {
      return sum;
    }
    double[] ofLeaves =
        forest.narrow()
            ? spread(weights.width())
            : weights.ofGroups(network.gates().overlapping(), network.gates().size());
    return addReached(sum, ofLeaves, forest.leaves(), network.outputs(), weights.width());
  }

  /** Adds the constants of the leaves that rows reach, n x C. */
  private String addConstants(String f) {
    if (!constant()) {
      return f;
    }
    int c = network.outputs();
    if (c > 1 && IntStream.of(forest.output()).anyMatch(o -> o == WeightLayout.ALL)) {
      return addReached(f, spread(1), forest.leaves(), c);
    }
    WeightLayout layout = network.layout();
    long[] targets =
        IntStream.range(0, layout.narrow()).mapToLong(i -> output(layout, i, 0)).toArray();
    return graph.node("Add", f, ensemble(c, targets, weights.narrow()));
  }

  /** The weights of narrow leaves, leaves x C x width, the bias last; zeros where they have none. */
  private double[] spread(int width) {
    WeightLayout layout = network.layout();
    double[] all = new double[layout.narrow() * network.outputs() * width];
    for (int i = 0; i < layout.narrow(); i++) {
      int from = layout.start()[i] - layout.wideLength();
      int[] columns = layout.columns()[i];
      for (int k = 0; k < layout.narrowOutputs(i); k++) {
        int to = (i * network.outputs() + output(layout, i, k)) * width;
        for (int j = 0; j < columns.length; j++) {
          all[to + columns[j]] = weights.narrow()[from + j];
        }
        all[to + width - 1] = weights.narrow()[from + columns.length];
        from += layout.narrowWidth(i);
      }
    }
    return all;
  }

  private boolean constant() {
    return forest.narrow() && forest.leafModel() == LeafModel.CONSTANT;
  }

  /** The output of the k-th weights of a narrow leaf. */
  private static int output(WeightLayout layout, int leaf, int k) {
    return layout.output()[leaf] == WeightLayout.ALL ? k : layout.output()[leaf];
  }

  /** Adds of each tree what belongs to the leaf reached, of values whose first dimension is leaves. */
  private String addReached(String sum, double[] values, long... shape) {
    String ofLeaves = graph.doubles(values, shape);
    int trees = forest.trees().size();
    int[] first = forest.firstLeaves();
    long[] tree = new long[forest.leaves()];
    for (int t = 0; t < trees; t++) {
      Arrays.fill(tree, first[t], first[t + 1], t);
    }
    // Numbers of leaves as weights, a target for each tree: which leaf a row reaches, n x trees.
    double[] numbers = IntStream.range(0, tree.length).asDoubleStream().toArray();
    String reached = graph.toLong(ensemble(trees, tree, numbers));
    String all = sum;
    // Tree by tree: all at once would take trees times the memory.
    for (int t = 0; t < trees; t++) {
      String leaf = graph.gather(reached, graph.index(t), 1);
      all = graph.node("Add", all, graph.gather(ofLeaves, leaf, 0));
    }
    return all;
  }

  /** The sums over the leaves reached, by target: n x targets. */
  private String ensemble(int targets, long[] target, double[] weight) {
    CategoryTests categories = new CategoryTests(forest, network.map().features());
    Graph.Attributes attributes =
        TreeTable.of(forest.trees(), categories)
            .attributes()
            .number("n_targets", targets)
            .longs("leaf_targetids", target)
            .doubles("leaf_weights", weight);
    return graph.treeEnsemble(categories.add(graph, x), attributes);
  }
}
