package org.convexnn.block.pass.gated;

import java.util.Arrays;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.kernel.DualValue;
import org.convexnn.block.kernel.RowKernel;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.Sums;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.loss.Loss;

/**
 * One pass at weights v: the loss, and as far as they are wanted its gradient, the dual value of its
 * derivative and its curvature.
 *
 * <p>Result: [0] = [sum w l(f), dual sums], [1] = {@code F' (w l'(f))} in row coordinates, [2 ..]
 * the curvature, estimated from a share of the rows; each empty where it is not wanted.
 *
 * @param setting the rows' setting
 * @param weights v in row coordinates
 * @param order what is wanted
 * @param share of the rows that the curvature is estimated from, drawn by leverage; 1 for all of
 *     them
 */
public record GradientPass(RowSetting setting, double[] weights, Order order, double share)
    implements RowPass<GatedBlock, double[][]> {

  /** The derivatives wanted, each with those before it. */
  public enum Order {
    /** The loss alone: half a pass. */
    VALUE,
    /** Gradient and dual sums: a pass. */
    GRADIENT,
    /**
     * And for each output c {@code sum_r w_r h_rc phi_r phi_r'} as of {@link RowKernel#addGram}, h
     * the loss's {@link Loss#outputCurvature}: C matrices of Q x Q, Q = (1 + P) D, complete on and
     * above the diagonal.
     */
    CURVATURE,
    /** Or one such matrix for all outputs, h the {@link Loss#rowCurvature}. */
    SHARED,
    /**
     * Or C (C + 1) / 2 such matrices with h the size of the Hessian's entry (c, k), k = c .. C - 1
     * ({@link Loss#hessian}).
     */
    HESSIAN
  }

  private static final long SALT = CounterRandom.mix(0x48657373);

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
    private final double share;
    private final int outputs;
    private final boolean hessian;
    private final boolean shared;
    private final int curved;
    private final RowKernel kernel;
    private final double[] scalars = new double[1 + DualValue.length()];
    private final double[] f;
    private final double[] q;
    private final double[][] curvature;
    private final double[][] grams;

    GradientWorker(GradientPass pass) {
      this.setting = pass.setting;
      this.gradient = pass.order != Order.VALUE;
      this.share = pass.share;
      this.kernel = RowKernel.of(setting, 1);
      kernel.weights(0, pass.weights);
      this.f = new double[kernel.capacity() * setting.outputs()];
      this.q = new double[f.length];
      this.outputs = setting.outputs();
      this.hessian = pass.order == Order.HESSIAN;
      this.shared = pass.order == Order.SHARED;
      this.curved =
          switch (pass.order) {
            case VALUE, GRADIENT -> 0;
            case CURVATURE -> outputs;
            case SHARED -> 1;
            case HESSIAN -> outputs * (outputs + 1) / 2;
          };
      this.curvature = new double[curved][kernel.capacity()];
      this.grams = new double[curved][];
      for (int k = 0; k < curved; k++) {
        int size = (1 + setting.groups()) * setting.width();
        grams[k] = new double[Math.multiplyExact(size, size)];
      }
    }

    @Override
    public void accept(GatedBlock gated) {
      Block block = gated.block();
      int c = setting.outputs();
      Loss loss = setting.loss(block);
      double[] offset = setting.offset();
      for (int from = 0; from < block.rows(); ) {
        int count = kernel.load(gated, from);
        kernel.forward(0, f, 0);
        for (int r = 0; r < count; r++) {
          double weight = setting.weight(block, from + r);
          int at = r * c;
          if (weight == 0) {
            Arrays.fill(q, at, at + c, 0);
            for (double[] weights : curvature) {
              weights[r] = 0;
            }
            continue;
          }
          for (int k = 0; k < c; k++) {
            f[at + k] += offset[k];
          }
          double y = setting.label(block, from + r);
          scalars[0] += weight * loss.value(y, f, at);
          if (gradient) {
            loss.derivative(y, f, at, q, at);
            DualValue.add(loss, y, offset, q, at, weight, scalars, 1);
            if (curved > 0) {
              double p = chance(gated.patterns().leverage()[from + r]);
              curve(loss, r, block.draw(from + r, SALT) < p ? weight / p : 0, y, at);
            }
            for (int k = 0; k < c; k++) {
              q[at + k] *= weight;
            }
          }
        }
        if (gradient) {
          kernel.backward(0, q, 0);
        }
        for (int k = 0; k < curved; k++) {
          kernel.addGram(curvature[k], 0, grams[k]);
        }
        from += count;
      }
    }

    /** Half by leverage: rows that are alone in a direction must be met. */
    private double chance(double leverage) {
      return share >= 1 ? 1 : Math.min(1, share * 0.5 * (1 + leverage / setting.width()));
    }

    private void curve(Loss loss, int r, double weight, double y, int at) {
      if (shared) {
        curvature[0][r] = weight * loss.rowCurvature(y, f, at, q, at);
        return;
      }
      int next = 0;
      for (int c = 0; c < outputs; c++) {
        if (hessian) {
          for (int k = c; k < outputs; k++) {
            curvature[next++][r] = weight * loss.hessian(y, f, at, q, at, c, k);
          }
        } else {
          curvature[next++][r] = weight * loss.outputCurvature(y, f, at, q, at, c);
        }
      }
    }

    @Override
    public double[][] result() {
      double[][] result = new double[2 + curved][];
      result[0] = scalars;
      result[1] = gradient ? kernel.gradient(0) : new double[0];
      System.arraycopy(grams, 0, result, 2, curved);
      return result;
    }
  }
}
