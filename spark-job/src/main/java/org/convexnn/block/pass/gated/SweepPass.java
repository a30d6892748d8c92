package org.convexnn.block.pass.gated;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.RowState;
import org.convexnn.block.pass.StepPass;
import org.convexnn.block.pass.Sums;
import org.convexnn.linalg.OrderedFit;
import org.convexnn.network.WeightLayout;
import org.convexnn.network.leaf.LeafOrder;

/**
 * A partition's part in a round of consensus: some sweeps of block coordinate descent over its own
 * trees. With v the weights in row coordinates, u where all partitions start, F_k the mean loss of
 * the partition's rows and g the gradient of all rows at u, it lowers
 *
 * <pre>F_k(v) + (g - grad F_k(u)).(v - u) + mu/2 |v - u|^2_H + beta sum_i phi(|v_i - c_i| / s_i) + ridge/2 |v_0|^2</pre>
 *
 * whose gradient at u is that of all rows (Shamir, Srebro and Zhang, ICML 2014, "DANE"). H is the
 * diagonal of the loss's own curvature, phi the elastic norm, s_i and c_i scale and centre of leaf i.
 *
 * <p>The leaves of a tree are disjoint, so that a tree is solved in one look at the rows: its leaves'
 * sums of derivatives and curvatures ({@link org.convexnn.loss.Loss#outputCurvature}), a step for each, and the rows'
 * derivatives moved by it. Both are taken anew after some trees.
 *
 * <p>Result: [0] = {@code sum_k W_k h_ki (v_i - u_i)}, [1] = {@code sum_k W_k h_ki}, with h_ki the
 * curvature of the partition's mean loss at weight i: their quotient is the consensus step, which is
 * Newton's where leaves do not meet. A partition without a row of a leaf has no say in it; a leaf without rows
 * goes where the penalty rests ({@link #step}).
 *
 * <p>Where leaves are held to an order, those of a tree are set together ({@link OrderedFit}), so that v
 * is in order, and the step is to the nearest point in order of the quotients. A leaf that the partition
 * has no row of must give way as it would elsewhere: it has the gradient of all rows, and the curvature
 * that the tree's other leaves have on average.
 *
 * @param setting the rows' setting, constant leaves
 * @param weights u in row coordinates
 * @param gradient g in row coordinates, of the mean loss; empty where the partition has all rows
 * @param scales s_i of every leaf
 * @param centres c_i of every leaf; empty where all are 0
 * @param order that leaves are held to
 * @param penalty on the weights
 * @param damping mu, not negative
 * @param sweeps over the trees, at least 1
 */
