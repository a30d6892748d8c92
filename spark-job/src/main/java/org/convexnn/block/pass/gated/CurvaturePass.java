package org.convexnn.block.pass.gated;

import java.util.Optional;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.RowState;
import org.convexnn.block.kernel.RowKernel;
import org.convexnn.block.pass.StepPass;
import org.convexnn.block.pass.Sums;

/**
 * The curvature of ADMM's quadratic along a step it just tried: {@code F' diag(w rho) F d}, with rho F
 * d from the row state that the step left, so half a pass.
 *
 * <p>Result: [0] = that vector in row coordinates.
 *
 * @param setting the rows' setting
 * @param direction d in row coordinates, for rows that lost their state
 */
public record CurvaturePass(RowSetting setting, double[] direction)
    implements StepPass<double[][]> {

  @Override
  public Worker<double[][]> worker() {
    return new CurvatureWorker(setting, direction);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class CurvatureWorker implements Worker<double[][]> {

    private final RowSetting setting;
    private final RowKernel kernel;
    private final double[] q;

    CurvatureWorker(RowSetting setting, double[] direction) {
      this.setting = setting;
      this.kernel = RowKernel.of(setting, 1);
      kernel.weights(0, direction);
      this.q = new double[kernel.capacity() * setting.outputs()];
    }

    @Override
    public RowState accept(GatedBlock gated, Optional<RowState> previous) {
      Block block = gated.block();
      int outputs = setting.outputs();
      for (int from = 0; from < block.rows(); ) {
        int count = kernel.load(gated, from);
        if (previous.isPresent()) {
          System.arraycopy(previous.get().dual(), from * outputs, q, 0, count * outputs);
        } else {
          kernel.forward(0, q, 0);
        }
        for (int i = 0; i < count; i++) {
          int row = from + i;
          double rho = previous.isPresent() ? 1 : setting.loss().curvature();
          double factor = rho * setting.weight(block, row);
          for (int k = 0; k < outputs; k++) {
            q[i * outputs + k] *= factor;
          }
        }
        kernel.backward(0, q, 0);
        from += count;
      }
      return RowState.NONE;
    }

    @Override
    public double[][] result() {
      return new double[][] {kernel.gradient(0)};
    }
  }
}
