package org.convexnn.network.leaf;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.convexnn.linalg.OrderedFit;
import org.convexnn.network.CategoryBins;
import org.convexnn.network.FeatureConstraints;
import org.convexnn.network.Forest;
import org.convexnn.network.Tree;

/**
 * The order of constant leaves that makes a forest monotone everywhere. A leaf is a box: of each
 * column an interval or a set of bins, and missing values or not. Where a feature that the forest is
 * to rise in is raised and nothing else changes, a row leaves its box through an upper face and enters
 * the box behind it; the forest rises in the feature if and only if of every two boxes with such a
 * face in common (one ends where the other begins, and they meet in every other column) the upper
 * one's value is not below the lower one's. Missing values are neither below nor above any others
 * (docs/theory/narrow-leaves.md#monotone).
 *
 * @param first the number of the first leaf of each tree, and the number of leaves
 * @param pairs by tree lower and upper leaf of each pair, one after the other, numbered in the tree
 */
public record LeafOrder(int[] first, List<int[]> pairs) implements Serializable {

  /** No order. */
  public static final LeafOrder NONE = new LeafOrder(new int[] {0}, List.of());

  private static final int[] FREE = new int[0];

  // What leaves that no row says anything about weigh beside others: they give way.
  private static final double NO_WEIGHT = 1e-9;

  /** The order that holds a forest to constraints. */
  public static LeafOrder of(Forest forest, FeatureConstraints constraints) {
    if (!constraints.ordered() || forest.trees().isEmpty()) {
      return NONE;
    }
    List<int[]> pairs =
        forest.trees().parallelStream()
            .map(tree -> new Boxes(tree, forest.categories()).pairs(constraints))
            .toList();
    return new LeafOrder(forest.firstLeaves(), pairs);
  }

  /** The order that holds one tree to constraints. */
  public static LeafOrder of(Tree tree, CategoryBins categories, FeatureConstraints constraints) {
    return new LeafOrder(
        new int[] {0, tree.leaves()}, List.of(new Boxes(tree, categories).pairs(constraints)));
  }

  /** Whether no leaf is held to an order. */
  public boolean none() {
    return pairs.stream().allMatch(p -> p.length == 0);
  }

  /** The pairs of tree t; none where there is no order. */
  public int[] pairs(int t) {
    return pairs.isEmpty() ? FREE : pairs.get(t);
  }

  /**
   * Moves the values of leaves to the nearest ones in order, in {@code sum_i weights_i (x_i -
   * values_i)^2}.
   *
   * @param values of all leaves from {@code from} on
   * @param weights to the same places, not negative
   */
  public void project(double[] values, double[] weights, int from) {
    for (int t = 0; t < pairs.size(); t++) {
      int begin = from + first[t];
      int end = from + first[t + 1];
      if (pairs.get(t).length > 0 && !holds(t, values, from)) {
        double[] h = Arrays.copyOfRange(weights, begin, end);
        double least = NO_WEIGHT * Math.max(Double.MIN_NORMAL, Arrays.stream(h).sum());
        Arrays.setAll(h, l -> Math.max(h[l], least));
        double[] none = new double[h.length];
        double[] x =
            new OrderedFit(h.length, pairs.get(t))
                .solve(h, Arrays.copyOfRange(values, begin, end), none, none);
        System.arraycopy(x, 0, values, begin, x.length);
      }
    }
  }

  private boolean holds(int t, double[] values, int from) {
    int[] p = pairs.get(t);
    int at = from + first[t];
    for (int k = 0; k < p.length; k += 2) {
      if (values[at + p[k]] > values[at + p[k + 1]]) {
        return false;
      }
    }
    return true;
  }

  /** Whether values of all leaves from {@code from} on are in order, to the last bit. */
  public boolean holds(double[] values, int from) {
    for (int t = 0; t < pairs.size(); t++) {
      if (!holds(t, values, from)) {
        return false;
      }
    }
    return true;
  }

  /** The leaves of a tree as boxes. */
  private static final class Boxes {

    private final Tree tree;
    private final CategoryBins categories;

    /** The columns that the tree tests. */
    private final int[] columns;

    private final Box[] leaves;

