package org.convexnn.block;

import java.util.Optional;
import org.convexnn.loss.Loss;

/**
 * The pass behind a certificate, in float64: the loss of the returned weights z, and the gradient
 * and dual value of a dual point r: an average kept in the row state, or l'(f) where f is the kept
 * row variable or, without state, {@code b0 + F v} for weights v. Any f, and any average of such
 * points, gives a valid dual point.
 *
 * <p>Result: [0] = [sum w l(F z), dual sums], [1] = {@code F' w r}.
 *
 * @param setting the rows' setting
 * @param weights z in row coordinates
 * @param dual v in row coordinates
 * @param averaged whether the state's averaged dual point is meant
 */
public record CertificateJob(RowSetting setting, double[] weights, double[] dual, boolean averaged)
    implements StepJob<double[][]> {

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

    private final RowSetting setting;
    private final boolean averaged;
    private final int outputs;
    private final RowKernel kernel;
    private final double[] scalars = new double[1 + DualValue.length()];
    private final double[] f;
    private final double[] dual;

    CertificateWorker(CertificateJob job) {
      this.setting = job.setting.with(Precision.FLOAT64);
      this.averaged = job.averaged;
      this.outputs = setting.outputs();
      this.kernel = RowKernel.of(setting, 2);
      kernel.weights(PRIMAL, job.weights);
      kernel.weights(DUAL, job.dual);
      this.f = new double[kernel.capacity() * outputs];
      this.dual = new double[f.length];
    }

    @Override
    public RowState accept(GatedBlock gated, Optional<RowState> previous) {
      Block block = gated.block();
      Loss loss = setting.loss();
      double[] offset = setting.offset();
      for (int from = 0; from < block.rows(); ) {
        int count = kernel.load(gated, from);
        kernel.forward(PRIMAL, f, 0);
        boolean given = averaged && previous.isPresent();
        if (previous.isPresent()) {
          double[] kept = given ? previous.get().dual() : previous.get().response();
          System.arraycopy(kept, from * outputs, dual, 0, count * outputs);
        } else {
          kernel.forward(DUAL, dual, 0);
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
          if (weight > 0) {
            scalars[0] += weight * loss.value(y, f, at);
          }
          if (!given) {
            loss.derivative(y, dual, at, dual, at);
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
