package org.convexnn.block.pass.gated;

import org.convexnn.block.GatedBlock;
import org.convexnn.block.LeafCodes;
import org.convexnn.block.RowSetting;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.Sums;

/**
 * The weight of the rows of each narrow leaf, {@code sum_r w_r s_ri}.
 *
 * <p>Result: [0] = a number for each leaf of all trees.
 *
 * @param setting the rows' setting
 */
public record LeafWeightsPass(RowSetting setting) implements RowPass<GatedBlock, double[][]> {

  @Override
  public Worker<GatedBlock, double[][]> worker() {
    double[] sums = new double[setting.layout().narrow()];
    return new Worker<>() {
      @Override
      public void accept(GatedBlock gated) {
        LeafCodes codes = gated.patterns().leaves();
        double[] weights = new double[gated.block().rows()];
        for (int r = 0; r < weights.length; r++) {
          weights[r] = setting.weight(gated.block(), r);
        }
        for (int t = 0; t < codes.trees(); t++) {
          add(codes, t, weights);
        }
      }

      private void add(LeafCodes codes, int t, double[] weights) {
        for (int r = 0; r < weights.length; r++) {
          sums[codes.leaf(r, t)] += weights[r];
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
