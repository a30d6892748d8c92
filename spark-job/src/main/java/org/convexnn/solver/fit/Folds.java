package org.convexnn.solver.fit;

import java.util.Map;
import java.util.Optional;
import org.convexnn.block.RowSelection;
import org.convexnn.block.pass.data.FoldWeightsPass;
import org.convexnn.solver.rows.Rows;
import org.convexnn.solver.rows.SelectedRows;

/**
 * The folds that the rows are in, of which one at a time is held out: hashes of the rows' groups, or
 * where there are none, of their keys, so that a group or equal rows are in one fold and nothing is
 * moved; or the marked rows and the others. Hashes of few groups are drawn until folds are about even.
 * Finding what folds weigh takes one sweep.
 */
public final class Folds {

  private static final int TENTHS = 10;
  private static final int DRAWS = 20_000;
  private static final double EVEN = 0.1;

  private final int division;
  private final double[][] sums;
  private final double[] total;
  private final long seed;

  private Folds(int division, double[][] sums, long seed) {
    this.division = division;
    this.sums = sums;
    this.seed = seed;
    this.total = new double[sums[0].length];
    for (double[] fold : sums) {
      for (int i = 0; i < total.length; i++) {
        total[i] += fold[i];
      }
    }
  }

  /** K folds of some rows, about even where groups are few; arguments as those of {@link #of}. */
  static Folds even(Rows rows, int count, int classes, long seed) {
    return of(rows, count, classes, salt(rows, count, count, seed));
  }

  /**
   * K folds of some rows.
   *
   * @param classes the number of classes, 0 where labels are none
   * @param seed varies the folds
   */
  public static Folds of(Rows rows, int count, int classes, long seed) {
    return new Folds(
        count, rows.sum("weights of the folds", new FoldWeightsPass(count, seed, classes)), seed);
  }

  /** Folds of which the first is the held-out split; arguments as those of {@link #of}. */
  static Folds heldOut(Rows rows, int classes, long seed) {
    int division = division(rows);
    return of(rows, division, classes, salt(rows, division, 1, seed));
  }

  /** Folds of which the first is the held-out split, of rows whose labels are not looked at. */
  public static Folds heldOut(Rows rows, long seed) {
    return heldOut(rows, 0, seed);
  }

  /** The rows that a held-out split trains on. */
  public static RowSelection withoutHeldOut(Rows rows, long seed) {
    return without(division(rows), 0, salt(rows, division(rows), 1, seed));
  }

  /** The rows that a split of a cross-validation trains on: those outside fold k of K. */
  public static RowSelection withoutFold(Rows rows, int folds, int fold, long seed) {
    return without(folds, fold, salt(rows, folds, folds, seed));
  }

  /**
   * What varies the folds: the seed, but where groups are few the first of some numbers after it by
   * which the folds that matter are about even, else the one by which they are most so.
   *
   * @param matter the folds 0 .. matter - 1 are to be even
   */
  public static long salt(Rows rows, int division, int matter, long seed) {
    Map<Long, Double> groups = rows.groups();
    if (groups.isEmpty() || division == RowSelection.BY_MARK || division == 1) {
      return seed;
    }
    double share = groups.values().stream().mapToDouble(w -> w).sum() / division;
    long best = seed;
    double least = Double.POSITIVE_INFINITY;
    for (long salt = seed; salt - seed < DRAWS && least > EVEN; salt++) {
      double[] weights = new double[division];
      for (Map.Entry<Long, Double> group : groups.entrySet()) {
        weights[RowSelection.foldOf(group.getKey(), division, salt)] += group.getValue();
      }
      double uneven = 0;
      for (int k = 0; k < matter; k++) {
        // An empty fold judges nothing, as one of all rows does.
        uneven += weights[k] == 0 ? 2 * division : Math.abs(weights[k] / share - 1) / matter;
      }
      if (uneven < least) {
        least = uneven;
        best = salt;
      }
    }
    return best;
  }

  private static int division(Rows rows) {
    return rows.marked() ? RowSelection.BY_MARK : TENTHS;
  }

  private static RowSelection without(int division, int fold, long seed) {
    return new RowSelection(division, fold, false, seed);
  }

  /** The rows of fold k. */
  public SelectedRows inside(int k) {
    return new SelectedRows(
        without(division, k, seed).complement(),
        sums[k][FoldWeightsPass.WEIGHT],
        (long) sums[k][FoldWeightsPass.ROWS]);
  }

  /** The rows outside fold k. */
  public SelectedRows outside(int k) {
    return new SelectedRows(
        without(division, k, seed),
        sumWithout(k, FoldWeightsPass.WEIGHT),
        (long) sumWithout(k, FoldWeightsPass.ROWS));
  }

  private double sumWithout(int k, int index) {
    double sum = 0;
    for (int j = 0; j < sums.length; j++) {
      sum += j == k ? 0 : sums[j][index];
    }
    return sum;
  }

  /**
   * Why fold k is no judge of a fit without it, where that is so: it has no rows or all of them, or
   * all rows of a class. A fit that has not seen a class says nothing about beta.
   */
  public Optional<String> flaw(int k) {
    if (!(inside(k).weight() > 0)) {
      return Optional.of("no row falls into it");
    }
    if (!(outside(k).weight() > 0)) {
      return Optional.of("all rows fall into it");
    }
    for (int i = FoldWeightsPass.CLASSES; i < total.length; i++) {
      if (total[i] > 0 && !(sumWithout(k, i) > 0)) {
        return Optional.of("all rows of class " + (i - FoldWeightsPass.CLASSES) + " fall into it");
      }
    }
    return Optional.empty();
  }
}
