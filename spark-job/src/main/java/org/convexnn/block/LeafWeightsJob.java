package org.convexnn.block;

/**
 * The weight of the rows of each narrow leaf, {@code sum_r w_r s_ri}.
 *
 * <p>Result: [0] = a number for each leaf of all trees.
 *
 * @param setting the rows' setting
 */
public record LeafWeightsJob(RowSetting setting) implements RowJob<GatedBlock, double[][]> {

  @Override
  public Worker<GatedBlock, double[][]> worker() {
    double[] sums = new double[setting.layout().narrow()];
    return new Worker<>() {
      @Override
      public void accept(GatedBlock gated) {
        LeafCodes codes = gated.patterns().leaves();
        for (int r = 0; r < gated.block().rows(); r++) {
          double weight = setting.weight(gated.block(), r);
          for (int t = 0; weight > 0 && t < codes.trees(); t++) {
            sums[codes.leaf(r, t)] += weight;
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
