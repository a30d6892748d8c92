package org.convexnn.block.pass.neuron;

import java.util.ArrayList;
import java.util.List;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.kernel.DoubleNeuronKernel;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.Sums;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.Loss;
import org.convexnn.network.ReluNetwork;

/**
 * Loss, gradient and Hessian of {@code sum_r w_r l(b0 + s g_r + y~_r L)} by the scale s of a network's
 * neurons {@code g = (y~ U)_+ A} and by its linear part L, in float64. Parameters are s and then L, D x C
 * row-major, or its last row alone where only the biases of the outputs are free.
 *
 * <p>Result: [0] = the loss, [1] = gradient of p numbers, [2] = Hessian, p x p row-major.
 *
 * @param setting the rows' setting; its groups are not read
 * @param network U, A and L in row coordinates
 * @param scale s
 * @param biasesAlone whether only the last row of L is free
 */
public record ScaleFitPass(
    RowSetting setting, ReluNetwork network, double scale, boolean biasesAlone)
    implements RowPass<GatedBlock, double[][]> {

  @Override
  public Worker<GatedBlock, double[][]> worker() {
    return new ScaleFitWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class ScaleFitWorker implements Worker<GatedBlock, double[][]> {

    private static final int NEURONS = 0;
    private static final int LINEAR = 1;

    private final RowSetting setting;
    private final double scale;
    private final int width;
    private final int first;
    private final int free;
    private final int outputs;
    private final DoubleNeuronKernel kernel;
    private final double[] loss = new double[1];
    private final double[] gradient;
    private final double[] hessian;
    private final double[] g;
    private final double[] f;
    private final double[] r;
    private final double[] cross;
    private final double[] weighted;
    private final double[] gram;
    private final List<double[]> curvatures = new ArrayList<>();

    ScaleFitWorker(ScaleFitPass pass) {
      this.setting = pass.setting;
      this.scale = pass.scale;
      this.width = setting.width();
      this.first = pass.biasesAlone ? width - 1 : 0;
      this.free = width - first;
      this.outputs = setting.outputs();
      ReluNetwork linear = pass.network.select(new int[0]);
      ReluNetwork neurons = ReluNetwork.constant(width - 1, new double[outputs]).and(pass.network);
      this.kernel = new DoubleNeuronKernel(setting, neurons, linear);
      int p = 1 + free * outputs;
      this.gradient = new double[p];
      this.hessian = new double[p * p];
      int most = kernel.capacity();
      this.g = new double[most * outputs];
      this.f = new double[g.length];
      this.r = new double[g.length];
      this.cross = new double[g.length];
      this.weighted = new double[most * free];
      this.gram = new double[free * free];
      for (int k = 0; k < outputs * (outputs + 1) / 2; k++) {
        curvatures.add(new double[most]);
      }
    }

    @Override
    public void accept(GatedBlock gated) {
      for (int from = 0; from < gated.block().rows(); ) {
        int count = kernel.load(gated, from);
        kernel.forward(NEURONS, g);
        kernel.forward(LINEAR, f);
        for (int i = 0; i < count; i++) {
          addRow(gated.block(), from, i);
        }
        addLinear(r, count, gradient, 1, 1);
        // Entries (s, L): row 0 of the Hessian.
        addLinear(cross, count, hessian, 1, 1);
        addPairs(count);
        from += count;
      }
    }

    /** Loss, derivative, curvature and what concerns s of row i of the batch. */
    private void addRow(Block block, int from, int i) {
      Loss l = setting.loss();
      int at = i * outputs;
      double weight = setting.weight(block, from + i);
      double y = setting.label(block, from + i);
      for (int c = at; c < at + outputs; c++) {
        f[c] += setting.offset()[c - at] + scale * g[c];
        cross[c] = 0;
      }
      loss[0] += weight == 0 ? 0 : weight * l.value(y, f, at);
      l.derivative(y, f, at, r, at);
      int pair = 0;
      for (int c = 0; c < outputs; c++) {
        for (int k = c; k < outputs; k++) {
          double h = weight * l.hessian(y, f, at, r, at, c, k);
          curvatures.get(pair++)[i] = h;
          double entry = c == k ? h : -h;
          cross[at + c] += entry * g[at + k];
          cross[at + k] += c == k ? 0 : entry * g[at + c];
        }
      }
      for (int c = at; c < at + outputs; c++) {
        r[c] *= weight;
        gradient[0] += r[c] * g[c];
        hessian[0] += cross[c] * g[c];
      }
    }

    /** Adds {@code y~' Q}, Q count x C, as free x C row-major at {@code to[at ..]}. */
    private void addLinear(double[] q, int count, double[] to, int at, double factor) {
      Blas.gemm(
          true,
          false,
          free,
          outputs,
          count,
          factor,
          kernel.rows(),
          first,
          width,
          q,
          0,
          outputs,
          1,
          to,
          at,
          outputs);
    }

    /** Adds {@code +- y~' diag(h_ck) y~} to the entries (L_c, L_k). */
    private void addPairs(int count) {
      int p = gradient.length;
      double[] rows = kernel.rows();
      int pair = 0;
      for (int c = 0; c < outputs; c++) {
        for (int k = c; k < outputs; k++) {
          double[] h = curvatures.get(pair++);
          for (int i = 0; i < count; i++) {
            for (int j = 0; j < free; j++) {
              weighted[i * free + j] = h[i] * rows[i * width + first + j];
            }
          }
          Blas.gemm(
              true,
              false,
              free,
              free,
              count,
              c == k ? 1 : -1,
              rows,
              first,
              width,
              weighted,
              0,
              free,
              0,
              gram,
              0,
              free);
          for (int i = 0; i < free; i++) {
            for (int j = 0; j < free; j++) {
              int row = 1 + i * outputs + c;
              int column = 1 + j * outputs + k;
              hessian[row * p + column] += gram[i * free + j];
              if (c != k) {
                hessian[column * p + row] += gram[i * free + j];
              }
            }
          }
        }
      }
    }

    @Override
    public double[][] result() {
      int p = gradient.length;
      for (int j = 1; j < p; j++) {
        hessian[j * p] = hessian[j];
      }
      return new double[][] {loss, gradient, hessian};
    }
  }
}
