package org.convexnn.block.pass.gated;

import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.kernel.RowKernel;
import org.convexnn.block.pass.RowPass;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.Judge;

/**
 * Half a pass at weights v: the sums by which a judge judges the outputs of the rows.
 *
 * @param setting the rows' setting
 * @param weights v in row coordinates
 * @param judge sums
 */
public record JudgePass(RowSetting setting, double[] weights, Judge judge)
    implements RowPass<GatedBlock, double[]> {

  @Override
  public Worker<GatedBlock, double[]> worker() {
    return new JudgeWorker(this);
  }

  @Override
  public double[] merge(double[] left, double[] right) {
    Blas.axpy(1, right, left);
    return left;
  }

  private static final class JudgeWorker implements Worker<GatedBlock, double[]> {

    private final RowSetting setting;
    private final Judge judge;
    private final RowKernel kernel;
    private final double[] f;
    private final double[] sums;

    JudgeWorker(JudgePass pass) {
      this.setting = pass.setting;
      this.judge = pass.judge;
      this.kernel = RowKernel.of(setting, 1);
      kernel.weights(0, pass.weights);
      this.f = new double[kernel.capacity() * setting.outputs()];
      this.sums = new double[judge.size()];
    }

    @Override
    public void accept(GatedBlock gated) {
      Block block = gated.block();
      int c = setting.outputs();
      double[] offset = setting.offset();
      Judge own = judge.on(block.table());
      for (int from = 0; from < block.rows(); ) {
        int count = kernel.load(gated, from);
        kernel.forward(0, f, 0);
        for (int r = 0; r < count; r++) {
          double weight = setting.weight(block, from + r);
          if (weight > 0) {
            for (int k = 0; k < c; k++) {
              f[r * c + k] += offset[k];
            }
            own.add(setting.label(block, from + r), f, r * c, weight, sums);
          }
        }
        from += count;
      }
    }

    @Override
    public double[] result() {
      return sums;
    }
  }
}
