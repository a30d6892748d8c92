package org.convexnn.block.pass.cone;

import java.util.Arrays;
import java.util.Optional;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.RowState;
import org.convexnn.block.kernel.DualValue;
import org.convexnn.block.pass.StepPass;

/**
 * The rows' part of a primal-dual interior point of exact ReLU. Every cone constraint of a row has a
 * slack s &gt; 0 and a multiplier m &gt; 0; with gamma = (2 s_i - 1) z~.u and the residual e = gamma
 * - s, a direction d of the weights, centering c and second-order term k move them by
 *
 * <pre>ds = G d + e,   dm = c / s - m - (m / s) ds + k</pre>
 *
 * The predictor has c = k = 0; its own ds dm gives k = -ds dm / s (Mehrotra 1992).
 *
 * <p>Result: [0] = scalars, [1] = maxima, and of SUMS [2] = F' w l'(f), [3] = G' (1 / s), [4] = G'
 * (m e / s), [5] = G' m, [6] = {@code sum_r (m / s) z~ z~'} of every cone, 2P x D x D; of a PREDICTOR
 * [2] = G' k. Multipliers are of the mean loss: they are not multiplied by w.
 *
 * @param setting the rows' setting
 * @param order what is computed
 * @param weights u
 * @param predictor d of the predictor; empty before there is one
 * @param corrector d of the corrector; empty before there is one
 * @param centering c
 * @param length how much of the corrector's step SUMS takes before it adds up
 * @param slack of a row without state: at least this times ||z~||
 * @param product s m of a row without state
 */
