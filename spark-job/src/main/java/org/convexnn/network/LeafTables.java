package org.convexnn.network;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * Finds the leaves of a tree that many rows reach, their values being codes of a byte. For each column
 * and code, what the tree's tests of the column leave of its leaves is a set of bits, and the leaf of a
 * row is what all of its columns leave: no row goes down the tree, so that no step waits for the one
 * before (after QuickScorer, Lucchese et al., SIGIR 2015).
 */
public final class LeafTables {

  private static final int CODES = CategoryBins.MISSING + 1;

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
    for (int w = 0; w < tables.length; w++) {
      for (long[] table : tables[w]) {
        Arrays.fill(table, -1);
      }
      for (int node = 0; node < nodes; node++) {
        long goesLeft = ~below[2 * node + 1][w];
        long goesRight = ~below[2 * node][w];
        long[] table = tables[w][place[tree.feature()[node]]];
        long[] set = tree.set(node);
        if (set == null) {
          int first = Math.max(0, Math.min(CategoryBins.MISSING, firstRight.applyAsInt(node)));
          keep(table, 0, first, goesLeft);
          keep(table, first, CategoryBins.MISSING, goesRight);
        } else {
          for (int code = 0; code < CategoryBins.MISSING; code++) {
            table[code] &= Tree.contains(set, code) ? goesLeft : goesRight;
          }
        }
        table[CategoryBins.MISSING] &= tree.missingLeft()[node] ? goesLeft : goesRight;
      }
    }
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

  /**
   * The leaves that rows {@code from .. from + count - 1} reach.
   *
   * @param codes by column the codes of all rows; those of columns that the tree does not test are not
   *     read
   * @param found filled with a leaf for each row
   */
  public void find(byte[][] codes, int from, int count, int[] found) {
    long[] left = new long[count];
    for (int w = 0; w < tables.length; w++) {
      Arrays.fill(left, -1L >>> Math.max(0, Long.SIZE * (w + 1) - leaves));
      for (int k = 0; k < columns.length; k++) {
        keep(left, tables[w][k], codes[columns[k]], from);
      }
      for (int r = 0; r < count; r++) {
        // One word alone has a leaf left.
        found[r] = left[r] == 0 ? found[r] : Long.SIZE * w + Long.numberOfTrailingZeros(left[r]);
      }
    }
  }

  private static void keep(long[] left, long[] table, byte[] codes, int from) {
    for (int r = 0; r < left.length; r++) {
      left[r] &= table[codes[from + r] & 0xFF];
    }
  }
}
