package org.convexnn.block;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.WeightLayout;

/**
 * A partition's part in a round of consensus: some sweeps of block coordinate descent over its own
 * trees. With v the weights in row coordinates, u where all partitions start, F_k the mean loss of
 * the partition's rows and g the gradient of all rows at u, it lowers
 *
 * <pre>F_k(v) + (g - grad F_k(u)).(v - u) + mu/2 |v - u|^2_H + beta sum_i phi(|v_i| / s_i) + ridge/2 |v_0|^2</pre>
 *
 * whose gradient at u is that of all rows (Shamir, Srebro and Zhang, ICML 2014, "DANE"). H is the
 * diagonal of the loss's own curvature, phi the elastic norm, s_i the scale of leaf i.
 *
 * <p>The leaves of a tree are disjoint, so that a tree is solved in one look at the rows: its leaves'
 * sums of derivatives and curvatures ({@link Loss#outputCurvature}), a step for each, and the rows'
 * derivatives moved by it. Both are taken anew after some trees.
 *
 * <p>Result: [0] = {@code sum_k W_k h_ki (v_i - u_i)}, [1] = {@code sum_k W_k h_ki}, with h_ki the
 * curvature of the partition's mean loss at weight i: their quotient is the consensus step, which is
 * Newton's where leaves do not meet. A partition without a row of a leaf has no say in it.
 *
 * @param setting the rows' setting, constant leaves
 * @param weights u in row coordinates
 * @param gradient g in row coordinates, of the mean loss; empty where the partition has all rows
 * @param scales s_i of every leaf
 * @param penalty on the weights
 * @param damping mu, not negative
 * @param sweeps over the trees, at least 1
 */
