package org.convexnn.block.pass.cone;

import java.util.Arrays;
import java.util.Optional;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.RowState;
import org.convexnn.block.kernel.DualValue;
import org.convexnn.block.pass.StepPass;
import org.convexnn.loss.Loss;

/**
 * One row step of ADMM for exact ReLU (docs/theory/cones.md#admm-with-cones). With phi = F u+,
 * gamma = G u+ (the signed products with all cones), over-relaxation alpha and scaled duals a, nu,
 * per row:
 *
 * <pre>t = alpha phi + (1 - alpha) f + a;    f+ = prox_{l/rho_f}(t),  a+ = t - f+ = l'(f+) / rho_f
 * T = alpha gamma + (1 - alpha) s + nu;  s+ = max(T, 0),  nu+ = min(T, 0)
 * reduced: b = F' w rho_f (f+ - a+) + G' w rho_s (s+ - nu+)</pre>
 *
 * The state is f and one number per cone: the slack s where positive, else rho_s nu, which does not
 * change when rho_s does. A row without state starts from f = phi, s = gamma_+ and no duals.
 *
 * <p>Result: [0] = scalars, [1] = maxima, [2] = b, [3] = {@code F' w rho_f a + G' w rho_s nu} of an
 * ALIGN step.
 *
 * @param setting the rows' setting
 * @param step what is computed
 * @param weights u+
 * @param candidate z, whose losses and violation are wanted; empty for none
 * @param fitPenalty rho_f
 * @param conePenalty rho_s
 * @param alpha over-relaxation in (0, 2)
 */
public record ConeStepPass(
    ConeSetting setting,
    Step step,
    double[] weights,
    double[] candidate,
    double fitPenalty,
    double conePenalty,
    double alpha)
    implements StepPass<double[][]> {

  /** What a pass computes. */
  public enum Step {
    /** An ADMM step. */
    ADVANCE,
    /** No step: both reduced vectors of the state as it is, after penalties changed. */
    ALIGN
  }

  /** Index of sum w (F u+ - f+)^2. */
  public static final int FIT_RESIDUAL = 2;

  /** Index of sum w ||G u+ - s+||^2. */
  public static final int CONE_RESIDUAL = 3;

  /** Index of sum w ||s||^2. */
  public static final int SLACK = 4;

  /** Index of sum w ||rho_s nu||^2. */
  public static final int MULTIPLIER = 5;

  /** Index of the number of rows that had no state. */
  public static final int LOST = 6;

  /** Index of the first dual sum of r = l'(f). */
  public static final int DUAL = 7;

  @Override
  public Worker<double[][]> worker() {
    return new StepWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return ConeSums.merge(left, right);
  }

  private static final class StepWorker implements Worker<double[][]> {

    private final ConeStepPass pass;
    private final RowSetting rows;
    private final int cones;
    private final ConeKernel kernel;
    private final double[] products;
    private final double[] fitted;
    private final double[] right;
    private final double[] dual;
    private final double[] rightCones;
    private final double[] dualCones;
    private final double[] one = new double[1];
    private final double[] scalars = new double[DUAL + DualValue.length()];
    private final double[] maxima = new double[ConeSums.MAXIMA];
    private final double[] b;
    private final double[] q;

    StepWorker(ConeStepPass pass) {
      this.pass = pass;
      this.rows = pass.setting.rows();
      this.cones = pass.setting.cones();
      this.kernel = new ConeKernel(pass.setting);
      int capacity = kernel.capacity();
      boolean align = pass.step == Step.ALIGN;
      this.products = new double[capacity * cones];
      this.fitted = new double[capacity];
      this.right = new double[capacity];
      this.dual = new double[capacity];
      this.rightCones = new double[capacity * cones];
      this.dualCones = new double[align ? capacity * cones : 0];
      this.b = new double[pass.setting.length()];
      this.q = new double[align ? b.length : 0];
    }

    @Override
    public RowState accept(GatedBlock gated, Optional<RowState> previous) {
      int n = gated.block().rows();
      double[] response = previous.map(s -> s.response().clone()).orElse(new double[n]);
      double[] signed = previous.map(s -> s.dual().clone()).orElse(new double[n * cones]);
      for (int from = 0; from < n; ) {
        int count = kernel.load(gated, from);
        kernel.products(pass.weights, products);
        kernel.fitted(pass.weights, products, fitted);
        Arrays.fill(rightCones, 0, count * cones, 0);
        for (int r = 0; r < count; r++) {
          row(gated, from + r, r, previous.isPresent(), response, signed);
        }
        kernel.project(right, rightCones, b);
        if (q.length > 0) {
          kernel.project(dual, dualCones, q);
        }
        if (pass.candidate.length > 0) {
          kernel.products(pass.candidate, products);
          ConeSums.evaluate(
              kernel, pass.setting, gated, from, count, pass.candidate, products, scalars, maxima);
        }
        from += count;
      }
      return RowState.ofCones(response, signed);
    }

    private void row(
        GatedBlock gated, int row, int r, boolean kept, double[] response, double[] signed) {
      double weight = rows.weight(gated.block(), row);
      Loss loss = rows.loss();
      double y = rows.label(gated.block(), row);
      double phi = fitted[r];
      double a = 0;
      if (kept) {
        loss.derivative(y, response, row, one, 0);
        a = one[0] / pass.fitPenalty;
      } else {
        response[row] = phi;
        scalars[LOST]++;
      }
      if (pass.step == Step.ADVANCE) {
        one[0] = pass.alpha * phi + (1 - pass.alpha) * response[row] + a;
        loss.prox(y, one, 0, pass.fitPenalty, response, row);
      }
      loss.derivative(y, response, row, one, 0);
      if (weight > 0) {
        DualValue.add(loss, y, rows.offset(), one, 0, weight, scalars, DUAL);
      }
      double f = response[row];
      scalars[FIT_RESIDUAL] += weight * (phi - f) * (phi - f);
      // The offset b0 is not a part of F u.
      right[r] = weight * (pass.fitPenalty * (f - rows.offset()[0]) - one[0]);
      dual[r] = weight * one[0];
      for (int c = 0; c < cones; c++) {
        cone(row, r, c, weight, kept, signed);
      }
    }

    private void cone(int row, int r, int c, double weight, boolean kept, double[] signed) {
      double sign = kernel.sign(r, c);
      double gamma = sign * products[r * cones + c];
      int at = row * cones + c;
      if (!kept) {
        signed[at] = Math.max(0, gamma);
      }
      double s = Math.max(0, signed[at]);
      double nu = Math.min(0, signed[at]) / pass.conePenalty;
      if (pass.step == Step.ADVANCE) {
        double t = pass.alpha * gamma + (1 - pass.alpha) * s + nu;
        s = Math.max(0, t);
        nu = Math.min(0, t);
        signed[at] = t > 0 ? t : pass.conePenalty * t;
      }
      double multiplier = pass.conePenalty * nu;
      scalars[CONE_RESIDUAL] += weight * (gamma - s) * (gamma - s);
      scalars[SLACK] += weight * s * s;
      scalars[MULTIPLIER] += weight * multiplier * multiplier;
      double output = kernel.indicator(r, c) * kernel.output(c);
      int entry = r * cones + c;
      rightCones[entry] = output * right[r] + sign * weight * (pass.conePenalty * s - multiplier);
      if (q.length > 0) {
        dualCones[entry] = output * dual[r] + sign * weight * multiplier;
      }
    }

    @Override
    public double[][] result() {
      return new double[][] {scalars, maxima, b, q};
    }
  }
}