public record ConeBarrierPass(
    ConeSetting setting,
    Order order,
    double[] weights,
    double[] predictor,
    double[] corrector,
    double centering,
    double length,
    double slack,
    double product)
    implements StepPass<double[][]> {

  /** What a pass computes. */
  public enum Order {
    /** Takes the step and adds up what the next system needs. */
    SUMS,
    /** The predictor's greatest length and second-order term. */
    PREDICTOR,
    /** The corrector's greatest length. */
    CORRECTOR
  }

  /** Index of sum s m among the scalars. */
  public static final int COMPLEMENTARITY = 2;

  /** Index of the number of constraints. */
  public static final int CONSTRAINTS = 3;

  /** Index of the first dual sum of r = l'(f). */
  public static final int DUAL = 4;

  /** Index of max -ds / s and -dm / m among the maxima: 1 / the greatest length. */
  public static final int INVERSE_LENGTH = 2;

  @Override
  public Worker<double[][]> worker() {
    return new BarrierWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return ConeSums.merge(left, right);
  }

  private static final class BarrierWorker implements Worker<double[][]> {

    private final ConeBarrierPass pass;
    private final RowSetting rows;
    private final int cones;
    private final ConeKernel kernel;
    private final double[] along;
    private final double[] first;
    private final double[] second;
    private final double[] terms;
    private final double[] weighted;
    private final double[] none;
    private final double[] scalars = new double[DUAL + DualValue.length()];
    private final double[] maxima = new double[1 + INVERSE_LENGTH];
    private final double[][] vectors;
    private final double[] moved;

    BarrierWorker(ConeBarrierPass pass) {
      this.pass = pass;
      this.rows = pass.setting.rows();
      this.cones = pass.setting.cones();
      this.kernel = new ConeKernel(pass.setting);
      int size = kernel.capacity() * cones;
      this.along = new double[size];
      this.first = new double[size];
      this.second = new double[size];
      this.terms = new double[size];
      this.weighted = new double[size];
      this.none = new double[kernel.capacity()];
      this.moved = pass.weights.clone();
      for (int k = 0; k < pass.corrector.length; k++) {
        moved[k] += pass.length * pass.corrector[k];
      }
      int length = pass.setting.length();
      int width = pass.setting.width();
      this.vectors =
          switch (pass.order) {
            case SUMS ->
                new double[][] {
                  new double[length],
                  new double[length],
                  new double[length],
                  new double[length],
                  new double[cones * width * width]
                };
            case PREDICTOR -> new double[][] {new double[length]};
            case CORRECTOR -> new double[0][];
          };
    }

    @Override
    public RowState accept(GatedBlock gated, Optional<RowState> previous) {
      int n = gated.block().rows();
      // Predictor and corrector only read a state that there is.
      boolean moves = pass.order == Order.SUMS;
      double[] slack =
          previous
              .map(s -> moves ? s.fitted().clone() : s.fitted())
              .orElseGet(() -> new double[n * cones]);
      double[] multiplier =
          previous
              .map(s -> moves ? s.dual().clone() : s.dual())
              .orElseGet(() -> new double[n * cones]);
      float[] curvature = new float[n];
      for (int from = 0; from < n; ) {
        int count = kernel.load(gated, from);
        kernel.products(pass.weights, along);
        if (pass.predictor.length > 0) {
          kernel.products(pass.predictor, first);
        }
        if (pass.corrector.length > 0) {
          kernel.products(pass.corrector, second);
        }
        if (previous.isEmpty()) {
          begin(from, count, slack, multiplier);
        }
        switch (pass.order) {
          case SUMS -> sums(gated, from, count, slack, multiplier, curvature);
          case PREDICTOR -> predictor(gated, from, count, slack, multiplier);
          case CORRECTOR -> corrector(gated, from, count, slack, multiplier);
        }
        from += count;
      }
      return RowState.ofBarrier(slack, multiplier, curvature);
    }

    private void begin(int from, int count, double[] slack, double[] multiplier) {
      for (int r = 0; r < count; r++) {
        for (int c = 0; c < cones; c++) {
          int at = (from + r) * cones + c;
          double gamma = kernel.sign(r, c) * along[r * cones + c];
          slack[at] = Math.max(gamma, pass.slack * kernel.norm(r));
          multiplier[at] = pass.product / slack[at];
        }
      }
    }

    /** A row of zeros is in every cone. */
    private boolean counts(GatedBlock gated, int from, int r) {
      return kernel.norm(r) > 0 && rows.weight(gated.block(), from + r) > 0;
    }

    private void predictor(
        GatedBlock gated, int from, int count, double[] slack, double[] multiplier) {
      Arrays.fill(terms, 0, count * cones, 0);
      for (int r = 0; r < count; r++) {
        for (int c = 0; counts(gated, from, r) && c < cones; c++) {
          double s = slack[(from + r) * cones + c];
          double m = multiplier[(from + r) * cones + c];
          double ds = slackStep(r, c, first, s);
          double dm = -m - m / s * ds;
          reach(s, m, ds, dm);
          terms[r * cones + c] = kernel.sign(r, c) * secondOrder(s, ds, dm);
        }
      }
      kernel.project(none, terms, vectors[0]);
    }

    private void corrector(
        GatedBlock gated, int from, int count, double[] slack, double[] multiplier) {
      for (int r = 0; r < count; r++) {
        for (int c = 0; counts(gated, from, r) && c < cones; c++) {
          double s = slack[(from + r) * cones + c];
          double m = multiplier[(from + r) * cones + c];
          double ds = slackStep(r, c, second, s);
          reach(s, m, ds, multiplierStep(r, c, s, m, ds));
        }
      }
    }

    private double slackStep(int r, int c, double[] direction, double s) {
      int at = r * cones + c;
      return kernel.sign(r, c) * (along[at] + direction[at]) - s;
    }

    private static double secondOrder(double s, double ds, double dm) {
      return -ds * dm / s;
    }

    private double multiplierStep(int r, int c, double s, double m, double ds) {
      double predicted = slackStep(r, c, first, s);
      double k = secondOrder(s, predicted, -m - m / s * predicted);
      return pass.centering / s - m - m / s * ds + k;
    }

    private void reach(double s, double m, double ds, double dm) {
      maxima[INVERSE_LENGTH] = Math.max(maxima[INVERSE_LENGTH], Math.max(-ds / s, -dm / m));
    }

    private void sums(
        GatedBlock gated,
        int from,
        int count,
        double[] slack,
        double[] multiplier,
        float[] curvature) {
      if (pass.corrector.length > 0) {
        for (int r = 0; r < count; r++) {
          for (int c = 0; counts(gated, from, r) && c < cones; c++) {
            int at = (from + r) * cones + c;
            double s = slack[at];
            double m = multiplier[at];
            double ds = slackStep(r, c, second, s);
            double dm = multiplierStep(r, c, s, m, ds);
            slack[at] = s + pass.length * ds;
            multiplier[at] = m + pass.length * dm;
          }
        }
        kernel.products(moved, along);
      }
      ConeSums.evaluate(kernel, pass.setting, gated, from, count, moved, along, scalars, maxima);
      gradient(gated, from, count, curvature);
      constraintSums(gated, from, count, slack, multiplier);
    }

    private void gradient(GatedBlock gated, int from, int count, float[] curvature) {
      double[] f = new double[count];
      double[] r = new double[count];
      kernel.fitted(moved, along, f);
      Arrays.fill(terms, 0, count * cones, 0);
      for (int i = 0; i < count; i++) {
        double weight = rows.weight(gated.block(), from + i);
        double y = rows.label(gated.block(), from + i);
        rows.loss().derivative(y, f, i, r, i);
        curvature[from + i] = (float) rows.loss().hessian(y, f, i, r, i, 0, 0);
        if (weight > 0) {
          DualValue.add(rows.loss(), y, rows.offset(), r, i, weight, scalars, DUAL);
        }
        r[i] *= weight;
        for (int c = 0; c < cones; c++) {
          terms[i * cones + c] = kernel.indicator(i, c) * kernel.output(c) * r[i];
        }
      }
      kernel.project(r, terms, vectors[0]);
    }

    private void constraintSums(
        GatedBlock gated, int from, int count, double[] slack, double[] multiplier) {
      double[] inverse = new double[count * cones];
      double[] residual = new double[count * cones];
      Arrays.fill(terms, 0, count * cones, 0);
      Arrays.fill(weighted, 0, count * cones, 0);
      for (int r = 0; r < count; r++) {
        for (int c = 0; counts(gated, from, r) && c < cones; c++) {
          int at = r * cones + c;
          double s = slack[(from + r) * cones + c];
          double m = multiplier[(from + r) * cones + c];
          double sign = kernel.sign(r, c);
          scalars[COMPLEMENTARITY] += s * m;
          scalars[CONSTRAINTS]++;
          inverse[at] = sign / s;
          residual[at] = sign * (m / s) * (sign * along[at] - s);
          terms[at] = sign * m;
          weighted[at] = m / s;
        }
      }
      kernel.project(none, inverse, vectors[1]);
      kernel.project(none, residual, vectors[2]);
      kernel.project(none, terms, vectors[3]);
      kernel.addBlocks(weighted, vectors[4]);
    }

    @Override
    public double[][] result() {
      double[][] result = new double[2 + vectors.length][];
      result[0] = scalars;
      result[1] = maxima;
      System.arraycopy(vectors, 0, result, 2, vectors.length);
      return result;
    }
  }
}
