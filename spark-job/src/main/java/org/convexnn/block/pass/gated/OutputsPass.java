package org.convexnn.block.pass.gated;

import java.util.Optional;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.RowState;
import org.convexnn.block.kernel.RowKernel;
import org.convexnn.block.pass.StepPass;

/**
 * The rows' outputs {@code b0 + F v}, kept as their state ({@link RowState#response}), from which sweeps
 * over the same rows start without another look at all trees.
 *
 * @param setting the rows' setting
 * @param weights v in row coordinates
 */
public record OutputsPass(RowSetting setting, double[] weights) implements StepPass<Integer> {

  @Override
  public Worker<Integer> worker() {
    return new Worker<>() {
      private int rows;

      @Override
      public RowState accept(GatedBlock gated, Optional<RowState> previous) {
        rows += gated.block().rows();
        return RowState.ofResponse(outputs(setting, weights, gated));
      }

      @Override
      public Integer result() {
        return rows;
      }
    };
  }

  @Override
  public Integer merge(Integer left, Integer right) {
    return left + right;
  }

  /** The outputs of a block's rows, n x C. */
  static double[] outputs(RowSetting setting, double[] weights, GatedBlock gated) {
    RowKernel kernel = RowKernel.of(setting, 1);
    kernel.weights(0, weights);
    int outputs = setting.outputs();
    double[] f = new double[gated.block().rows() * outputs];
    for (int from = 0; from < gated.block().rows(); ) {
      int count = kernel.load(gated, from);
      kernel.forward(0, f, from * outputs);
      from += count;
    }
    for (int i = 0; i < f.length; i++) {
      f[i] += setting.offset()[i % outputs];
    }
    return f;
  }
}
