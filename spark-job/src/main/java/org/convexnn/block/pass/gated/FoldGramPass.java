package org.convexnn.block.pass.gated;

import java.util.Arrays;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.Precision;
import org.convexnn.block.RowSelection;
import org.convexnn.block.RowSetting;
import org.convexnn.block.kernel.RowKernel;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.Sums;

/**
 * The sums over rows that squared loss needs, fold by fold, in one sweep: with the rows phi = [y~,
 * s_1 y~, ..., s_P y~] in row coordinates and labels y in training units,
 *
 * <pre>[3k] = [rows, W = sum w, sum w y^2],   [3k + 1] = sum w y phi (Q),   [3k + 2] = sum w phi phi'</pre>
 *
 * of fold k, Q = (1 + P) D; of the matrix the upper triangle by rows, Q (Q + 1) / 2 numbers. The
 * fold of a row is {@link RowSelection#foldOf}. One output, float64.
 *
 * @param setting the rows' setting
 * @param folds K
 * @param salt varies the folds
 */
public record FoldGramPass(RowSetting setting, int folds, long salt)
    implements RowPass<GatedBlock, double[][]> {

  @Override
  public Worker<GatedBlock, double[][]> worker() {
    return new GramWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class GramWorker implements Worker<GatedBlock, double[][]> {

    private final RowSetting setting;
    private final int folds;
    private final long salt;
    private final RowKernel kernel;
    private final int size;
    private final double[][] result;
    // One full matrix at a time: a block's rows of one fold after those of another.
    private final double[] gram;
    private final double[] weights;
    private final double[] labels;

    GramWorker(FoldGramPass pass) {
      this.setting = pass.setting.with(Precision.FLOAT64);
      this.folds = pass.folds;
      this.salt = pass.salt;
      this.kernel = RowKernel.of(setting, folds);
      this.size = (1 + setting.groups()) * setting.width();
      this.result = new double[3 * folds][];
      for (int k = 0; k < folds; k++) {
        result[3 * k] = new double[3];
        result[3 * k + 2] = new double[size * (size + 1) / 2];
      }
      this.gram = new double[size * size];
      this.weights = new double[kernel.capacity()];
      this.labels = new double[kernel.capacity()];
    }

    @Override
    public void accept(GatedBlock gated) {
      for (int k = 0; k < folds; k++) {
        double before = result[3 * k][0];
        for (int from = 0; from < gated.block().rows(); ) {
          from += add(gated, from, k);
        }
        if (result[3 * k][0] > before) {
          moveTriangle(result[3 * k + 2]);
        }
      }
    }

    /** Adds a batch's rows of one fold; says how many rows the batch has. */
    private int add(GatedBlock gated, int from, int fold) {
      Block block = gated.block();
      double[] sums = result[3 * fold];
      int count = Math.min(kernel.capacity(), block.rows() - from);
      boolean any = false;
      for (int r = 0; r < count; r++) {
        weights[r] = 0;
        labels[r] = 0;
        if (RowSelection.foldOf(block.group(from + r), folds, salt) == fold) {
          double w = setting.weight(block, from + r);
          double y = setting.label(block, from + r);
          weights[r] = w;
          labels[r] = w * y;
          sums[0] += w > 0 ? 1 : 0;
          sums[1] += w;
          sums[2] += w * y * y;
          any |= w > 0;
        }
      }
      if (any) {
        kernel.load(gated, from);
        kernel.backward(fold, labels, 0);
        kernel.addGram(weights, 0, gram);
      }
      return count;
    }

    /** Adds the full matrix's upper triangle, and clears the matrix. */
    private void moveTriangle(double[] packed) {
      int at = 0;
      for (int i = 0; i < size; i++) {
        for (int j = i; j < size; j++) {
          packed[at++] += gram[i * size + j];
        }
      }
      Arrays.fill(gram, 0);
    }

    @Override
    public double[][] result() {
      for (int k = 0; k < folds; k++) {
        result[3 * k + 1] = kernel.gradient(k);
      }
      return result;
    }
  }
}
