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
 * One row step of ADMM on the split f = F u (docs/theory/solvers.md#row-split-admm). With F+ = F
 * u+, a = l'(f) / rho and over-relaxation alpha, per row:
 *
 * <pre>v = alpha F+ + (1 - alpha) f + a;   f+ = prox_{l / rho}(v)
 * reduced: g = F' w ( rho (F+ - f+) + l'(f+) )</pre>
 *
 * A row without state starts from f = F u+ with its penalty recomputed from u_ref. A START step keeps
 * f = F u+ as it is, so that g is the gradient of the loss, with its dual sums.
 *
 * <p>Result: [0] = scalars (see the constants), [1] = g, [2] = {@code F' w l'(f+)} where a
 * certificate is wanted.
 *
 * @param setting the rows' setting
 * @param step what is computed
 * @param weights u+ in row coordinates
 * @param reference u_ref in row coordinates, from which penalties are rebuilt; empty = start value
 * @param candidate Z in row coordinates, whose loss a certificate wants; empty for none
 * @param rule the penalties
 * @param alpha over-relaxation in [1, 2)
 * @param reduce whether g is wanted; a START from a known gradient needs half a pass only
 */
public record AdmmPass(
    RowSetting setting,
    Step step,
    double[] weights,
    double[] reference,
    double[] candidate,
    AdmmPenaltyRule rule,
    double alpha,
    boolean reduce)
    implements StepPass<double[][]> {

  /** What a pass computes. */
  public enum Step {
    /** f = F u and penalties from the rule's start: the beginning of a fit. */
    START,
    /** An ADMM step. */
    ADVANCE,
    /** An ADMM step after which penalties are set anew from l'(F u+). */
    REFRESH
  }

  /** Index of sum w l(F u+). */
  public static final int LOSS = 0;

  /** Index of sum w l(F z). */
  public static final int CANDIDATE_LOSS = 1;

  /** Index of sum w rho (F u+ - F u)^2. */
  public static final int STEP_NORM = 2;

  /** Index of sum w rho (F u+)^2. */
  public static final int FITTED_NORM = 3;

  /** Index of sum w rho, after a refresh the new one. */
  public static final int PENALTY = 4;

  /** Index of sum w h, h the leverage. */
  public static final int LEVERAGE = 5;

  /** Index of sum w rho (F u+ - f+)^2. */
  public static final int PRIMAL_RESIDUAL = 6;

  /** Index of the first dual sum. */
  public static final int DUAL = 7;

  @Override
  public Worker<double[][]> worker() {
    return new AdmmWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class AdmmWorker implements Worker<double[][]> {

    private static final int STEP = 0;
    private static final int CERTIFICATE = 1;
    private static final int REFERENCE = 2;

    private final AdmmPass pass;
    private final RowSetting setting;
    private final int outputs;
    private final boolean certify;
    private final RowKernel kernel;
    private final double[] scalars = new double[DUAL + DualValue.length()];
    private final double[] fitted;
    private final double[] other;
    private final double[] q;
    private final double[] r;
    private final double[] v;

    AdmmWorker(AdmmPass pass) {
      this.pass = pass;
      this.setting = pass.setting;
      this.outputs = setting.outputs();
      this.certify = pass.candidate.length > 0;
      this.kernel = RowKernel.of(setting, 3);
      kernel.weights(STEP, pass.weights);
      if (certify) {
        kernel.weights(CERTIFICATE, pass.candidate);
      }
      if (pass.reference.length > 0) {
        kernel.weights(REFERENCE, pass.reference);
      }
      int size = kernel.capacity() * outputs;
      this.fitted = new double[size];
      this.other = new double[size];
      this.q = new double[size];
      this.r = new double[size];
      this.v = new double[outputs];
    }

    @Override
    public RowState accept(GatedBlock gated, Optional<RowState> previous) {
      int rows = gated.block().rows();
      double[] response = new double[rows * outputs];
      double[] kept = new double[rows * outputs];
      double[] change = new double[rows * outputs];
      float[] penalty = new float[rows];
      for (int from = 0; from < rows; ) {
        int count = kernel.load(gated, from);
        kernel.forward(STEP, fitted, 0);
        addOffset(fitted, count);
        if (previous.isPresent()) {
          resume(previous.get(), from, count, response, penalty);
        } else {
          rebuild(gated, from, count, response, penalty);
        }
        for (int i = 0; i < count * outputs && previous.isPresent(); i++) {
          change[from * outputs + i] = fitted[i] - previous.get().fitted()[from * outputs + i];
        }
        step(gated, from, count, response, change, penalty);
        System.arraycopy(fitted, 0, kept, from * outputs, count * outputs);
        if (pass.reduce) {
          kernel.backward(STEP, q, 0);
        }
        if (certify) {
          certify(gated, from, count);
        }
        from += count;
      }
      return RowState.ofAdmm(response, kept, penalty, change);
    }

    private void addOffset(double[] f, int count) {
      double[] offset = setting.offset();
      for (int i = 0; i < count * outputs; i++) {
        f[i] += offset[i % outputs];
      }
    }

    private void resume(RowState state, int from, int count, double[] response, float[] penalty) {
      int at = from * outputs;
      System.arraycopy(state.response(), at, response, at, count * outputs);
      System.arraycopy(state.penalty(), from, penalty, from, count);
    }

    /** f = F u+, and rho from F u_ref: nothing older is needed. */
    private void rebuild(
        GatedBlock gated, int from, int count, double[] response, float[] penalty) {
      Loss loss = setting.loss(gated.block());
      System.arraycopy(fitted, 0, response, from * outputs, count * outputs);
      if (pass.reference.length == 0) {
        Arrays.fill(penalty, from, from + count, (float) pass.rule.start(loss));
        return;
      }
      kernel.forward(REFERENCE, other, 0);
      addOffset(other, count);
      for (int i = 0; i < count; i++) {
        double y = setting.label(gated.block(), from + i);
        loss.derivative(y, other, i * outputs, v, 0);
        penalty[from + i] = (float) pass.rule.penalty(loss, y, other, i * outputs, v, 0);
      }
    }

    private void step(
        GatedBlock gated,
        int from,
        int count,
        double[] response,
        double[] change,
        float[] penalty) {
      Block block = gated.block();
      Loss loss = setting.loss(block);
      for (int i = 0; i < count; i++) {
        int row = from + i;
        int at = i * outputs;
        int global = row * outputs;
        double weight = setting.weight(block, row);
        if (weight == 0) {
          Arrays.fill(q, at, at + outputs, 0);
          Arrays.fill(r, at, at + outputs, 0);
          continue;
        }
        double y = setting.label(block, row);
        double rho = penalty[row];
        scalars[LOSS] += weight * loss.value(y, fitted, at);
        for (int k = 0; k < outputs; k++) {
          double f = fitted[at + k];
          double d = change[global + k];
          scalars[STEP_NORM] += weight * rho * d * d;
          scalars[FITTED_NORM] += weight * rho * f * f;
          change[global + k] = rho * d;
        }
        if (pass.step != Step.START) {
          loss.derivative(y, response, global, r, at);
          for (int k = 0; k < outputs; k++) {
            v[k] =
                pass.alpha * fitted[at + k]
                    + (1 - pass.alpha) * response[global + k]
                    + r[at + k] / rho;
          }
          loss.prox(y, v, 0, rho, response, global);
        }
        if (pass.step == Step.REFRESH) {
          loss.derivative(y, fitted, at, v, 0);
          // A penalty may fall tenfold at most: a row that is right once may be wrong again.
          rho = Math.max(pass.rule.penalty(loss, y, fitted, at, v, 0), 0.1 * rho);
          penalty[row] = (float) rho;
          rho = penalty[row];
        }
        loss.derivative(y, response, global, r, at);
        if (pass.step == Step.START) {
          DualValue.add(loss, y, setting.offset(), r, at, weight, scalars, DUAL);
        }
        for (int k = 0; k < outputs; k++) {
          double split = fitted[at + k] - response[global + k];
          scalars[PRIMAL_RESIDUAL] += weight * rho * split * split;
          q[at + k] = weight * (rho * split + r[at + k]);
        }
        scalars[PENALTY] += weight * rho;
        scalars[LEVERAGE] += weight * gated.patterns().leverage()[row];
      }
    }

    private void certify(GatedBlock gated, int from, int count) {
      Block block = gated.block();
      Loss loss = setting.loss(block);
      kernel.forward(CERTIFICATE, other, 0);
      addOffset(other, count);
      for (int i = 0; i < count; i++) {
        double weight = setting.weight(block, from + i);
        int at = i * outputs;
        if (weight == 0) {
          continue;
        }
        double y = setting.label(block, from + i);
        scalars[CANDIDATE_LOSS] += weight * loss.value(y, other, at);
        DualValue.add(loss, y, setting.offset(), r, at, weight, scalars, DUAL);
        for (int k = 0; k < outputs; k++) {
          r[at + k] *= weight;
        }
      }
      kernel.backward(CERTIFICATE, r, 0);
    }

    @Override
    public double[][] result() {
      return new double[][] {
        scalars, kernel.gradient(STEP), certify ? kernel.gradient(CERTIFICATE) : new double[0]
      };
    }
  }
}
