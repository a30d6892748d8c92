package org.convexnn.export;

import java.util.Arrays;
import java.util.List;
import org.convexnn.network.Tree;

/**
 * The tests of all trees in one numbering and their leaves in another, that of the gates: what the
 * operator TreeEnsemble takes.
 *
 * <p>Source: the operator TreeEnsemble of ai.onnx.ml 5.
 *
 * @param feature the column tested, of a row with {@link CategoryTests}
 * @param split left where {@code x[feature] < split}
 * @param missingLeft 1 where a missing value goes left
 * @param left where a row goes on the left: a test, or a leaf where {@code leftLeaf} is 1
 * @param right the same of the right
 * @param leftLeaf whether {@code left} is a leaf
 * @param rightLeaf whether {@code right} is a leaf
 * @param roots the first test of each tree
 */
record TreeTable(
    long[] feature,
    double[] split,
    long[] missingLeft,
    long[] left,
    long[] right,
    long[] leftLeaf,
    long[] rightLeaf,
    long[] roots) {

  /** The operator's BRANCH_LT. */
  private static final byte LESS = 1;

  /** A tree without tests: two with the leaf on all sides, as the operator's root is never a leaf. */
  private static final Tree UNTESTED =
      new Tree(new int[2], new double[2], new int[] {~0, ~0}, new int[] {1, ~0});

  private TreeTable(int nodes, int trees) {
    this(
        new long[nodes],
        new double[nodes],
        new long[nodes],
        new long[nodes],
        new long[nodes],
        new long[nodes],
        new long[nodes],
        new long[trees]);
  }

  /** The table of these trees. */
  static TreeTable of(List<Tree> trees, CategoryTests categories) {
    int nodes = trees.stream().mapToInt(tree -> tested(tree).feature().length).sum();
    TreeTable table = new TreeTable(nodes, trees.size());
    int firstNode = 0;
    int firstLeaf = 0;
    for (int t = 0; t < trees.size(); t++) {
      Tree tree = tested(trees.get(t));
      table.add(t, tree, categories, firstNode, firstLeaf);
      firstNode += tree.feature().length;
      firstLeaf += trees.get(t).leaves();
    }
    return table;
  }

  private static Tree tested(Tree tree) {
    return tree.feature().length == 0 ? UNTESTED : tree;
  }

  private void add(int t, Tree tree, CategoryTests categories, int firstNode, int firstLeaf) {
    // ONNX Runtime takes a root whose children have one number for a leaf, be one of them a test
    // (its issue 24679): such a tree's tests are numbered from the second on, the first one last.
    int shift =
        number(tree, tree.left()[0], 0, firstNode, firstLeaf)
                == number(tree, tree.right()[0], 0, firstNode, firstLeaf)
            ? 1
            : 0;
    roots[t] = number(tree, 0, shift, firstNode, firstLeaf);
    for (int i = 0; i < tree.feature().length; i++) {
      int node = number(tree, i, shift, firstNode, firstLeaf);
      boolean category = tree != UNTESTED && categories.isCategorical(tree.feature()[i]);
      feature[node] = category ? categories.column(tree, i) : tree.feature()[i];
      split[node] = category ? 0.5 : tree.threshold()[i];
      missingLeft[node] = tree.missingLeft()[i] ? 1 : 0;
      left[node] = number(tree, tree.left()[i], shift, firstNode, firstLeaf);
      right[node] = number(tree, tree.right()[i], shift, firstNode, firstLeaf);
      leftLeaf[node] = tree.left()[i] < 0 ? 1 : 0;
      rightLeaf[node] = tree.right()[i] < 0 ? 1 : 0;
    }
  }

  /** The number of a test, or of the leaf of a negative child. */
  private static int number(Tree tree, int child, int shift, int firstNode, int firstLeaf) {
    return child < 0 ? firstLeaf + ~child : firstNode + (child + shift) % tree.feature().length;
  }

  /** The attributes of the operator, but for leaves and targets. */
  Graph.Attributes attributes() {
    byte[] modes = new byte[feature.length];
    Arrays.fill(modes, LESS);
    return new Graph.Attributes()
        .longs("tree_roots", roots)
        .longs("nodes_featureids", feature)
        .bytes("nodes_modes", modes)
        .doubles("nodes_splits", split)
        .longs("nodes_missing_value_tracks_true", missingLeft)
        .longs("nodes_truenodeids", left)
        .longs("nodes_falsenodeids", right)
        .longs("nodes_trueleafs", leftLeaf)
        .longs("nodes_falseleafs", rightLeaf);
  }
}