    Boxes(Tree tree, CategoryBins categories) {
      this.tree = tree;
      this.categories = categories;
      this.columns = Arrays.stream(tree.feature()).distinct().sorted().toArray();
      this.leaves = new Box[tree.leaves()];
      walk(columns.length == 0 ? ~0 : 0, all());
    }

    private Box all() {
      Box all = Box.all(columns.length);
      for (int k = 0; k < columns.length; k++) {
        int column = columns[k];
        if (column < categories.tables().length && categories.isCategorical(column)) {
          all.bins[k] = new long[Tree.SET_WORDS];
          for (byte bin : categories.tables()[column]) {
            int b = bin & 0xFF;
            all.bins[k][b >>> 6] |= b == CategoryBins.MISSING ? 0 : 1L << b;
          }
        }
      }
      return all;
    }

    private void walk(int at, Box box) {
      if (at < 0) {
        leaves[~at] = box;
        return;
      }
      walk(tree.left()[at], side(at, box, true));
      walk(tree.right()[at], side(at, box, false));
    }

    private Box side(int node, Box box, boolean left) {
      int feature = tree.feature()[node];
      int k = Arrays.binarySearch(columns, feature);
      Box side = box.copy();
      side.missing[k] &= tree.missingLeft()[node] == left;
      double threshold = tree.threshold()[node];
      long[] set = tree.set(node);
      if (box.bins[k] == null) {
        side.low[k] = left ? side.low[k] : Math.max(side.low[k], threshold);
        side.high[k] = left ? Math.min(side.high[k], threshold) : side.high[k];
        return side;
      }
      long[] kept = new long[Tree.SET_WORDS];
      for (int b = 0; b < CategoryBins.MISSING; b++) {
        boolean goesLeft = set == null ? b < threshold : Tree.contains(set, b);
        kept[b >>> 6] |= Tree.contains(box.bins[k], b) && goesLeft == left ? 1L << b : 0;
      }
      side.bins[k] = kept;
      return side;
    }

    int[] pairs(FeatureConstraints constraints) {
      List<int[]> found = new ArrayList<>();
      for (int i = 0; i < leaves.length; i++) {
        for (int j = 0; j < i; j++) {
          int k = leaves[i].apart(leaves[j]);
          int direction = k < 0 ? 0 : constraints.direction(columns[k]);
          if (direction != 0) {
            boolean up = leaves[j].below(leaves[i], k);
            if (up || leaves[i].below(leaves[j], k)) {
              found.add(up == direction > 0 ? new int[] {j, i} : new int[] {i, j});
            }
          }
        }
      }
      return found.stream().flatMapToInt(Arrays::stream).toArray();
    }
  }

  /**
   * The rows of a leaf.
   *
   * @param low by column the least number
   * @param high by column what numbers are below
   * @param bins by column the bins of categories; null for numbers
   * @param missing by column whether its missing values are in the box
   */
  private record Box(double[] low, double[] high, long[][] bins, boolean[] missing) {

    static Box all(int columns) {
      Box box =
          new Box(
              new double[columns], new double[columns], new long[columns][], new boolean[columns]);
      Arrays.fill(box.low, Double.NEGATIVE_INFINITY);
      Arrays.fill(box.high, Double.POSITIVE_INFINITY);
      Arrays.fill(box.missing, true);
      return box;
    }

    Box copy() {
      return new Box(low.clone(), high.clone(), bins.clone(), missing.clone());
    }

    /** The one column in which two boxes do not meet; -1 where these are none or several. */
    int apart(Box other) {
      int found = -1;
      for (int k = 0; k < low.length; k++) {
        if (!meets(other, k)) {
          if (found >= 0) {
            return -1;
          }
          found = k;
        }
      }
      return found;
    }

    private boolean meets(Box other, int k) {
      if (missing[k] && other.missing[k]) {
        return true;
      }
      if (bins[k] != null) {
        for (int w = 0; w < Tree.SET_WORDS; w++) {
          if ((bins[k][w] & other.bins[k][w]) != 0) {
            return true;
          }
        }
        return false;
      }
      return Math.max(low[k], other.low[k]) < Math.min(high[k], other.high[k]);
    }

    /** Whether the box ends in column k where another begins. */
    boolean below(Box other, int k) {
      return bins[k] == null
          && low[k] < high[k]
          && other.low[k] < other.high[k]
          && high[k] == other.low[k];
    }
  }
}
