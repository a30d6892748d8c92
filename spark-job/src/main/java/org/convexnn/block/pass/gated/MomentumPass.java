package org.convexnn.block.pass.gated;

import java.util.Arrays;
import java.util.Optional;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.RowState;
import org.convexnn.block.kernel.DualValue;
import org.convexnn.block.kernel.RowKernel;
import org.convexnn.block.pass.StepPass;
import org.convexnn.block.pass.Sums;
import org.convexnn.loss.Loss;

/**
 * One pass of an accelerated gradient method: the loss at z and the gradient at the extrapolated
 * point V = z + m (z - z'), whose outputs need no product of their own because F z' is kept.
 *
 * <p>Result: [0] = [sum w l(F z), sum w l(F V), dual sums of l'(F V)], [1] = {@code F' w l'(F V)}. The next state
 * holds F z.
 *
 * @param setting the rows' setting
 * @param weights z in row coordinates
 * @param previous z' in row coordinates, from which lost state is rebuilt
 * @param momentum m, 0 for none
 */
public record MomentumPass(RowSetting setting, double[] weights, double[] previous, double momentum)
    implements StepPass<double[][]> {

  @Override
  public Worker<double[][]> worker() {
    return new MomentumWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class MomentumWorker implements Worker<double[][]> {

    private static final int CURRENT = 0;
    private static final int PREVIOUS = 1;

    private final MomentumPass pass;
    private final RowSetting setting;
    private final int outputs;
    private final RowKernel kernel;
    private final double[] scalars = new double[2 + DualValue.length()];
    private final double[] f;
    private final double[] before;
    private final double[] q;

    MomentumWorker(MomentumPass pass) {
      this.pass = pass;
      this.setting = pass.setting;
      this.outputs = setting.outputs();
      this.kernel = RowKernel.of(setting, 2);
      kernel.weights(CURRENT, pass.weights);
      kernel.weights(PREVIOUS, pass.previous);
      int size = kernel.capacity() * outputs;
      this.f = new double[size];
      this.before = new double[size];
      this.q = new double[size];
    }

    @Override
    public RowState accept(GatedBlock gated, Optional<RowState> state) {
      Block block = gated.block();
      Loss loss = setting.loss(block);
      double[] offset = setting.offset();
      double[] kept = new double[block.rows() * outputs];
      for (int from = 0; from < block.rows(); ) {
        int count = kernel.load(gated, from);
        kernel.forward(CURRENT, f, 0);
        System.arraycopy(f, 0, kept, from * outputs, count * outputs);
        if (pass.momentum != 0) {
          if (state.isPresent()) {
            System.arraycopy(state.get().fitted(), from * outputs, before, 0, count * outputs);
          } else {
            kernel.forward(PREVIOUS, before, 0);
          }
        }
        for (int i = 0; i < count; i++) {
          int at = i * outputs;
          double weight = setting.weight(block, from + i);
          if (weight == 0) {
            Arrays.fill(q, at, at + outputs, 0);
            continue;
          }
          double y = setting.label(block, from + i);
          for (int k = 0; k < outputs; k++) {
            f[at + k] += offset[k];
          }
          scalars[0] += weight * loss.value(y, f, at);
          if (pass.momentum != 0) {
            for (int k = 0; k < outputs; k++) {
              f[at + k] += pass.momentum * (f[at + k] - offset[k] - before[at + k]);
            }
          }
          scalars[1] += weight * loss.value(y, f, at);
          loss.derivative(y, f, at, q, at);
          DualValue.add(loss, y, offset, q, at, weight, scalars, 2);
          for (int k = 0; k < outputs; k++) {
            q[at + k] *= weight;
          }
        }
        kernel.backward(0, q, 0);
        from += count;
      }
      return RowState.ofFitted(kept);
    }

    @Override
    public double[][] result() {
      return new double[][] {scalars, kernel.gradient(0)};
    }
  }
}
