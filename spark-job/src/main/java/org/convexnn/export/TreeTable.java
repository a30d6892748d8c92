package org.convexnn.export;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.convexnn.network.Tree;

/**
 * The nodes of all trees in one numbering: first the leaves, in group order, each its own child, then
 * the nodes that test. After {@code depth} steps from its root every row is at a leaf.
 *
 * @param feature the column tested
 * @param threshold left where {@code x[feature] < threshold}
 * @param left the left child
 * @param right the right child
 * @param roots the root of each tree
 * @param depth the most tests on a path
 */
record TreeTable(
    long[] feature, double[] threshold, long[] left, long[] right, long[] roots, int depth) {

  /** The table of these trees. */
  static TreeTable of(List<Tree> trees) {
    if (trees.stream().anyMatch(tree -> tree.sets().length > 0)) {
      throw new IllegalArgumentException(
          "the network's trees test sets of categories, which are not exported to ONNX: train on"
              + " indicators of the categories (OneHotEncoder, or --leaf-model linear on the command"
              + " line) to export");
    }
    int leaves = trees.stream().mapToInt(Tree::leaves).sum();
    int nodes = 2 * leaves - trees.size();
    long[] feature = new long[nodes];
    double[] threshold = new double[nodes];
    long[] left = LongStream.range(0, nodes).toArray();
    long[] right = left.clone();
    long[] roots = new long[trees.size()];
    int firstLeaf = 0;
    int firstNode = leaves;
    for (int t = 0; t < roots.length; t++) {
      Tree tree = trees.get(t);
      int tests = tree.feature().length;
      for (int i = 0; i < tests; i++) {
        feature[firstNode + i] = tree.feature()[i];
        threshold[firstNode + i] = tree.threshold()[i];
        left[firstNode + i] = node(tree.left()[i], firstLeaf, firstNode);
        right[firstNode + i] = node(tree.right()[i], firstLeaf, firstNode);
      }
      roots[t] = tests == 0 ? firstLeaf : firstNode;
      firstLeaf += tree.leaves();
      firstNode += tests;
    }
    return new TreeTable(feature, threshold, left, right, roots, depth(roots, left, right, leaves));
  }

  private static long node(int child, int firstLeaf, int firstNode) {
    return child < 0 ? firstLeaf + ~child : firstNode + child;
  }

  private static int depth(long[] roots, long[] left, long[] right, int leaves) {
    int depth = 0;
    long[] level = tests(Arrays.stream(roots), leaves);
    while (level.length > 0) {
      depth++;
      level =
          tests(
              Arrays.stream(level).flatMap(i -> LongStream.of(left[(int) i], right[(int) i])),
              leaves);
    }
    return depth;
  }

  private static long[] tests(LongStream nodes, int leaves) {
    return nodes.filter(i -> i >= leaves).toArray();
  }
}