public record SweepJob(
    RowSetting setting,
    double[] weights,
    double[] gradient,
    double[] scales,
    Penalty penalty,
    double damping,
    int sweeps)
    implements StepJob<double[][]> {

  /**
   * A softmax's Hessian is the Laplacian of a graph, {@code diag(p) - p p'}, and so at most twice its
   * diagonal: outputs may move side by side between two looks.
   */
  private static final double OUTPUTS_TOGETHER = 2;

  /** Trees of an output between two looks at the loss. */
  private static final int TREES_PER_LOOK = 24;

  /** Curvatures are not below this share of the loss's largest: rows fitted well can be lost again. */
  private static final double LEAST_CURVATURE = 1e-4;

  /**
   * The penalty {@code beta sum_i (a t_i + (1 - a) t_i^2 / 2) + ridge/2 b^2} of the leaves' norms t_i and
   * the intercept b.
   *
   * @param beta the regularisation parameter
   * @param elasticNet a
   * @param ridge on the intercept; infinite where there is none
   */
  public record Penalty(double beta, double elasticNet, double ridge)
      implements java.io.Serializable {}

  /** Checks that leaves are constants of one output each. */
  public SweepJob {
    WeightLayout layout = setting.layout();
    boolean single =
        setting.outputs() == 1
            || Arrays.stream(layout.output()).allMatch(o -> o != WeightLayout.ALL);
    if (!layout.constant() || layout.wide() > 0 || !single) {
      throw new IllegalArgumentException("sweeps are over trees of constant leaves of one output");
    }
  }

  @Override
  public Worker<double[][]> worker() {
    return new SweepWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  /** What the sweeps need of a block: by output, row after row. */
  private static final class Part {
    private final LeafCodes codes;
    private final double[] labels;
    private final float[] weights;
    private final float[][] f;
    private final float[][] derivative;
    private final float[][] curvature;

    Part(LeafCodes codes, double[] labels, float[] weights, float[][] f) {
      this.codes = codes;
      this.labels = labels;
      this.weights = weights;
      this.f = f;
      this.derivative = new float[f.length][labels.length];
      this.curvature = new float[f.length][labels.length];
    }

    /** Takes derivatives and curvatures where the rows are now. */
    void look(Loss loss) {
      int outputs = f.length;
      double factor = outputs > 1 ? OUTPUTS_TOGETHER : 1;
      double least = LEAST_CURVATURE * loss.curvature();
      double[] point = new double[outputs];
      double[] q = new double[outputs];
      for (int r = 0; r < labels.length; r++) {
        for (int c = 0; c < outputs; c++) {
          point[c] = f[c][r];
        }
        loss.derivative(labels[r], point, 0, q, 0);
        float weight = weights[r];
        for (int c = 0; c < outputs; c++) {
          derivative[c][r] = weight * (float) q[c];
          curvature[c][r] =
              weight * (float) Math.max(least, factor * loss.outputCurvature(q, 0, c));
        }
      }
    }
  }

  private static final class SweepWorker implements Worker<double[][]> {

    private final SweepJob job;
    private final RowSetting setting;
    private final Loss loss;
    private final int outputs;
    private final WeightLayout layout;
    private final int[] first;
    private final List<Part> parts = new ArrayList<>();
    private double weight;

    SweepWorker(SweepJob job) {
      this.job = job;
      this.setting = job.setting;
      this.loss = setting.loss();
      this.outputs = setting.outputs();
      this.layout = setting.layout();
      this.first = setting.firstLeaves();
    }

    @Override
    public RowState accept(GatedBlock gated, Optional<RowState> previous) {
      Block block = gated.block();
      int n = block.rows();
      double[] response = previous.map(RowState::response).orElseGet(() -> rebuilt(gated));
      double[] labels = new double[n];
      float[] weights = new float[n];
      float[][] f = new float[outputs][n];
      for (int r = 0; r < n; r++) {
        labels[r] = setting.label(block, r);
        weights[r] = (float) setting.weight(block, r);
        weight += weights[r];
        for (int c = 0; c < outputs; c++) {
          f[c][r] = (float) response[r * outputs + c];
        }
      }
      parts.add(new Part(gated.patterns().leaves(), labels, weights, f));
      return RowState.NONE;
    }

    /** b0 + F u of rows that lost their state. */
    private double[] rebuilt(GatedBlock gated) {
      RowKernel kernel = RowKernel.of(setting, 1);
      kernel.weights(0, job.weights);
      double[] f = new double[gated.block().rows() * outputs];
      for (int from = 0; from < gated.block().rows(); ) {
        int count = kernel.load(gated, from);
        kernel.forward(0, f, from * outputs);
        from += count;
      }
      for (int i = 0; i < f.length; i++) {
        f[i] += setting.offset()[i % outputs];
      }
      return f;
    }

    @Override
    public double[][] result() {
      double[] numerator = new double[setting.length()];
      double[] denominator = new double[setting.length()];
      if (weight > 0) {
        double[] correction = correction();
        double[] v = job.weights.clone();
        double[] curvature = new double[v.length];
        for (int sweep = 0; sweep < job.sweeps; sweep++) {
          sweep(v, correction, curvature, sweep == 0);
        }
        for (int i = 0; i < v.length; i++) {
          numerator[i] = weight * curvature[i] * (v[i] - job.weights[i]);
          denominator[i] = weight * curvature[i];
        }
      }
      return new double[][] {numerator, denominator};
    }

    /** {@code g - grad F_k(u)}. */
    private double[] correction() {
      double[] local = new double[setting.length()];
      if (job.gradient.length == 0) {
        return local;
      }
      int bias = setting.width() - 1;
      look();
      for (int c = 0; c < outputs; c++) {
        for (Part part : parts) {
          for (float d : part.derivative[c]) {
            local[c * setting.width() + bias] += d;
          }
        }
        for (int t = 0; t < first.length - 1; t++) {
          if (output(t) == c) {
            int leaves = first[t + 1] - first[t];
            double[] sums = new double[leaves];
            for (Part part : parts) {
              add(part.codes, t, part.derivative[c], sums);
            }
            System.arraycopy(sums, 0, local, layout.start()[first[t]], leaves);
          }
        }
      }
      for (int i = 0; i < local.length; i++) {
        local[i] = job.gradient[i] - local[i] / weight;
      }
      return local;
    }

    private int output(int t) {
      return Math.max(0, layout.output()[first[t]]);
    }

    private void sweep(double[] v, double[] correction, double[] curvature, boolean measure) {
      int trees = first.length - 1;
      int looked = 0;
      look();
      for (int c = 0; c < outputs; c++) {
        intercept(c, v, correction, curvature);
      }
      for (int t = 0; t < trees; t++) {
        int c = output(t);
        if (t - looked >= TREES_PER_LOOK * outputs && !quadratic()) {
          look();
          looked = t;
        }
        int leaves = first[t + 1] - first[t];
        int at = layout.start()[first[t]];
        double[] g = new double[leaves];
        double[] h = new double[leaves];
        for (Part part : parts) {
          add(part.codes, t, part.derivative[c], part.curvature[c], g, h);
        }
        float[] step = new float[leaves];
        for (int l = 0; l < leaves; l++) {
          double own = h[l] / weight;
          if (measure) {
            curvature[at + l] = own;
          }
          if (own > 0) {
            double u = job.weights[at + l];
            double damped = own * (1 + job.damping);
            double slope = g[l] / weight + correction[at + l] + job.damping * own * (v[at + l] - u);
            double next = next(v[at + l], slope, damped, job.scales[first[t] + l]);
            step[l] = (float) (next - v[at + l]);
            v[at + l] += step[l];
          }
        }
        for (Part part : parts) {
          move(part, t, c, step);
        }
      }
    }

    private boolean quadratic() {
      return loss instanceof SquaredLoss;
    }

    /** {@code argmin_x slope (x - v) + h/2 (x - v)^2 + beta phi(|x| / s)}. */
    private double next(double v, double slope, double h, double s) {
      Penalty p = job.penalty;
      double z = h * v - slope;
      double free = p.beta * p.elasticNet / s;
      double size = Math.abs(z) - free;
      return size > 0 ? Math.signum(z) * size / (h + p.beta * (1 - p.elasticNet) / (s * s)) : 0;
    }

    private void intercept(int c, double[] v, double[] correction, double[] curvature) {
      int at = c * setting.width() + setting.width() - 1;
      if (job.penalty.ridge == Double.POSITIVE_INFINITY) {
        return;
      }
      double g = 0;
      double h = 0;
      for (Part part : parts) {
        for (int r = 0; r < part.labels.length; r++) {
          g += part.derivative[c][r];
          h += part.curvature[c][r];
        }
      }
      double own = h / weight;
      curvature[at] = own;
      double slope =
          g / weight
              + correction[at]
              + job.damping * own * (v[at] - job.weights[at])
              + job.penalty.ridge * v[at];
      float step = (float) (-slope / (own * (1 + job.damping) + job.penalty.ridge));
      v[at] += step;
      for (Part part : parts) {
        float[] f = part.f[c];
        for (int r = 0; r < f.length; r++) {
          f[r] += step;
          part.derivative[c][r] += part.curvature[c][r] * step;
        }
      }
    }

    private void look() {
      parts.forEach(part -> part.look(loss));
    }

    private static void add(LeafCodes codes, int t, float[] values, double[] sums) {
      byte[] bytes = codes.bytes()[t];
      if (bytes.length > 0) {
        for (int r = 0; r < values.length; r++) {
          sums[bytes[r] & 0xFF] += values[r];
        }
      } else {
        short[] shorts = codes.shorts()[t];
        for (int r = 0; r < values.length; r++) {
          sums[shorts[r] & 0xFFFF] += values[r];
        }
      }
    }

    private static void add(
        LeafCodes codes, int t, float[] derivative, float[] curvature, double[] g, double[] h) {
      byte[] bytes = codes.bytes()[t];
      if (bytes.length > 0) {
        for (int r = 0; r < derivative.length; r++) {
          int l = bytes[r] & 0xFF;
          g[l] += derivative[r];
          h[l] += curvature[r];
        }
      } else {
        short[] shorts = codes.shorts()[t];
        for (int r = 0; r < derivative.length; r++) {
          int l = shorts[r] & 0xFFFF;
          g[l] += derivative[r];
          h[l] += curvature[r];
        }
      }
    }

    private static void move(Part part, int t, int c, float[] step) {
      float[] f = part.f[c];
      float[] derivative = part.derivative[c];
      float[] curvature = part.curvature[c];
      byte[] bytes = part.codes.bytes()[t];
      if (bytes.length > 0) {
        for (int r = 0; r < f.length; r++) {
          float s = step[bytes[r] & 0xFF];
          f[r] += s;
          derivative[r] += curvature[r] * s;
        }
      } else {
        short[] shorts = part.codes.shorts()[t];
        for (int r = 0; r < f.length; r++) {
          float s = step[shorts[r] & 0xFFFF];
          f[r] += s;
          derivative[r] += curvature[r] * s;
        }
      }
    }
  }
}
