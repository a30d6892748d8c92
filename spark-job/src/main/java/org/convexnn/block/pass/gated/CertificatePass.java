package org.convexnn.block.pass.gated;

import java.io.Serializable;
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
 * The pass behind a certificate: the loss of the returned weights z, and the gradient and dual value
 * of a dual point r.
 *
 * <p>Result: [0] = [sum w l(F z), dual sums], [1] = {@code F' w r}.
 *
 * @param setting the rows' setting
 * @param weights z in row coordinates; empty where the dual point alone is wanted
 * @param dual the dual point
 */
public record CertificatePass(RowSetting setting, double[] weights, Dual dual)
    implements StepPass<double[][]> {

  /**
   * A dual point of rows: {@code r = q + F c}, where q is an average kept in the row state, or l'(f)
   * with f the kept row variable or, without state, {@code b0 + F v}. A row goes along {@code F c} as
   * far as the domain of its conjugate allows ({@link Loss#moveDual}), so any f, any average of such
   * points and any c give a valid dual point.
   *
   * @param weights v in row coordinates
   * @param averaged whether the state's average is meant
   * @param correction c in row coordinates; empty where it is zero
   */
  public record Dual(double[] weights, boolean averaged, double[] correction)
      implements Serializable {

    private boolean corrected() {
      return correction.length > 0;
    }
  }

  @Override
  public Worker<double[][]> worker() {
    return new CertificateWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class CertificateWorker implements Worker<double[][]> {

    private static final int PRIMAL = 0;
    private static final int DUAL = 1;
    private static final int CORRECTION = 2;

    private final RowSetting setting;
    private final Dual point;
    private final boolean valued;
    private final int outputs;
    private final RowKernel kernel;
    private final double[] scalars = new double[1 + DualValue.length()];
    private final double[] f;
    private final double[] dual;
    private final double[] change;

    CertificateWorker(CertificatePass pass) {
      this.setting = pass.setting;
      this.point = pass.dual;
      this.valued = pass.weights.length > 0;
      this.outputs = setting.outputs();
      this.kernel = RowKernel.of(setting, point.corrected() ? 3 : 2);
      if (valued) {
        kernel.weights(PRIMAL, pass.weights);
      }
      kernel.weights(DUAL, point.weights);
      if (point.corrected()) {
        kernel.weights(CORRECTION, point.correction);
      }
      this.f = new double[kernel.capacity() * outputs];
      this.dual = new double[f.length];
      this.change = new double[f.length];
    }

    @Override
    public RowState accept(GatedBlock gated, Optional<RowState> previous) {
      Block block = gated.block();
      Loss loss = setting.loss(block);
      double[] offset = setting.offset();
      for (int from = 0; from < block.rows(); ) {
        int count = kernel.load(gated, from);
        if (valued) {
          kernel.forward(PRIMAL, f, 0);
        }
        boolean given = point.averaged && previous.isPresent();
        if (previous.isPresent()) {
          double[] kept = given ? previous.get().dual() : previous.get().response();
          System.arraycopy(kept, from * outputs, dual, 0, count * outputs);
        } else {
          kernel.forward(DUAL, dual, 0);
        }
        if (point.corrected()) {
          kernel.forward(CORRECTION, change, 0);
        }
        for (int i = 0; i < count; i++) {
          int at = i * outputs;
          double weight = setting.weight(block, from + i);
          double y = setting.label(block, from + i);
          for (int k = 0; k < outputs; k++) {
            f[at + k] += offset[k];
            // The kept row variable has the offset in it already.
            dual[at + k] += previous.isPresent() ? 0 : offset[k];
          }
          if (weight > 0 && valued) {
            scalars[0] += weight * loss.value(y, f, at);
          }
          if (!given) {
            loss.derivative(y, dual, at, dual, at);
          }
          if (point.corrected()) {
            loss.moveDual(y, dual, change, at);
          }
          if (weight > 0) {
            DualValue.add(loss, y, offset, dual, at, weight, scalars, 1);
          }
          for (int k = 0; k < outputs; k++) {
            dual[at + k] *= weight;
          }
        }
        kernel.backward(DUAL, dual, 0);
        from += count;
      }
      return RowState.NONE;
    }

    @Override
    public double[][] result() {
      return new double[][] {scalars, kernel.gradient(DUAL)};
    }
  }
}
