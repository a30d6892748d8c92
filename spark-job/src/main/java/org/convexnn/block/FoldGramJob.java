package org.convexnn.block;

import java.util.Arrays;

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
public record FoldGramJob(RowSetting setting, int folds, long salt)
    implements RowJob<GatedBlock, double[][]> {

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
    private final double[][] scalars;
    private final double[][] grams;
    private final double[][] weights;
    private final double[] labels;

    GramWorker(FoldGramJob job) {
      this.setting = job.setting.with(Precision.FLOAT64);
      this.folds = job.folds;
      this.salt = job.salt;
      this.kernel = RowKernel.of(setting, folds);
      this.size = (1 + setting.groups()) * setting.width();
      this.scalars = new double[folds][3];
      this.grams = new double[folds][size * size];
      this.weights = new double[folds][kernel.capacity()];
      this.labels = new double[kernel.capacity()];
    }

    @Override
    public void accept(GatedBlock gated) {
      Block block = gated.block();
      for (int from = 0; from < block.rows(); ) {
        int count = kernel.load(gated, from);
        for (double[] w : weights) {
          Arrays.fill(w, 0, count, 0);
        }
        for (int r = 0; r < count; r++) {
          weights[RowSelection.foldOf(block.key(from + r), folds, salt)][r] =
              setting.weight(block, from + r);
        }
        for (int k = 0; k < folds; k++) {
          add(block, from, count, k);
        }
        from += count;
      }
    }

    private void add(Block block, int from, int count, int fold) {
      double[] w = weights[fold];
      double[] sums = scalars[fold];
      for (int r = 0; r < count; r++) {
        labels[r] = 0;
        if (w[r] > 0) {
          double y = setting.label(block, from + r);
          labels[r] = w[r] * y;
          sums[0]++;
          sums[1] += w[r];
          sums[2] += w[r] * y * y;
        }
      }
      kernel.backward(fold, labels, 0);
      kernel.addGram(w, 0, grams[fold]);
    }

    @Override
    public double[][] result() {
      double[][] result = new double[3 * folds][];
      for (int k = 0; k < folds; k++) {
        result[3 * k] = scalars[k];
        result[3 * k + 1] = kernel.gradient(k);
        result[3 * k + 2] = triangle(grams[k]);
        // Each full matrix is let go before the next triangle is made.
        grams[k] = new double[0];
      }
      return result;
    }

    private double[] triangle(double[] gram) {
      double[] packed = new double[size * (size + 1) / 2];
      int at = 0;
      for (int i = 0; i < size; i++) {
        System.arraycopy(gram, i * size + i, packed, at, size - i);
        at += size - i;
      }
      return packed;
    }
  }
}
