package org.convexnn.block;

import java.util.Arrays;
import org.convexnn.loss.Loss;

/**
 * One pass at weights v: the loss, and as far as they are wanted its gradient, the dual value of its
 * derivative and its curvature.
 *
 * <p>Result: [0] = [sum w l(f), dual sums], [1] = {@code F' (w l'(f))} in row coordinates, [2] =
 * {@code sum_r w_r h_r phi_r phi_r'} as of {@link RowKernel#addGram}, h a bound on the loss's
 * Hessian ({@link Loss#hessianBound}), exact for one output; each empty where it is not wanted.
 *
 * @param setting the rows' setting
 * @param weights v in row coordinates
 * @param order what is wanted
 */
public record GradientJob(RowSetting setting, double[] weights, Order order)
    implements RowJob<GatedBlock, double[][]> {

  /** The derivatives wanted, each with those before it. */
  public enum Order {
    /** The loss alone: half a pass. */
    VALUE,
    /** Gradient and dual sums: a pass. */
    GRADIENT,
    /** The weighted Gram matrix as well. */
    HESSIAN
  }

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
    private final boolean hessian;
    private final RowKernel kernel;
    private final double[] scalars = new double[1 + DualValue.length()];
    private final double[] f;
    private final double[] q;
    private final double[] scratch;
    private final double[] curvature;
    private final double[] gram;

    GradientWorker(GradientJob job) {
      this.setting = job.setting;
      this.gradient = job.order != Order.VALUE;
      this.hessian = job.order == Order.HESSIAN;
      this.kernel = RowKernel.of(setting, 1);
      kernel.weights(0, job.weights);
      this.f = new double[kernel.capacity() * setting.outputs()];
      this.q = new double[f.length];
      this.scratch = new double[setting.outputs()];
      this.curvature = new double[kernel.capacity()];
      int size = (1 + setting.groups()) * setting.width();
      this.gram = new double[hessian ? size * size : 0];
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
            Arrays.fill(q, at, at + c, 0);
            curvature[r] = 0;
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
            curvature[r] = weight * loss.hessianBound(y, q, at);
            for (int k = 0; k < c; k++) {
              q[at + k] *= weight;
            }
          }
        }
        if (gradient) {
          kernel.backward(0, q, 0);
        }
        if (hessian) {
          kernel.addGram(curvature, 0, gram);
        }
        from += count;
      }
    }

    @Override
    public double[][] result() {
      return new double[][] {scalars, gradient ? kernel.gradient(0) : new double[0], gram};
    }
  }
}
