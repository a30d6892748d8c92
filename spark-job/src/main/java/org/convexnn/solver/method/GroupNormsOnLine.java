package org.convexnn.solver.method;

import org.convexnn.solver.setup.Groups;

/**
 * Group norms along {@code w + t d}, from products taken once:
 *
 * <pre>||w_i + t d_i||^2 = ||w_i||^2 + 2 t w_i . d_i + t^2 ||d_i||^2</pre>
 */
final class GroupNormsOnLine {

  private final double[] start;
  private final double[] across;
  private final double[] along;
  private final double linearStart;
  private final double linearAcross;
  private final double linearAlong;

  GroupNormsOnLine(Groups groups, double[] w, double[] d) {
    this.start = groups.products(w, w);
    this.across = groups.products(w, d);
    this.along = groups.products(d, d);
    this.linearStart = groups.linearProduct(w, w);
    this.linearAcross = groups.linearProduct(w, d);
    this.linearAlong = groups.linearProduct(d, d);
  }

  private double square(int i, double t) {
    return Math.max(0, start[i] + t * (2 * across[i] + t * along[i]));
  }

  /** {@code max_i ||w_i + t d_i||}. */
  double largestNorm(double t) {
    double largest = 0;
    for (int i = 0; i < start.length; i++) {
      largest = Math.max(largest, square(i, t));
    }
    return Math.sqrt(largest);
  }

  /** {@code ||w_0 + t d_0||^2}. */
  double linearSquare(double t) {
    return linearStart + t * (2 * linearAcross + t * linearAlong);
  }

  /** Half the derivative of {@link #linearSquare}. */
  double linearSlope(double t) {
    return linearAcross + t * linearAlong;
  }

  /** The derivative of {@code sum_i sqrt(||w_i + t d_i||^2 + epsilon^2)}. */
  double normSlope(double t, double epsilon) {
    double slope = 0;
    for (int i = 0; i < start.length; i++) {
      slope += (across[i] + t * along[i]) / Math.sqrt(square(i, t) + epsilon * epsilon);
    }
    return slope;
  }
}
