package org.convexnn.solver.setup;

import java.util.Arrays;
import org.convexnn.linalg.Blas;
import org.convexnn.network.WeightLayout;

/**
 * The groups of a vector in solver coordinates, the penalty on them and its proximal step:
 *
 * <pre>beta sum_i phi(||w_i||),   phi(t) = a t + (1 - a) t^2 / 2</pre>
 *
 * a = 1 the group norm alone, which switches groups off, a = 0 its square alone, which shrinks them.
 * Narrow leaves may have a centre c_i: then it is {@code phi(||w_i - c_i||)}.
 * The first numbers are the linear part, in no group. A group is a wide gate's C D weights, the D of
 * one class, or those of all paths of a sub-network, all of one length; then come the narrow leaves.
 *
 * @param block C D, the numbers of the linear part
 * @param length the numbers in a group of the wide gates: D, C D or a multiple of it
 * @param narrow where the group of each narrow leaf starts, and the end of the last; empty where there
 *     is none
 * @param elasticNet a, in [0, 1]
 * @param centres of the narrow leaves' numbers; empty where all are 0
 * @param cone that narrow leaves are held to
 */
public record Groups(
    int block, int length, int[] narrow, double elasticNet, double[] centres, LeafCone cone) {

  /**
   * The least a in the denominator of {@link #betaMax}: with a = 0 no beta is large enough to switch
   * all groups off, and glmnet's convention gives regRatio a meaning (Friedman, Hastie and
   * Tibshirani, Journal of Statistical Software 2010, section 2.5).
   */
  public static final double LEAST_ELASTIC_NET = 1e-3;

  private static final int[] NONE = new int[0];
  private static final double[] AT_ZERO = new double[0];

  /** Groups under the norm alone, no narrow leaf among them. */
  public Groups(int block, int length) {
    this(block, length, NONE, 1, AT_ZERO, LeafCone.ALL);
  }

  /**
   * The groups of a network.
   *
   * @param outputs C
   * @param width D
   * @param perClass whether a gate has a group for each output: the norm {@code sum_c ||u_ic||}
   *     (docs/theory/objective.md#several-outputs) instead of {@code ||U_i||_F}
   */
  public static Groups of(int outputs, int width, boolean perClass) {
    return new Groups(outputs * width, perClass ? width : outputs * width);
  }

  /**
   * The groups of a network whose gates share a norm: of each {@code gates} in turn, {@code
   * (sum_i ||U_i||_F^2)^(1/2)} (docs/theory/depth.md#three-layers).
   */
  public static Groups shared(int outputs, int width, int gates) {
    return new Groups(outputs * width, gates * outputs * width);
  }

  /** These groups under the elastic norm. */
  public Groups elastic(double a) {
    return new Groups(block, length, narrow, a, centres, cone);
  }

  /** These groups and the narrow leaves of a layout. */
  public Groups with(WeightLayout layout) {
    boolean perClass = length < block;
    int[] starts = new int[1 + layout.narrow() * (perClass ? layout.outputs() : 1)];
    int count = 0;
    for (int i = 0; i < layout.narrow(); i++) {
      int parts = perClass ? layout.narrowOutputs(i) : 1;
      int size = layout.narrowOutputs(i) * layout.narrowWidth(i) / parts;
      for (int p = 0; p < parts; p++) {
        starts[count++] = layout.start(layout.wide() + i) + p * size;
      }
    }
    starts[count] = layout.length();
    return layout.narrow() == 0
        ? this
        : new Groups(block, length, Arrays.copyOf(starts, count + 1), elasticNet, centres, cone);
  }

  /** These groups where there is no gate. */
  public Groups withoutGates() {
    return new Groups(block, length, NONE, elasticNet, AT_ZERO, LeafCone.ALL);
  }

  /** These groups with centres of the narrow leaves' numbers. */
  public Groups centred(double[] others) {
    return new Groups(block, length, narrow, elasticNet, others, cone);
  }

  /** These groups with the narrow leaves in a cone. */
  public Groups in(LeafCone other) {
    return new Groups(block, length, narrow, elasticNet, centres, other);
  }

  /** The smallest of the groups' values at wide gate i, its own or that of the group it is in. */
  public double leastAt(int i, double[] values) {
    int from = (1 + i) * block;
    double least = values[at(from)];
    for (int k = at(from) + 1; k <= at(from + block - 1); k++) {
      least = Math.min(least, values[k]);
    }
    return least;
  }

  /** The number of groups of w. */
  public int count(double[] w) {
    return wide(w) + Math.max(0, narrow.length - 1);
  }

  private int wide(double[] w) {
    return ((narrow.length == 0 ? w.length : narrow[0]) - block) / length;
  }

  private int at(int i) {
    return Math.floorDiv(i - block, length);
  }

  /** What is to be done with a group: its number and its part of the vector. */
  @FunctionalInterface
  interface Action {
    void accept(int group, int from, int length);
  }

  /** Goes through the groups of w, in order. */
  void forEach(double[] w, Action action) {
    int wide = wide(w);
    for (int i = 0; i < wide; i++) {
      action.accept(i, block + i * length, length);
    }
    for (int i = 0; i < narrow.length - 1; i++) {
      action.accept(wide + i, narrow[i], narrow[i + 1] - narrow[i]);
    }
  }

  /** {@code ||w_i||_2} of every group. */
  public double[] norms(double[] w) {
    double[] norms = new double[count(w)];
    forEach(
        w, (i, from, size) -> norms[i] = size == 1 ? Math.abs(w[from]) : Blas.norm(w, from, size));
    return norms;
  }

  /** {@code v_i . w_i} of every group. */
  public double[] products(double[] v, double[] w) {
    double[] products = new double[count(w)];
    forEach(w, (i, from, size) -> products[i] = Blas.dot(v, w, from, size));
    return products;
  }

  /** {@code v_0 . w_0}. */
  public double linearProduct(double[] v, double[] w) {
    return Blas.dot(v, w, 0, block);
  }

  /** {@code sum_i phi(||w_i - c_i||_2)} over the groups. */
  public double sum(double[] w) {
    double sum = 0;
    for (double norm : norms(moved(w, -1))) {
      sum += phi(norm);
    }
    return sum;
  }

  /** {@code w + sign c}; w itself where there is no centre. */
  private double[] moved(double[] w, double sign) {
    return centres.length == 0 ? w : move(w.clone(), sign);
  }

  private double[] move(double[] w, double sign) {
    for (int i = 0; i < centres.length; i++) {
      w[narrow[0] + i] += sign * centres[i];
    }
    return w;
  }

  /** {@code sum_i c_i . q_i}. */
  public double centreProduct(double[] q) {
    double sum = 0;
    for (int i = 0; i < centres.length; i++) {
      sum += centres[i] * q[narrow[0] + i];
    }
    return sum;
  }

  /** A gradient without what the cone takes over; see {@link LeafCone#relieved}. */
  public double[] relieved(double[] gradient, double beta) {
    return cone.all() ? gradient : cone.relieved(gradient, narrow[0], beta, elasticNet, centres);
  }

  /** The nearest vector that is in the cone. */
  public double[] inCone(double[] w) {
    return cone.all() ? w : cone.nearest(w, narrow[0]);
  }

  /** {@code phi(t) = a t + (1 - a) t^2 / 2}. */
  double phi(double norm) {
    return elasticNet * norm + 0.5 * (1 - elasticNet) * norm * norm;
  }

  /** {@code max_i ||w_i||_2} over the groups. */
  public double max(double[] w) {
    double max = 0;
    for (double norm : norms(w)) {
      max = Math.max(max, norm);
    }
    return max;
  }

  /**
   * The smallest beta at which all groups are zero, from the loss's gradient at the linear fit:
   * {@code max_i ||q_i|| / max(a, 1e-3)}.
   */
  public double betaMax(double[] gradient) {
    return max(gradient) / Math.max(elasticNet, LEAST_ELASTIC_NET);
  }

  /** Whether all groups are zero from {@link #betaMax} on. */
  public boolean selects() {
    return elasticNet >= LEAST_ELASTIC_NET && centres.length == 0;
  }

  /**
   * What the groups take off a dual bound, {@code sum_i (beta phi)*(||tau q_i||)} with
   *
   * <pre>(beta phi)*(s) = (s - a beta)_+^2 / (2 (1 - a) beta),   a &lt; 1,</pre>
   *
   * of the norms of q and a scaling tau; with a = 1 none, where s is at most beta.
   */
  public double conjugate(double[] norms, double tau, double beta) {
    if (elasticNet == 1) {
      return 0;
    }
    double sum = 0;
    double free = elasticNet * beta;
    for (double norm : norms) {
      double over = Math.max(0, tau * norm - free);
      sum += over * over;
    }
    return sum / (2 * (1 - elasticNet) * beta);
  }

  /** {@code ||w_0||^2}. */
  public double linearSquare(double[] w) {
    double norm = Blas.norm(w, 0, block);
    return norm * norm;
  }

  /** The gates of which a weight is not exactly zero. */
  public int activeGates(double[] w) {
    int[] active = new int[1];
    int wideEnd = narrow.length == 0 ? w.length : narrow[0];
    for (int from = block; from < wideEnd; from += block) {
      if (Blas.norm(w, from, block) > 0) {
        active[0]++;
      }
    }
    for (int i = 0; i < narrow.length - 1; i++) {
      if (Blas.norm(w, narrow[i], narrow[i + 1] - narrow[i]) > 0) {
        active[0]++;
      }
    }
    return active[0];
  }

  /**
   * {@code argmin_z beta sum_i phi(||z_i - c_i||) + ridge/2 ||z_0||^2 + sigma/2 ||z - v||^2}, in place:
   * block soft threshold and shrinkage of groups, shrinkage of the linear block; to zero where the
   * ridge is infinite.
   */
  public void prox(double[] v, double beta, double ridge, double sigma) {
    double shrink = sigma / (sigma + ridge);
    for (int k = 0; k < block; k++) {
      v[k] *= shrink;
    }
    double threshold = elasticNet * beta / sigma;
    double shrunk = sigma / (sigma + (1 - elasticNet) * beta);
    double[] norms = norms(move(v, -1));
    forEach(
        v,
        (i, from, size) -> {
          double factor =
              norms[i] > threshold ? shrunk * (1 - elasticNet * beta / (sigma * norms[i])) : 0;
          for (int k = from; k < from + size; k++) {
            v[k] *= factor;
          }
        });
    move(v, 1);
  }

  /** Shortens the groups of w to norm beta where they are longer. */
  public void cut(double[] w, double beta) {
    double[] norms = norms(w);
    forEach(
        w,
        (i, from, size) -> {
          for (int k = from; norms[i] > beta && k < from + size; k++) {
            w[k] *= beta / norms[i];
          }
        });
  }
}
