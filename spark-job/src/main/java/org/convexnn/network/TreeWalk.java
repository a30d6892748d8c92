package org.convexnn.network;

import java.util.List;

/**
 * Finds the leaves that a row reaches, those of {@link Tree#leaf}, in many trees: all of them lie in
 * one array, a node beside its test and the two children of a node side by side, and four trees are
 * walked at a time, so that no step waits for the one before in another tree.
 */
final class TreeWalk {

  private static final int SIDE_BY_SIDE = 4;

  // Of a slot's second word: what it is, the tested column, and where its children are.
  private static final long LEAF = 1L << 63;
  private static final long SET = 1L << 62;
  private static final long MISSING_LEFT = 1L << 61;
  private static final int COLUMN_BITS = 29;
  private static final int COLUMN = (1 << COLUMN_BITS) - 1;

  /** Two words a slot: the threshold's bits, the number of a set or that of a leaf; what it is. */
  private final long[] slots;

  private final long[][] sets;

  /** The slot of each root; the last one's again, up to a multiple of those walked at a time. */
  private final int[] roots;

  private final int trees;

  // While slots are filled.
  private int nextSlot;
  private int nextSet;

  /** The leaves of a tree are numbered as in the tree. */
  TreeWalk(List<Tree> forest) {
    this.trees = forest.size();
    int nodes = forest.stream().mapToInt(tree -> tree.feature().length).sum();
    this.slots = new long[2 * (2 * nodes + trees)];
    this.sets = new long[nodes][];
    this.roots = new int[(trees + SIDE_BY_SIDE - 1) / SIDE_BY_SIDE * SIDE_BY_SIDE];
    for (int t = 0; t < roots.length; t++) {
      if (t < trees) {
        roots[t] = nextSlot++;
        Tree tree = forest.get(t);
        fill(tree, tree.feature().length == 0 ? ~0 : 0, roots[t]);
      } else {
        roots[t] = roots[trees - 1];
      }
    }
  }

  private void fill(Tree tree, int at, int slot) {
    if (at < 0) {
      // A walk that has come here stays; what it compares on the way does not matter.
      slots[2 * slot] = ~at;
      slots[2 * slot + 1] = LEAF | slot;
      return;
    }
    long[] set = tree.set(at);
    if (set == null) {
      slots[2 * slot] = Double.doubleToRawLongBits(tree.threshold()[at]);
    } else {
      slots[2 * slot] = nextSet;
      sets[nextSet++] = set;
    }
    int children = nextSlot;
    nextSlot += 2;
    slots[2 * slot + 1] =
        (set == null ? 0 : SET)
            | (tree.missingLeft()[at] ? MISSING_LEFT : 0)
            | (long) tree.feature()[at] << Integer.SIZE
            | children;
    fill(tree, tree.left()[at], children);
    fill(tree, tree.right()[at], children + 1);
  }

  /**
   * The leaf of each tree that a row reaches.
   *
   * @param x raw features, but bins in place of the codes of categories; NaN where missing
   * @param leaves filled with a leaf for each tree; as long as {@link #room}
   */
  void leaves(double[] x, int[] leaves) {
    for (int t = 0; t < trees; t += SIDE_BY_SIDE) {
      int a = roots[t];
      int b = roots[t + 1];
      int c = roots[t + 2];
      int d = roots[t + 3];
      while ((slots[2 * a + 1] & slots[2 * b + 1] & slots[2 * c + 1] & slots[2 * d + 1]) >= 0) {
        a = next(a, x);
        b = next(b, x);
        c = next(c, x);
        d = next(d, x);
      }
      leaves[t] = (int) slots[2 * a];
      leaves[t + 1] = (int) slots[2 * b];
      leaves[t + 2] = (int) slots[2 * c];
      leaves[t + 3] = (int) slots[2 * d];
    }
  }

  /** The length of an array of leaves: the trees, up to a multiple of those walked at a time. */
  int room() {
    return roots.length;
  }

  /** Without jumps that could not be foreseen where no column has categories. */
  private int next(int slot, double[] x) {
    long what = slots[2 * slot + 1];
    double value = x[(int) (what >>> Integer.SIZE) & COLUMN];
    long test = slots[2 * slot];
    boolean left;
    if (Double.isNaN(value)) {
      left = (what & MISSING_LEFT) != 0;
    } else if ((what & SET) == 0) {
      left = value < Double.longBitsToDouble(test);
    } else {
      left = Tree.contains(sets[(int) test], (int) value);
    }
    int right = 1 + (int) (what >> Long.SIZE - 1); // 0 at a leaf
    return (int) what + (left ? 0 : right);
  }
}