public record SweepPass(
    RowSetting setting,
    double[] weights,
    double[] gradient,
    double[] scales,
    double[] centres,
    LeafOrder order,
    Penalty penalty,
    double damping,
    int sweeps)
    implements StepPass<double[][]> {

  /** Trees of an output between two looks at the loss. */
  private static final int TREES_PER_LOOK = 24;

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
  public SweepPass {
    WeightLayout layout = setting.layout();
    boolean single =
        setting.outputs() == 1
            || Arrays.stream(layout.output()).allMatch(o -> o != WeightLayout.ALL);
    if (!layout.constant() || layout.wide() > 0 || !single) {
      throw new IllegalArgumentException("sweeps are over trees of constant leaves of one output");
    }
  }

  /**
   * The consensus step from the pass's sums: [0] by [1], and to where the penalty rests where no row has
   * a say.
   */
  public double[] step(double[][] sums) {
    double[] step = new double[weights.length];
    for (int i = 0; i < step.length; i++) {
      step[i] = sums[1][i] > 0 ? sums[0][i] / sums[1][i] : rest(i) - weights[i];
    }
    return inOrder(step, sums[1]);
  }

  /**
   * The step to the nearest point in order of where another leads.
   *
   * @param step is written over
   * @param curvature by weight, the metric
   */
  public double[] inOrder(double[] step, double[] curvature) {
    if (!order.none()) {
      int leaves = setting.layout().wideLength();
      double[] there = weights.clone();
      for (int i = leaves; i < there.length; i++) {
        there[i] += step[i];
      }
      order.project(there, curvature, leaves);
      for (int i = leaves; i < there.length; i++) {
        step[i] = there[i] - weights[i];
      }
    }
    return step;
  }

  /**
   * A step that leads downhill where the consensus's does not: all trees at once, each as if the others
   * stayed, of leaves in order; the intercept as the consensus has it.
   *
   * @param step the consensus step
   * @param curvature by weight, of the mean loss
   */
  public double[] downhill(double[] step, double[] curvature) {
    double[] downhill = step.clone();
    int[] first = setting.firstLeaves();
    int leaves = setting.layout().wideLength();
    for (int t = 0; t < first.length - 1; t++) {
      int from = leaves + first[t];
      int to = leaves + first[t + 1];
      double[] sizes = Arrays.copyOfRange(curvature, from, to);
      Arrays.setAll(sizes, l -> sizes[l] * (1 + damping));
      double[] next =
          inOrder(
              t,
              Arrays.copyOfRange(weights, from, to),
              Arrays.copyOfRange(gradient, from, to),
              sizes);
      for (int l = 0; l < next.length; l++) {
        downhill[from + l] = next[l] - weights[from + l];
      }
    }
    return downhill;
  }

  /** {@code argmin_x sum_l slope_l (x_l - v_l) + size_l/2 (x_l - v_l)^2 + beta phi}, x in order. */
  private double[] inOrder(int t, double[] v, double[] slopes, double[] sizes) {
    int leaves = v.length;
    int leaf = setting.firstLeaves()[t];
    double[] h = new double[leaves];
    double[] z = new double[leaves];
    double[] c = new double[leaves];
    double[] b = new double[leaves];
    for (int l = 0; l < leaves; l++) {
      double s = scales[leaf + l];
      double squared = penalty.beta * (1 - penalty.elasticNet) / (s * s);
      b[l] = centres.length == 0 ? 0 : centres[leaf + l];
      c[l] = penalty.beta * penalty.elasticNet / s;
      h[l] = sizes[l] + squared;
      z[l] = h[l] > 0 ? (sizes[l] * v[l] - slopes[l] + squared * b[l]) / h[l] : 0;
    }
    return new OrderedFit(leaves, order.pairs(t)).solve(h, z, c, b);
  }

  /** Where weight i is where no row tells: a leaf at its centre, everything else at 0. */
  private double rest(int i) {
    int leaf = i - setting.layout().wideLength();
    return leaf < 0 || centres.length == 0 ? 0 : centres[leaf];
  }

  @Override
  public Worker<double[][]> worker() {
    return new SweepWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class SweepWorker implements Worker<double[][]> {

    private final SweepPass pass;
    private final RowSetting setting;
    private final int outputs;
    private final WeightLayout layout;
    private final int[] first;
    private final int[] order;
    private final List<SweepRows> parts = new ArrayList<>();
    private double weight;

    SweepWorker(SweepPass pass) {
      this.pass = pass;
      this.setting = pass.setting;
      this.outputs = setting.outputs();
      this.layout = setting.layout();
      this.first = setting.firstLeaves();
      this.order = order();
    }

    @Override
    public RowState accept(GatedBlock gated, Optional<RowState> previous) {
      Block block = gated.block();
      int n = block.rows();
      double[] response =
          previous
              .map(RowState::response)
              .orElseGet(() -> OutputsPass.outputs(setting, pass.weights, gated));
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
      parts.add(new SweepRows(setting.loss(block), gated.patterns().leaves(), labels, weights, f));
      return RowState.NONE;
    }

    @Override
    public double[][] result() {
      double[] numerator = new double[setting.length()];
      double[] denominator = new double[setting.length()];
      if (weight > 0) {
        double[] correction = correction();
        double[] v = pass.weights.clone();
        double[] curvature = new double[v.length];
        for (int sweep = 0; sweep < pass.sweeps; sweep++) {
          sweep(v, correction, curvature, sweep == 0);
        }
        for (int i = 0; i < v.length; i++) {
          numerator[i] = weight * curvature[i] * (v[i] - pass.weights[i]);
          denominator[i] = weight * curvature[i];
        }
      }
      return new double[][] {numerator, denominator};
    }

    /** {@code g - grad F_k(u)}. */
    private double[] correction() {
      double[] local = new double[setting.length()];
      if (pass.gradient.length == 0) {
        return local;
      }
      look();
      for (int c = 0; c < outputs; c++) {
        local[intercept(c)] = sums(c)[0];
      }
      for (int t = 0; t < first.length - 1; t++) {
        double[] sums = sums(t, output(t));
        int at = layout.start()[first[t]];
        for (int l = 0; l < sums.length / 2; l++) {
          local[at + l] = sums[2 * l];
        }
      }
      for (int i = 0; i < local.length; i++) {
        local[i] = pass.gradient[i] - local[i] / weight;
      }
      return local;
    }

    private int output(int t) {
      return Math.max(0, layout.output()[first[t]]);
    }

    private int intercept(int c) {
      return c * setting.width() + setting.width() - 1;
    }

    private double[] sums(int c) {
      double[] sums = new double[2];
      parts.forEach(part -> part.add(c, sums));
      return sums;
    }

    private double[] sums(int t, int c) {
      double[] sums = new double[2 * (first[t + 1] - first[t])];
      parts.forEach(part -> part.add(t, c, sums));
      return sums;
    }

    /** Trees as they are swept: some of each output between two looks, output by output. */
    private int[] order() {
      int trees = first.length - 1;
      int window = TREES_PER_LOOK * outputs;
      return IntStream.range(0, trees)
          .boxed()
          .sorted(
              Comparator.<Integer>comparingInt(t -> t / window)
                  .thenComparingInt(this::output)
                  .thenComparingInt(t -> t))
          .mapToInt(t -> t)
          .toArray();
    }

    private void sweep(double[] v, double[] correction, double[] curvature, boolean measure) {
      look();
      for (int c = 0; c < outputs; c++) {
        moveIntercept(c, v, correction, curvature);
      }
      double[] sums = null;
      for (int k = 0; k < order.length; k++) {
        int t = order[k];
        int c = output(t);
        if (looksBefore(k)) {
          look();
        }
        float[] steps =
            steps(t, sums == null ? sums(t, c) : sums, v, correction, curvature, measure);
        if (k + 1 < order.length && !looksBefore(k + 1) && output(order[k + 1]) == c) {
          int next = order[k + 1];
          double[] nextSums = new double[2 * (first[next + 1] - first[next])];
          parts.forEach(part -> part.moveAndAdd(t, steps, next, c, nextSums));
          sums = nextSums;
        } else {
          parts.forEach(part -> part.move(t, c, steps));
          sums = null;
        }
      }
    }

    private boolean looksBefore(int k) {
      return !setting.loss().quadratic() && k > 0 && k % (TREES_PER_LOOK * outputs) == 0;
    }

    /** The steps of a tree's leaves from their sums; v and, where asked for, curvatures are set. */
    private float[] steps(
        int t,
        double[] sums,
        double[] v,
        double[] correction,
        double[] curvature,
        boolean measure) {
      if (pass.order.pairs(t).length > 0) {
        return orderedSteps(t, sums, v, correction, curvature, measure);
      }
      int at = layout.start()[first[t]];
      float[] steps = new float[sums.length / 2];
      for (int l = 0; l < steps.length; l++) {
        double own = sums[2 * l + 1] / weight;
        if (measure) {
          curvature[at + l] = own;
        }
        if (own > 0) {
          double u = pass.weights[at + l];
          double damped = own * (1 + pass.damping);
          double slope =
              sums[2 * l] / weight + correction[at + l] + pass.damping * own * (v[at + l] - u);
          double centre = pass.centres.length == 0 ? 0 : pass.centres[first[t] + l];
          double next = centre + next(v[at + l] - centre, slope, damped, pass.scales[first[t] + l]);
          steps[l] = (float) (next - v[at + l]);
          v[at + l] += steps[l];
        }
      }
      return steps;
    }

    /** One step of every leaf of a tree whose leaves are held to an order; what each leaf moved by. */
    private float[] orderedSteps(
        int t,
        double[] sums,
        double[] v,
        double[] correction,
        double[] curvature,
        boolean measure) {
      int at = layout.start()[first[t]];
      int leaves = sums.length / 2;
      double mean = 0;
      int present = 0;
      for (int l = 0; l < leaves; l++) {
        mean += sums[2 * l + 1] / weight;
        present += sums[2 * l + 1] > 0 ? 1 : 0;
      }
      mean = pass.gradient.length > 0 && present > 0 ? mean / present : 0;
      double[] slopes = new double[leaves];
      double[] sizes = new double[leaves];
      for (int l = 0; l < leaves; l++) {
        double own = sums[2 * l + 1] / weight;
        double moved = v[at + l] - pass.weights[at + l];
        if (measure) {
          curvature[at + l] = own;
        }
        double slope = 0;
        double size = mean;
        if (own > 0) {
          size = own * (1 + pass.damping);
          slope = sums[2 * l] / weight + correction[at + l] + pass.damping * own * moved;
        } else if (mean > 0) {
          slope = pass.gradient[at + l] + mean * moved;
        }
        slopes[l] = slope;
        sizes[l] = size;
      }
      double[] next = pass.inOrder(t, Arrays.copyOfRange(v, at, at + leaves), slopes, sizes);
      float[] steps = new float[leaves];
      for (int l = 0; l < leaves; l++) {
        steps[l] = (float) (next[l] - v[at + l]);
        v[at + l] += steps[l];
      }
      return steps;
    }

    /** {@code argmin_x slope (x - v) + h/2 (x - v)^2 + beta phi(|x| / s)}. */
    private double next(double v, double slope, double h, double s) {
      Penalty p = pass.penalty;
      double z = h * v - slope;
      double free = p.beta * p.elasticNet / s;
      double size = Math.abs(z) - free;
      return size > 0 ? Math.signum(z) * size / (h + p.beta * (1 - p.elasticNet) / (s * s)) : 0;
    }

    private void moveIntercept(int c, double[] v, double[] correction, double[] curvature) {
      if (pass.penalty.ridge == Double.POSITIVE_INFINITY) {
        return;
      }
      int at = intercept(c);
      double[] sums = sums(c);
      double own = sums[1] / weight;
      curvature[at] = own;
      double slope =
          sums[0] / weight
              + correction[at]
              + pass.damping * own * (v[at] - pass.weights[at])
              + pass.penalty.ridge * v[at];
      float step = (float) (-slope / (own * (1 + pass.damping) + pass.penalty.ridge));
      v[at] += step;
      parts.forEach(part -> part.move(c, step));
    }

    private void look() {
      parts.forEach(part -> part.look());
    }
  }
}
