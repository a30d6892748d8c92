package org.convexnn.network.leaf;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.convexnn.network.CategoryBins;
import org.convexnn.network.Forest;
import org.convexnn.network.Tree;

/**
 * Finds the leaves that many rows reach in the trees of a forest, those of {@link Tree#leaf}. Values
 * become ranks among the thresholds of their column, a byte each ({@link CategoryBins} for
 * categories), and leaves are looked up ({@link LeafTables}). Not for several threads.
 */
public final class LeafSearch {

  /** More thresholds of a column than bytes tell apart: trees are then asked row by row. */
  private static final int MOST_THRESHOLDS = CategoryBins.MISSING - 1;

  private final Forest forest;

  /** By column the thresholds of all trees, ascending; null where it has categories. */
  private final double[][] thresholds;

  private final boolean ranked;

  /** By column the rank of each row. */
  private final byte[][] ranks;

  /** The rows themselves where there are no ranks. */
  private final double[][] rows;

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
    this.ranks = new byte[columns][];
    for (int j = 0; ranked && j < columns; j++) {
      // A column that no tree tests has no ranks.
      boolean tested = thresholds[j] == null || thresholds[j].length > 0;
      ranks[j] = tested ? new byte[most] : null;
    }
    this.rows = new double[ranked ? 0 : most][];
  }

  private boolean isCategorical(int column) {
    CategoryBins categories = forest.categories();
    return column < categories.tables().length && categories.isCategorical(column);
  }

  /** By column what trees compare it with, ascending and distinct; null for categories. */
  private double[][] thresholds(int columns) {
    int[] counts = new int[columns];
    for (Tree tree : forest.trees()) {
      for (int node = 0; node < tree.feature().length; node++) {
        counts[tree.feature()[node]] += tree.set(node) == null ? 1 : 0;
      }
    }
    double[][] all = Arrays.stream(counts).mapToObj(double[]::new).toArray(double[][]::new);
    for (Tree tree : forest.trees()) {
      for (int node = 0; node < tree.feature().length; node++) {
        int j = tree.feature()[node];
        if (tree.set(node) == null) {
          all[j][--counts[j]] = tree.threshold()[node];
        }
      }
    }
    for (int j = 0; j < columns; j++) {
      all[j] = isCategorical(j) ? null : distinct(all[j]);
    }
    return all;
  }

  /** Ascending and without those that are there twice. */
  private static double[] distinct(double[] values) {
    Arrays.sort(values);
    int count = 0;
    for (int i = 0; i < values.length; i++) {
      if (i == 0 || Double.compare(values[i], values[i - 1]) != 0) {
        values[count++] = values[i];
      }
    }
    return Arrays.copyOf(values, count);
  }

  private boolean setsAreOfCategories(Tree tree) {
    return IntStream.range(0, tree.feature().length)
        .allMatch(node -> tree.set(node) == null || isCategorical(tree.feature()[node]));
  }

  /**
   * Takes a row.
   *
   * @param r its number, below those that are searched at a time
   * @param raw features; NaN where missing
   */
  public void set(int r, double[] raw) {
    if (!ranked) {
      double[] row = forest.row(raw);
      rows[r] = row == raw ? raw.clone() : row;
      return;
    }
    for (int j = 0; j < ranks.length; j++) {
      if (ranks[j] != null) {
        ranks[j][r] = (byte) rank(j, raw[j]);
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
   * The leaves that the first rows reach.
   *
   * @param t the number of the tree
   * @param count of rows
   * @param leaves filled with a leaf for each row
   */
  public void leaves(int t, int count, int[] leaves) {
    Tree tree = forest.trees().get(t);
    if (!ranked) {
      for (int r = 0; r < count; r++) {
        leaves[r] = tree.leaf(rows[r]);
      }
      return;
    }
    new LeafTables(tree, node -> firstRight(tree, node)).find(ranks, 0, count, leaves);
  }

  /** The least rank, or bin, that is not below a node's threshold. */
  private int firstRight(Tree tree, int node) {
    double threshold = tree.threshold()[node];
    double[] all = thresholds[tree.feature()[node]];
    return all == null ? (int) Math.ceil(threshold) : Arrays.binarySearch(all, threshold) + 1;
  }
}
