package org.convexnn.network;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds the leaves that many rows reach in the trees of a forest. Values become ranks among the
 * thresholds of their column, a byte each ({@link CategoryBins} for categories), so that the side of
 * every node is a bit of a table, and rows go down side by side without jumps, which could not be
 * foreseen. The leaves are those of {@link Tree#leaf}. Not for several threads.
 */
public final class LeafSearch {

  /** More thresholds of a column than bytes tell apart: trees are then asked row by row. */
  private static final int MOST_THRESHOLDS = CategoryBins.MISSING - 1;

  private final Forest forest;

  /** By column the thresholds of all trees, ascending; null where it has categories. */
  private final double[][] thresholds;

  private final boolean ranked;

  /** By tree and node one bit for each rank, set where it goes right. */
  private final long[][] sides;

  /** By tree the left child of node k at 2 k, the right one at 2 k + 1. */
  private final int[][] children;

  private final double[][] rows;
  private final byte[] ranks;
  private int count;

  /**
   * A search.
   *
   * @param columns d, of a row
   * @param most rows that are searched at a time
   */
  public LeafSearch(Forest forest, int columns, int most) {
    this.forest = forest;
    this.thresholds = thresholds(columns);
    this.ranked =
        Arrays.stream(thresholds).allMatch(t -> t == null || t.length <= MOST_THRESHOLDS)
            && forest.trees().stream().allMatch(this::setsAreOfCategories);
    List<Tree> searched = ranked ? forest.trees() : List.of();
    this.sides = searched.stream().map(this::sides).toArray(long[][]::new);
    this.children = searched.stream().map(LeafSearch::children).toArray(int[][]::new);
    this.rows = new double[ranked ? 0 : most][];
    this.ranks = new byte[ranked ? Math.multiplyExact(most, columns) : 0];
  }

  private boolean isCategorical(int column) {
    CategoryBins categories = forest.categories();
    return column < categories.tables().length && categories.isCategorical(column);
  }

  /** By column what trees compare it with, ascending and distinct; null for categories. */
  private double[][] thresholds(int columns) {
    List<DoubleStream.Builder> found =
        Stream.generate(DoubleStream::builder).limit(columns).toList();
    for (Tree tree : forest.trees()) {
      for (int node = 0; node < tree.feature().length; node++) {
        if (tree.set(node) == null) {
          found.get(tree.feature()[node]).add(tree.threshold()[node]);
        }
      }
    }
    double[][] all = new double[columns][];
    for (int j = 0; j < columns; j++) {
      all[j] = isCategorical(j) ? null : found.get(j).build().sorted().distinct().toArray();
    }
    return all;
  }

  private boolean setsAreOfCategories(Tree tree) {
    return IntStream.range(0, tree.feature().length)
        .allMatch(node -> tree.set(node) == null || isCategorical(tree.feature()[node]));
  }

  private long[] sides(Tree tree) {
    int words = Tree.SET_WORDS;
    long[] right = new long[words * tree.feature().length];
    for (int node = 0; node < tree.feature().length; node++) {
      long[] set = tree.set(node);
      int firstRight = set == null ? firstRight(tree, node) : 0;
      for (int w = 0; w < words; w++) {
        int lefts = Math.max(0, Math.min(Long.SIZE, firstRight - Long.SIZE * w));
        long below = lefts == Long.SIZE ? 0 : -1L << lefts;
        right[words * node + w] = set == null ? below : ~set[w];
      }
      long missing = 1L << CategoryBins.MISSING;
      right[words * node + words - 1] &= ~missing;
      if (!tree.missingLeft()[node]) {
        right[words * node + words - 1] |= missing;
      }
    }
    return right;
  }

  /** The least rank, or bin, that is not below a node's threshold. */
  private int firstRight(Tree tree, int node) {
    double threshold = tree.threshold()[node];
    double[] all = thresholds[tree.feature()[node]];
    return all == null ? (int) Math.ceil(threshold) : Arrays.binarySearch(all, threshold) + 1;
  }

  private static int[] children(Tree tree) {
    int[] child = new int[2 * tree.feature().length];
    for (int node = 0; node < tree.feature().length; node++) {
      child[2 * node] = tree.left()[node];
      child[2 * node + 1] = tree.right()[node];
    }
    return child;
  }

  /**
   * Takes rows, which are not to be changed before their leaves are asked for.
   *
   * @param raw features; NaN where missing
   * @param number of rows, at most those that were said
   */
  public void load(double[][] raw, int number) {
    count = number;
    int d = thresholds.length;
    for (int r = 0; r < count; r++) {
      if (ranked) {
        for (int j = 0; j < d; j++) {
          ranks[r * d + j] = (byte) rank(j, raw[r][j]);
        }
      } else {
        rows[r] = forest.row(raw[r]);
      }
    }
  }

  /** The number of thresholds that are not above a value, or the bin of a category. */
  private int rank(int column, double value) {
    double[] all = thresholds[column];
    if (all == null) {
      return forest.categories().bin(column, value);
    }
    if (Double.isNaN(value)) {
      return CategoryBins.MISSING;
    }
    int from = 0;
    for (int size = all.length; size > 0; ) {
      int half = size >>> 1;
      boolean above = all[from + half] <= value;
      from += above ? half + 1 : 0;
      size = above ? size - half - 1 : half;
    }
    return from;
  }

  /**
   * The leaves of the rows that were taken.
   *
   * @param t the number of the tree
   * @param leaves filled with a leaf for each row
   */
  public void leaves(int t, int[] leaves) {
    Tree tree = forest.trees().get(t);
    int d = thresholds.length;
    int r = 0;
    if (ranked && tree.feature().length > 0) {
      for (; r + 4 <= count; r += 4) {
        four(tree.feature(), sides[t], children[t], r * d, d, leaves, r);
      }
      for (; r < count; r++) {
        int at = 0;
        while (at >= 0) {
          at = next(tree.feature(), sides[t], children[t], at, r * d);
        }
        leaves[r] = ~at;
      }
    }
    for (; r < count; r++) {
      leaves[r] = ranked ? 0 : tree.leaf(rows[r]);
    }
  }

  private void four(
      int[] feature, long[] right, int[] child, int from, int d, int[] leaves, int r) {
    int at0 = 0;
    int at1 = 0;
    int at2 = 0;
    int at3 = 0;
    // The sign of a conjunction is set where all are leaves.
    while ((at0 & at1 & at2 & at3) >= 0) {
      at0 = at0 < 0 ? at0 : next(feature, right, child, at0, from);
      at1 = at1 < 0 ? at1 : next(feature, right, child, at1, from + d);
      at2 = at2 < 0 ? at2 : next(feature, right, child, at2, from + 2 * d);
      at3 = at3 < 0 ? at3 : next(feature, right, child, at3, from + 3 * d);
    }
    leaves[r] = ~at0;
    leaves[r + 1] = ~at1;
    leaves[r + 2] = ~at2;
    leaves[r + 3] = ~at3;
  }

  private int next(int[] feature, long[] right, int[] child, int node, int row) {
    int rank = ranks[row + feature[node]] & 0xFF;
    int side = (int) (right[Tree.SET_WORDS * node + (rank >>> 6)] >>> rank) & 1;
    return child[2 * node + side];
  }
}
