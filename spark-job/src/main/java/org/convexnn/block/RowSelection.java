package org.convexnn.block;

import java.io.Serializable;
import org.convexnn.linalg.CounterRandom;

/**
 * Which rows take part in a sum: all, those outside a fold, or those inside it. The fold of a row
 * is a hash of its group, or where there are none, of its key, so that a group or duplicates fall on
 * one side and nothing depends on partitions; or it is told by a mark of the user's, which the key
 * carries.
 *
 * @param folds the number of folds; 1 selects all rows; {@link #BY_MARK}: fold 0 are the marked rows,
 *     fold 1 the others
 * @param fold the fold that is held out
 * @param heldOut whether the held-out rows are selected, or the others
 * @param salt varies the folds with the seed
 */
public record RowSelection(int folds, int fold, boolean heldOut, long salt)
    implements Serializable {

  /** All rows. */
  public static final RowSelection ALL = new RowSelection(1, 0, true, 0);

  /** The folds of rows that bring a mark. */
  public static final int BY_MARK = 0;

  private static final int SIDES_OF_A_MARK = 2;

  /** A row's key with its mark, in the lowest bit. */
  static long withMark(long key, boolean marked) {
    return marked ? key | 1 : key & ~1;
  }

  /** Whether the key of a row that brings a mark is marked. */
  public static boolean marked(long key) {
    return (key & 1) == 1;
  }

  /** K: the number of folds, {@link #BY_MARK} included. */
  public static int count(int folds) {
    return folds == BY_MARK ? SIDES_OF_A_MARK : folds;
  }

  /** Whether a row of this {@linkplain Block#group group} is selected. */
  public boolean selects(long group) {
    if (folds == 1) {
      return true;
    }
    return (foldOf(group, folds, salt) == fold) == heldOut;
  }

  /** The fold, 0 .. K - 1, of a row of this {@linkplain Block#group group}. */
  public static int foldOf(long group, int folds, long salt) {
    if (folds == BY_MARK) {
      return marked(group) ? 0 : 1;
    }
    double u = CounterRandom.uniform(CounterRandom.mix(group ^ CounterRandom.mix(salt)));
    return (int) (u * folds);
  }

  /** The rows that this selection leaves out. */
  public RowSelection complement() {
    return new RowSelection(folds, fold, !heldOut, salt);
  }
}
