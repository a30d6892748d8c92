package org.convexnn.network;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * Trees whose leaves are gates, and what stands in the leaves.
 *
 * @param trees sets of gates of which exactly one, a leaf, is active on a row
 * @param leafModel the coordinates that a leaf's weights are on
 * @param output of each tree, the one output that its leaves add to, or {@link WeightLayout#ALL}
 * @param categories of the columns that trees test by sets; of no columns where there are none
 * @param penalty what the penalty on the leaves takes from boosting
 */
public record Forest(
    List<Tree> trees,
    LeafModel leafModel,
    int[] output,
    CategoryBins categories,
    LeafPenalty penalty)
    implements Serializable {

  /** No tree. */
  public static final Forest NONE = linear(List.of());

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException for outputs of another number of trees, and for linear leaves of
   *     one output alone
   */
  public Forest {
    trees = List.copyOf(trees);
    if (output.length != trees.size()) {
      throw new IllegalArgumentException(trees.size() + " trees with outputs of " + output.length);
    }
    penalty.check(trees.stream().mapToInt(Tree::leaves).sum());
    if (leafModel == LeafModel.LINEAR
        && Arrays.stream(output).anyMatch(o -> o != WeightLayout.ALL)) {
      throw new IllegalArgumentException("linear leaves add to every output");
    }
  }

  /** Trees that test no category. */
  public Forest(List<Tree> trees, LeafModel leafModel, int[] output) {
    this(trees, leafModel, output, CategoryBins.none(0), LeafPenalty.PLAIN);
  }

  /** Trees with linear leaves. */
  public static Forest linear(List<Tree> trees) {
    return shared(trees, LeafModel.LINEAR);
  }

  /** Trees whose leaves add to every output. */
  public static Forest shared(List<Tree> trees, LeafModel leafModel) {
    int[] all = new int[trees.size()];
    Arrays.fill(all, WeightLayout.ALL);
    return new Forest(trees, leafModel, all);
  }

  /** Others of these trees, with the same in their leaves. */
  Forest of(List<Tree> others, int[] outputs, LeafPenalty theirs) {
    return new Forest(others, leafModel, outputs, categories, theirs);
  }

  /** These trees under another penalty. */
  public Forest with(LeafPenalty other) {
    return new Forest(trees, leafModel, output, categories, other);
  }

  /** A raw row as trees take it: bins in place of categories' codes; the row itself where none are. */
  public double[] row(double[] x) {
    return categories.tables().length == 0 ? x : categories.apply(x);
  }

  /** The number of bins of a column of categories; 0 of numbers. */
  int bins(int column) {
    if (categories.tables().length == 0 || !categories.isCategorical(column)) {
      return 0;
    }
    int bins = 1;
    for (byte bin : categories.tables()[column]) {
      int number = bin & 0xFF;
      bins = number == CategoryBins.MISSING ? bins : Math.max(bins, number + 1);
    }
    return bins;
  }

  /** The number of leaves of all trees. */
  public int leaves() {
    return trees.stream().mapToInt(Tree::leaves).sum();
  }

  /** Whether leaves have fewer coordinates than all. */
  public boolean narrow() {
    return leafModel != LeafModel.LINEAR && !trees.isEmpty();
  }

  /** The number of the first leaf of each tree, and the number of leaves. */
  public int[] firstLeaves() {
    int[] first = new int[trees.size() + 1];
    for (int t = 0; t < trees.size(); t++) {
      first[t + 1] = first[t] + trees.get(t).leaves();
    }
    return first;
  }

  /** The columns of each leaf's weights beside its bias, of narrow leaves. */
  int[][] columns() {
    if (leafModel == LeafModel.CONSTANT) {
      return WeightLayout.noColumns(leaves());
    }
    int[][] columns = new int[leaves()][];
    int at = 0;
    for (Tree tree : trees) {
      for (int leaf = 0; leaf < tree.leaves(); leaf++) {
        columns[at++] = tree.path(leaf);
      }
    }
    return columns;
  }

  /** The output of each leaf. */
  int[] outputs() {
    int[] outputs = new int[leaves()];
    int at = 0;
    for (int t = 0; t < trees.size(); t++) {
      Arrays.fill(outputs, at, at + trees.get(t).leaves(), output[t]);
      at += trees.get(t).leaves();
    }
    return outputs;
  }
}
