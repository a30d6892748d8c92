package org.convexnn.block;

/**
 * Weights and labels of selected rows: [0] = [rows, sum w, sum w y].
 *
 * @param selection the rows that count
 */
public record WeightJob(RowSelection selection) implements RowJob<Block, double[][]> {

  @Override
  public Worker<Block, double[][]> worker() {
    double[] sums = new double[3];
    RowSelection rows = selection;
    return new Worker<>() {
      @Override
      public void accept(Block block) {
        for (int r = 0; r < block.rows(); r++) {
          if (rows.selects(block.key(r))) {
            sums[0]++;
            sums[1] += block.weight(r);
            sums[2] += block.weight(r) * block.label(r);
          }
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
