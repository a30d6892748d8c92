package org.convexnn.network.leaf;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.convexnn.network.CategoryBins;
import org.convexnn.network.Tree;

/**
 * Finds the leaves of a tree that many rows reach, their values being codes of a byte. For each column
 * and code, what the tree's tests of the column leave of its leaves is a set of bits, and the leaf of a
 * row is what all of its columns leave: no row goes down the tree, so that no step waits for the one
 * before (after QuickScorer, Lucchese et al., SIGIR 2015).
 */
public final class LeafTables {

  private static final int CODES = CategoryBins.MISSING + 1;

  /** Rows whose leaves are found together: few enough to stay in the first cache. */
  private static final int TOGETHER = 1024;

  private final int leaves;
  private final int[] columns;

  /** By word of 64 leaves and tested column the leaves that each code leaves. */
  private final long[][][] tables;

  /**
   * The tables of a tree.
   *
   * @param firstRight for each node that compares with a threshold the least code that goes right; the
   *     code {@link CategoryBins#MISSING} stands for missing values and goes where these go
   */
  public LeafTables(Tree tree, IntUnaryOperator firstRight) {
    int nodes = tree.feature().length;
    this.leaves = tree.leaves();
    this.columns = Arrays.stream(tree.feature()).distinct().toArray();
    long[][] below = new long[2 * nodes][];
    if (nodes > 0) {
      collect(tree, 0, below);
    }
    this.tables = new long[(leaves + Long.SIZE - 1) / Long.SIZE][columns.length][CODES];
    int[] place = new int[Arrays.stream(columns).max().orElse(-1) + 1];
    for (int k = 0; k < columns.length; k++) {
      place[columns[k]] = k;
    }
    for (long[][] ofWord : tables) {
      for (long[] table : ofWord) {
        Arrays.fill(table, -1);
      }
    }
    for (int node = 0; node < nodes; node++) {
      int first = firstRight.applyAsInt(node);
      for (int w = 0; w < tables.length; w++) {
        test(
            tables[w][place[tree.feature()[node]]],
            Math.max(0, Math.min(CategoryBins.MISSING, first)),
            tree.set(node),
            tree.missingLeft()[node],
            ~below[2 * node + 1][w],
            ~below[2 * node][w]);
      }
    }
  }

  // Short methods: one of many loops is compiled again and again while the first rows wait.

  /** Leaves what a node does: each code has the leaves of the side that it does not go to taken. */
  private static void test(
      long[] table, int first, long[] set, boolean missingLeft, long goesLeft, long goesRight) {
    if (set == null) {
      keep(table, 0, first, goesLeft);
      keep(table, first, CategoryBins.MISSING, goesRight);
    } else {
      keep(table, set, goesLeft, goesRight);
    }
    table[CategoryBins.MISSING] &= missingLeft ? goesLeft : goesRight;
  }

  /** The leaves below the left child of node k to {@code below[2 k]}, the right to the next. */
  private static long[] collect(Tree tree, int at, long[][] below) {
    long[] all = new long[(tree.leaves() + Long.SIZE - 1) / Long.SIZE];
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

  private static void keep(long[] table, int from, int to, long leaves) {
    for (int code = from; code < to; code++) {
      table[code] &= leaves;
    }
  }

  private static void keep(long[] table, long[] set, long goesLeft, long goesRight) {
    for (int code = 0; code < CategoryBins.MISSING; code++) {
      table[code] &= Tree.contains(set, code) ? goesLeft : goesRight;
    }
  }

  /**
   * The leaves that rows {@code from .. from + count - 1} reach.
   *
   * @param codes by column the codes of all rows; those of columns that the tree does not test are not
   *     read
   * @param found filled with a leaf for each row
   */
  public void find(byte[][] codes, int from, int count, int[] found) {
    long[] left = new long[Math.min(TOGETHER, count)];
    for (int first = 0; first < count; first += TOGETHER) {
      int some = Math.min(TOGETHER, count - first);
      for (int w = 0; w < tables.length; w++) {
        Arrays.fill(left, 0, some, -1L >>> Math.max(0, Long.SIZE * (w + 1) - leaves));
        for (int k = 0; k < columns.length; k++) {
          keep(left, some, tables[w][k], codes[columns[k]], from + first);
        }
        number(left, some, Long.SIZE * w, found, first);
      }
    }
  }

  private static void keep(long[] left, int count, long[] table, byte[] codes, int from) {
    for (int r = 0; r < count; r++) {
      left[r] &= table[codes[from + r] & 0xFF];
    }
  }

  /** One word alone has a leaf left. */
  private static void number(long[] left, int count, int first, int[] found, int at) {
    for (int r = 0; r < count; r++) {
      found[at + r] = left[r] == 0 ? found[at + r] : first + Long.numberOfTrailingZeros(left[r]);
    }
  }
}
