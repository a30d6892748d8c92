package org.convexnn.solver;

import java.util.Optional;
import org.convexnn.block.FoldWeightsJob;
import org.convexnn.block.RowSelection;

/**
 * The folds that the rows are in, of which one at a time is held out: hashes of the rows' keys, so
 * that equal rows are in one fold and nothing is moved; or the marked rows and the others. Finding what they weigh takes one sweep.
 */
public final class Folds {

  private static final int TENTHS = 10;

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

  /** K folds of a model's rows. */
  static Folds of(Run run, int count) {
    int classes =
        switch (run.options().task()) {
          case BINARY -> 2;
          case MULTICLASS -> run.frame().loss().outputs();
          case REGRESSION -> 0;
        };
    return of(run.rows(), count, classes, run.options().seed());
  }

  /**
   * K folds of some rows.
   *
   * @param classes the number of classes, 0 where labels are none
   * @param seed varies the folds
   */
  public static Folds of(Rows rows, int count, int classes, long seed) {
    return new Folds(
        count, rows.sum("weights of the folds", new FoldWeightsJob(count, seed, classes)), seed);
  }

  /** Folds of which the first is the held-out split. */
  static Folds heldOut(Run run) {
    return of(run, division(run.rows()));
  }

  /** The same of rows whose labels are not looked at. */
  public static Folds heldOut(Rows rows, long seed) {
    return of(rows, division(rows), 0, seed);
  }

  /** The rows that a held-out split trains on. */
  static RowSelection withoutHeldOut(Rows rows, long seed) {
    return without(division(rows), 0, seed);
  }

  /** The rows that a split of a cross-validation trains on: those outside fold k of K. */
  static RowSelection withoutFold(int folds, int fold, long seed) {
    return without(folds, fold, seed);
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
        sums[k][FoldWeightsJob.WEIGHT],
        (long) sums[k][FoldWeightsJob.ROWS]);
  }

  /** The rows outside fold k. */
  public SelectedRows outside(int k) {
    return new SelectedRows(
        without(division, k, seed),
        sumWithout(k, FoldWeightsJob.WEIGHT),
        (long) sumWithout(k, FoldWeightsJob.ROWS));
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
    for (int i = FoldWeightsJob.CLASSES; i < total.length; i++) {
      if (total[i] > 0 && !(sumWithout(k, i) > 0)) {
        return Optional.of("all rows of class " + (i - FoldWeightsJob.CLASSES) + " fall into it");
      }
    }
    return Optional.empty();
  }
}
