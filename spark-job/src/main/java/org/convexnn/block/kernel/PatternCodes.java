package org.convexnn.block.kernel;

import org.convexnn.block.LeafCodes;
import org.convexnn.block.Patterns;

/**
 * Activation patterns as row numbers of a table. Four half-spaces share 16 rows of the table, one
 * for each subset of the four: a row of data picks the one that holds the sum over its active
 * half-spaces, an addition where a product with bits takes four. A leaf has a row of its own, and a
 * data row picks one for each tree.
 *
 * <p>Table: 16 ceil(P / 4) rows for half-spaces, bit b of subset row 16 m + s meaning half-space 4 m
 * + b, then one row for each leaf.
 */
final class PatternCodes {

  /** Half-spaces that share a subset. */
  private static final int MEMBERS = 4;

  private static final int SUBSETS = 1 << MEMBERS;

  private final int halfSpaces;
  private final int quads;
  private final int leaves;
  private int[] values = new int[0];
  private int picks;

  PatternCodes(int halfSpaces, int leaves) {
    this.halfSpaces = halfSpaces;
    this.quads = (halfSpaces + MEMBERS - 1) / MEMBERS;
    this.leaves = leaves;
  }

  /** The number of rows of the table. */
  int tableRows() {
    return quads * SUBSETS + leaves;
  }

  /** The row of the table that holds group i alone. */
  int tableRow(int i) {
    return i < halfSpaces
        ? i / MEMBERS * SUBSETS + (1 << i % MEMBERS)
        : quads * SUBSETS + i - halfSpaces;
  }

  /** A subset of two or more half-spaces is the disjoint union of two smaller ones. */
  @FunctionalInterface
  interface Union {
    void accept(int union, int one, int rest);
  }

  /** All unions, each after its parts. */
  void forEachUnion(Union action) {
    for (int first = 0; first < quads * SUBSETS; first += SUBSETS) {
      for (int s = 1; s < SUBSETS; s++) {
        split(first, s, action);
      }
    }
  }

  /** All unions, each before its parts. */
  void forEachUnionDown(Union action) {
    for (int first = 0; first < quads * SUBSETS; first += SUBSETS) {
      for (int s = SUBSETS - 1; s > 0; s--) {
        split(first, s, action);
      }
    }
  }

  private static void split(int first, int subset, Union action) {
    int one = subset & -subset;
    int rest = subset - one;
    if (rest != 0) {
      action.accept(first + subset, first + one, first + rest);
    }
  }

  /** Reads the codes of rows first .. first + count. */
  void load(Patterns patterns, int first, int count) {
    int trees = leaves > 0 ? patterns.trees() : 0;
    picks = quads + trees;
    if (values.length < count * picks) {
      values = new int[count * picks];
    }
    for (int r = 0; r < count; r++) {
      int at = r * picks;
      loadBits(patterns.bits(), (first + r) * patterns.words(), at);
      loadLeaves(patterns.leaves(), first + r, trees, at + quads);
    }
  }

  private void loadLeaves(LeafCodes from, int row, int count, int at) {
    int[] to = values;
    int before = quads * SUBSETS;
    for (int t = 0; t < count; t++) {
      to[at + t] = before + from.leaf(row, t);
    }
  }

  private void loadBits(long[] bits, int word, int at) {
    for (int m = 0; m < quads; word++) {
      long rest = bits[word];
      int end = Math.min(quads, m + Long.SIZE / MEMBERS);
      for (; m < end; m++) {
        values[at + m] = m * SUBSETS + ((int) rest & SUBSETS - 1);
        rest >>>= MEMBERS;
      }
    }
  }

  /** The codes loaded, count x {@link #picks}. */
  int[] values() {
    return values;
  }

  /** Codes of a row. */
  int picks() {
    return picks;
  }

  /** The rows of data, at least one, among which a row of the table is picked about once. */
  int rowsOfAPick() {
    int ofLeaves = picks > quads ? Math.max(1, leaves / (picks - quads)) : SUBSETS;
    return quads > 0 ? Math.min(SUBSETS, ofLeaves) : ofLeaves;
  }
}
