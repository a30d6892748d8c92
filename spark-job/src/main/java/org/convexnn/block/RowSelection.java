package org.convexnn.block;

import java.io.Serializable;
import org.convexnn.linalg.CounterRandom;

/**
 * Which rows take part in a sum: all, those outside a fold, or those inside it. The fold of a row
 * is a hash of its key, so duplicates fall on one side and nothing depends on partitions.
 *
 * @param folds the number of folds; 1 selects all rows
 * @param fold the fold that is held out
 * @param heldOut whether the held-out rows are selected, or the others
 * @param salt varies the folds with the seed
 */
public record RowSelection(int folds, int fold, boolean heldOut, long salt)
    implements Serializable {

  /** All rows. */
  public static final RowSelection ALL = new RowSelection(1, 0, true, 0);

  /** Whether a row with this key is selected. */
  public boolean selects(long key) {
    if (folds == 1) {
      return true;
    }
    return (foldOf(key, folds, salt) == fold) == heldOut;
  }

  /** The fold, 0 .. folds - 1, of a row with this key. */
  public static int foldOf(long key, int folds, long salt) {
    double u = CounterRandom.uniform(CounterRandom.mix(key ^ CounterRandom.mix(salt)));
    return (int) (u * folds);
  }

  /** The rows that this selection leaves out. */
  public RowSelection complement() {
    return new RowSelection(folds, fold, !heldOut, salt);
  }
}
