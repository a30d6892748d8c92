package org.convexnn.block.pass.data;

import org.convexnn.block.Block;
import org.convexnn.block.RowSelection;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.Sums;

/**
 * Rows and weights, fold by fold, in one sweep:
 *
 * <pre>[k] = [rows, W = sum w, sum of w over label 0, over label 1, ..., over label C - 1]</pre>
 *
 * of fold k. The fold of a row is {@link RowSelection#foldOf}.
 *
 * @param folds K, or {@link RowSelection#BY_MARK} for 2 of them
 * @param salt varies the folds
 * @param classes C; 0 where labels are no classes
 */
public record FoldWeightsPass(int folds, long salt, int classes)
    implements RowPass<Block, double[][]> {

  /** Where a fold's rows are counted. */
  public static final int ROWS = 0;

  /** Where a fold's weight is. */
  public static final int WEIGHT = 1;

  /** Where the weight of class 0 is; the others follow. */
  public static final int CLASSES = 2;

  @Override
  public Worker<Block, double[][]> worker() {
    double[][] sums = new double[RowSelection.count(folds)][CLASSES + classes];
    FoldWeightsPass pass = this;
    return new Worker<>() {
      @Override
      public void accept(Block block) {
        for (int r = 0; r < block.rows(); r++) {
          double[] fold = sums[RowSelection.foldOf(block.group(r), pass.folds, pass.salt)];
          fold[ROWS]++;
          fold[WEIGHT] += block.weight(r);
          if (pass.classes > 0) {
            fold[CLASSES + (int) block.label(r)] += block.weight(r);
          }
        }
      }

      @Override
      public double[][] result() {
        return sums;
      }
    };
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }
}
