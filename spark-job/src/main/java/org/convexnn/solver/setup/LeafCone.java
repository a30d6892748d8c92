package org.convexnn.solver.setup;

import java.util.Arrays;
import org.convexnn.linalg.OrderedFit;
import org.convexnn.network.leaf.LeafOrder;

/**
 * The cone of the weights of constant leaves that are in an order: with leaf values {@code v_i = s_i
 * w_i}, K = {w : s_i w_i &lt;= s_j w_j for all pairs (i, j)}.
 *
 * @param order of the leaves
 * @param scales s_i of every leaf; empty where there is no order
 */
public record LeafCone(LeafOrder order, double[] scales) {

  /** All weights. */
  public static final LeafCone ALL = new LeafCone(LeafOrder.NONE, new double[0]);

  // With the norm alone what is above beta has to be least: its squares are, of any factor.
  private static final double LEAST_SQUARE = Groups.LEAST_ELASTIC_NET;

  /** Whether every vector is in it. */
  public boolean all() {
    return order.none();
  }

  /**
   * A gradient without what the order takes over: {@code q - A' lambda} for the order A w &gt;= 0 and
   * multipliers lambda, not negative, that make the conjugate of the elastic norm least. Since {@code A'
   * lambda} is in minus the polar cone, what the elastic norm takes off a dual bound at {@code q - A'
   * lambda} is at least what it takes off together with the cone at q, for whatever such lambda
   * (docs/theory/narrow-leaves.md#monotone).
   *
   * @param gradient q in solver coordinates; the same array is returned where there is no order
   * @param from where the leaves begin
   * @param centres of the leaves in solver coordinates; empty where all are 0
   */
  double[] relieved(double[] gradient, int from, double beta, double elasticNet, double[] centres) {
    if (all()) {
      return gradient;
    }
    double[] q = gradient.clone();
    for (int t = 0; t < order.pairs().size(); t++) {
      int[] pairs = order.pairs(t);
      if (pairs.length > 0) {
        relieve(q, pairs, order.first()[t], order.first()[t + 1], from, beta, elasticNet, centres);
      }
    }
    return q;
  }

  private void relieve(
      double[] q,
      int[] pairs,
      int first,
      int end,
      int from,
      double beta,
      double elasticNet,
      double[] centres) {
    int leaves = end - first;
    double[] h = new double[leaves];
    double[] z = new double[leaves];
    double[] c = new double[leaves];
    double[] b = new double[leaves];
    for (int l = 0; l < leaves; l++) {
      double s = scales[first + l];
      h[l] = beta * Math.max(1 - elasticNet, LEAST_SQUARE) / (s * s);
      c[l] = beta * elasticNet / s;
      b[l] = centres.length == 0 ? 0 : s * centres[first + l];
      z[l] = b[l] - q[from + first + l] / (s * h[l]);
    }
    OrderedFit fit = new OrderedFit(leaves, pairs);
    fit.solve(h, z, c, b);
    double[] multipliers = fit.multipliers();
    for (int p = 0; p < multipliers.length; p++) {
      int lower = first + pairs[2 * p];
      int upper = first + pairs[2 * p + 1];
      q[from + lower] += scales[lower] * multipliers[p];
      q[from + upper] -= scales[upper] * multipliers[p];
    }
  }

  /** The nearest weights in the cone, in the norm of leaf values. */
  double[] nearest(double[] weights, int from) {
    if (all()) {
      return weights;
    }
    double[] values = new double[scales.length];
    Arrays.setAll(values, i -> scales[i] * weights[from + i]);
    double[] alike = new double[scales.length];
    Arrays.fill(alike, 1);
    order.project(values, alike, 0);
    double[] nearest = weights.clone();
    for (int i = 0; i < values.length; i++) {
      nearest[from + i] = values[i] / scales[i];
    }
    return nearest;
  }
}
