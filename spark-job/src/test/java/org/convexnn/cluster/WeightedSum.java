package org.convexnn.cluster;

import java.util.Arrays;
import org.convexnn.block.Block;
import org.convexnn.block.pass.RowPass;

/** A simple job: [blocks, rows, sum of w, sum of w x_1, ..., sum of w x_d]. */
final class WeightedSum implements RowPass<Block, double[]> {

  private static final long serialVersionUID = 1L;
  private final int features;

  WeightedSum(int features) {
    this.features = features;
  }

  @Override
  public Worker<Block, double[]> worker() {
    double[] sum = new double[features + 3];
    return new Worker<>() {
      @Override
      public void accept(Block block) {
        sum[0]++;
        for (int r = 0; r < block.rows(); r++) {
          sum[1]++;
          sum[2] += block.weight(r);
          for (int j = 0; j < features; j++) {
            sum[3 + j] += block.weight(r) * block.value(r, j);
          }
        }
      }

      @Override
      public double[] result() {
        return sum;
      }
    };
  }

  @Override
  public double[] merge(double[] left, double[] right) {
    double[] sum = Arrays.copyOf(left, left.length);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += right[i];
    }
    return sum;
  }
}
