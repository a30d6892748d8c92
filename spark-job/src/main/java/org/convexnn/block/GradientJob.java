package org.convexnn.block;

import org.convexnn.loss.Loss;

/**
 * One pass at weights v: the loss, its gradient and the dual value of its derivative.
 *
 * <p>Result: [0] = [sum w l(f), dual sums], [1] = {@code F' (w l'(f))} in row coordinates, or empty
 * where no gradient is wanted (half a pass).
 *
 * @param setting the rows' setting
 * @param weights v in row coordinates
 * @param gradient whether the gradient and dual sums are wanted
 */
public record GradientJob(RowSetting setting, double[] weights, boolean gradient)
    implements RowJob<GatedBlock, double[][]> {

  @Override
  public Worker<GatedBlock, double[][]> worker() {
    return new GradientWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class GradientWorker implements Worker<GatedBlock, double[][]> {

    private final RowSetting setting;
    private final boolean gradient;
    private final RowKernel kernel;
    private final double[] scalars = new double[1 + DualValue.length()];
    private final double[] f;
    private final double[] q;
    private final double[] scratch;

    GradientWorker(GradientJob job) {
      this.setting = job.setting;
      this.gradient = job.gradient;
      this.kernel = RowKernel.of(setting, 1);
      kernel.weights(0, job.weights);
      this.f = new double[kernel.capacity() * setting.outputs()];
      this.q = new double[f.length];
      this.scratch = new double[setting.outputs()];
    }

    @Override
    public void accept(GatedBlock gated) {
      Block block = gated.block();
      int c = setting.outputs();
      Loss loss = setting.loss();
      double[] offset = setting.offset();
      for (int from = 0; from < block.rows(); ) {
        int count = kernel.load(gated, from);
        kernel.forward(0, f, 0);
        for (int r = 0; r < count; r++) {
          double weight = setting.weight(block, from + r);
          int at = r * c;
          if (weight == 0) {
            java.util.Arrays.fill(q, at, at + c, 0);
            continue;
          }
          for (int k = 0; k < c; k++) {
            f[at + k] += offset[k];
          }
          double y = setting.label(block, from + r);
          scalars[0] += weight * loss.value(y, f, at);
          if (gradient) {
            loss.derivative(y, f, at, q, at);
            DualValue.add(loss, y, offset, q, at, weight, scratch, scalars, 1);
            for (int k = 0; k < c; k++) {
              q[at + k] *= weight;
            }
          }
        }
        if (gradient) {
          kernel.backward(0, q, 0);
        }
        from += count;
      }
    }

    @Override
    public double[][] result() {
      return new double[][] {scalars, gradient ? kernel.gradient(0) : new double[0]};
    }
  }
}
