package org.convexnn.network;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds the leaves that many rows reach in the trees of a forest, those of {@link Tree#leaf}. Values
 * become ranks among the thresholds of their column, a byte each ({@link CategoryBins} for
 * categories). For each column and rank, what the tree's tests of the column leave of its leaves is a
 * set of bits, and the leaf of a row is what all of its columns leave: no row goes down a tree, so
 * that no step waits for the one before (after QuickScorer, Lucchese et al., SIGIR 2015). Not for
 * several threads.
 */
public final class LeafSearch {

  /** More thresholds of a column than bytes tell apart: trees are then asked row by row. */
  private static final int MOST_THRESHOLDS = CategoryBins.MISSING - 1;

  private static final int RANKS = CategoryBins.MISSING + 1;

  private final Forest forest;

  /** By column the thresholds of all trees, ascending; null where it has categories. */
  private final double[][] thresholds;

  private final boolean ranked;

  /** By column the rank of each row. */
  private final byte[][] ranks;

  /** The rows themselves where there are no ranks. */
  private final double[][] rows;

  /** A word of the leaves that are left to each row. */
  private final long[] left;

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
    this.left = new long[most];
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
    int[] columns = Arrays.stream(tree.feature()).distinct().toArray();
    long[][] below = new long[2 * tree.feature().length][];
    if (below.length > 0) {
      collect(tree, 0, below);
    }
    for (int w = 0; Long.SIZE * w < tree.leaves(); w++) {
      Arrays.fill(left, 0, count, -1L >>> Math.max(0, Long.SIZE * (w + 1) - tree.leaves()));
      for (int column : columns) {
        keep(left, table(tree, column, below, w), ranks[column], count);
      }
      for (int r = 0; r < count; r++) {
        // One word alone has a leaf left.
        leaves[r] = left[r] == 0 ? leaves[r] : Long.SIZE * w + Long.numberOfTrailingZeros(left[r]);
      }
    }
  }

  private static void keep(long[] left, long[] table, byte[] ranks, int count) {
    for (int r = 0; r < count; r++) {
      left[r] &= table[ranks[r] & 0xFF];
    }
  }

  /** The leaves below the left child of node k to {@code below[2 k]}, the right to the next. */
  private static long[] collect(Tree tree, int at, long[][] below) {
    long[] all = new long[Tree.SET_WORDS * (1 + tree.leaves() / RANKS)];
    if (at < 0) {
      all[~at >>> 6] |= 1L << ~at;
      return all;
    }
    below[2 * at] = collect(tree, tree.left()[at], below);
    below[2 * at + 1] = collect(tree, tree.right()[at], below);
    for (int w = 0; w < all.length; w++) {
      all[w] = below[2 * at][w] | below[2 * at + 1][w];
    }
    return all;
  }

  /** By rank the leaves, a word of them, that the tests of a column leave. */
  private long[] table(Tree tree, int column, long[][] below, int w) {
    long[] table = new long[RANKS];
    Arrays.fill(table, -1);
    for (int node = 0; node < tree.feature().length; node++) {
      if (tree.feature()[node] == column) {
        long goesLeft = ~below[2 * node + 1][w];
        long goesRight = ~below[2 * node][w];
        long[] set = tree.set(node);
        if (set == null) {
          int firstRight = Math.max(0, Math.min(CategoryBins.MISSING, firstRight(tree, node)));
          keep(table, 0, firstRight, goesLeft);
          keep(table, firstRight, CategoryBins.MISSING, goesRight);
        } else {
          for (int rank = 0; rank < CategoryBins.MISSING; rank++) {
            table[rank] &= Tree.contains(set, rank) ? goesLeft : goesRight;
          }
        }
        table[CategoryBins.MISSING] &= tree.missingLeft()[node] ? goesLeft : goesRight;
      }
    }
    return table;
  }

  private static void keep(long[] table, int from, int to, long leaves) {
    for (int rank = from; rank < to; rank++) {
      table[rank] &= leaves;
    }
  }

  /** The least rank, or bin, that is not below a node's threshold. */
  private int firstRight(Tree tree, int node) {
    double threshold = tree.threshold()[node];
    double[] all = thresholds[tree.feature()[node]];
    return all == null ? (int) Math.ceil(threshold) : Arrays.binarySearch(all, threshold) + 1;
  }
}
