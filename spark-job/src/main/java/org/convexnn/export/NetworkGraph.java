package org.convexnn.export;

import java.util.List;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.convexnn.network.RowWeights;
import org.convexnn.network.SubNetwork;
import org.convexnn.network.WeightLayout;

/**
 * The outputs of a network as operators, in the order of {@link Network.Evaluator}: of each row the
 * weights of its active groups are added up, and multiplied with its coordinates y~ = [y, 1] once.
 *
 * <pre>
 * half-spaces   MatMul(x, G') -> GreaterOrEqual(., t) -> Cast -> MatMul(., V)
 * paths         the same for the first layer of all sub-networks; then layer by layer
 *               h = Relu(ReduceSum(w * h)), active = active * (h >= 0)
 * trees         level by level: GatherElements(x, feature[node]) -> Less(., threshold[node])
 *               -> node = Where(., left[node], right[node]); then Gather(V, leaf)
 * f             shift + scale (b0 + ReduceSum(weights * y~))
 * </pre>
 */
final class NetworkGraph {

  private final Graph graph;
  private final Network network;
  private final RowWeights weights;
  private final String x;

  private NetworkGraph(Graph graph, Network network) {
    this.graph = graph;
    this.network = network;
    this.weights = RowWeights.of(network);
    this.x = graph.input("features", network.features());
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
    f = graph.node("Add", f, graph.doubles(network.offset(), network.outputs()));
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
    int d = network.features();
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

  private String addLeaves(String sum) {
    if (network.gates().trees().isEmpty()) {
      return sum;
    }
    int p = network.gates().overlapping();
    String ofLeaves =
        graph.doubles(
            network.gates().forest().narrow()
                ? constants()
                : weights.ofGroups(p, network.gates().size()),
            network.gates().leaves(),
            network.outputs(),
            weights.width());
    String leaves = leaves(TreeTable.of(network.gates().trees()));
    String all = sum;
    // Tree by tree: all at once would take trees times the memory.
    for (int tree = 0; tree < network.gates().trees().size(); tree++) {
      String leaf = graph.gather(leaves, graph.index(tree), -1);
      all = graph.node("Add", all, graph.gather(ofLeaves, leaf, 0));
    }
    return all;
  }

  /** The weights of constant leaves, leaves x C x (k + 1): a bias of the outputs they add to. */
  private double[] constants() {
    WeightLayout layout = network.layout();
    int c = network.outputs();
    int width = weights.width();
    double[] all = new double[layout.narrow() * c * width];
    for (int i = 0; i < layout.narrow(); i++) {
      int from = layout.start()[i];
      int output = layout.output()[i];
      for (int k = 0; k < layout.narrowOutputs(i); k++) {
        int to = output == WeightLayout.ALL ? k : output;
        all[(i * c + to) * width + width - 1] = network.weights()[from + k];
      }
    }
    return all;
  }

  /** The leaf of each tree that each row reaches, n x trees; without the n where no tree tests. */
  private String leaves(TreeTable trees) {
    String at = graph.longs(trees.roots());
    if (trees.depth() == 0) {
      return at;
    }
    String feature = graph.longs(trees.feature());
    String threshold = graph.doubles(trees.threshold(), trees.threshold().length);
    String left = graph.longs(trees.left());
    String right = graph.longs(trees.right());
    for (int level = 0; level < trees.depth(); level++) {
      String columns = graph.gather(feature, at, 0);
      String tested =
          level == 0
              ? graph.gather(x, columns, 1)
              : graph.node("GatherElements", List.of(x, columns), Graph.attribute("axis", 1));
      String goesLeft = graph.node("Less", tested, graph.gather(threshold, at, 0));
      at = graph.node("Where", goesLeft, graph.gather(left, at, 0), graph.gather(right, at, 0));
    }
    return at;
  }
}
