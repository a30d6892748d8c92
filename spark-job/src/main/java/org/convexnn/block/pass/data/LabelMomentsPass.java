package org.convexnn.block.pass.data;

import org.convexnn.block.Block;
import org.convexnn.block.pass.RowPass;

/**
 * Weighted means and sums of squared deviations of the labels of rows that have several:
 *
 * <pre>[0] = [sum w],   [1] = means (C),   [2] = sum w (Y_k - mean_k)^2 (C)</pre>
 *
 * Running ones, and joined ones of partitions (Chan, Golub and LeVeque, The American Statistician 37,
 * 1983), so that means far from zero cost no digits.
 *
 * @param labels C
 */
public record LabelMomentsPass(int labels) implements RowPass<Block, double[][]> {

  @Override
  public Worker<Block, double[][]> worker() {
    double[][] sums = {new double[1], new double[labels], new double[labels]};
    int width = labels;
    return new Worker<>() {
      @Override
      public void accept(Block block) {
        double[] table = block.table();
        for (int r = 0; r < block.rows(); r++) {
          double w = block.weight(r);
          sums[0][0] += w;
          double share = w / sums[0][0];
          for (int k = 0; k < width; k++) {
            double off = table[r * width + k] - sums[1][k];
            sums[1][k] += share * off;
            sums[2][k] += w * (1 - share) * off * off;
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
    double total = left[0][0] + right[0][0];
    if (!(total > 0)) {
      return left;
    }
    double share = right[0][0] / total;
    for (int k = 0; k < labels; k++) {
      double off = right[1][k] - left[1][k];
      left[1][k] += share * off;
      left[2][k] += right[2][k] + left[0][0] * share * off * off;
    }
    left[0][0] = total;
    return left;
  }
}
