package org.convexnn.block;

/**
 * The weight of each class: [0] = sums of w over the rows with label 0, 1, ..., C - 1.
 *
 * @param classes C
 */
public record ClassWeightsJob(int classes) implements RowJob<Block, double[][]> {

  @Override
  public Worker<Block, double[][]> worker() {
    double[] sums = new double[classes];
    return new Worker<>() {
      @Override
      public void accept(Block block) {
        for (int r = 0; r < block.rows(); r++) {
          sums[(int) block.label(r)] += block.weight(r);
        }
      }

      @Override
      public double[][] result() {
        return new double[][] {sums};
      }
    };
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }
}
