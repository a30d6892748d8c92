package org.convexnn.solver.method;

import org.convexnn.linalg.Blas;
import org.convexnn.solver.program.DualPoint;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.setup.Groups;

/**
 * Moves a dual point r close to the ones that every gate allows, {@code ||q_i|| <= beta} with q = F' w r / W,
 * at the least change of rows. The nearest of them is the residual of a group lasso,
 *
 * <pre>r + F v,   v = argmin_v 1/2 ||r + F v||^2 + beta sum_i ||v_i||,</pre>
 *
 * of which a few proximal gradient steps are taken, {@code v_i <- (1 - beta eta / ||z_i||)_+ z_i} with {@code z = v
 * - eta q}, q that of r + F v. In solver coordinates a leaf's own features are orthonormal, so that eta
 * = 1 would make a single leaf that is too long exactly right; rows lie in a leaf of every tree, and the
 * length is that of Barzilai and Borwein (1988). Scaling all of r, which the bound does in the end, pays
 * for the longest q_i with the dual value of every row; here rows pay for their own gates, and only
 * with what is linear in their features. Each step takes a pass.
 */
final class DualProjection {

  /** The most steps, and passes. */
  static final int MOST_STEPS = 8;

  private static final double FIRST_LENGTH = 0.5;
  private static final double LEAST_LENGTH = 0.05;
  private static final double MOST_LENGTH = 2;
  // Aims a little below: the last of the way would be long, and what is over costs all rows.
  private static final double BELOW = 0.2;
  // The ridge of the linear block, which no bound holds.
  private static final double FIXED_AT_ZERO = Double.POSITIVE_INFINITY;

  private final Problem problem;
  private final Groups groups;
  private final double beta;
  private final double aim;

  /**
   * A projection.
   *
   * @param tol the relative gap that is wanted
   */
  DualProjection(Problem problem, double beta, double tol) {
    this.problem = problem;
    this.groups = problem.groups();
    this.beta = beta;
    this.aim = (1 - BELOW * Math.min(tol, 1)) * beta;
  }

  /**
   * A dual point and the lower bound that it gives.
   *
   * @param point the point
   * @param bound on the optimum
   */
  record Bounded(DualPoint point, double bound) {}

  /**
   * The best of the points on the way. The way ends where the bound is enough, or cannot become so.
   *
   * @param what names the jobs
   * @param point r
   * @param gradient q of r, in solver coordinates
   * @param enough the bound that is wanted
   */
  Bounded from(String what, DualPoint point, double[] gradient, double enough) {
    Bounded best = new Bounded(point, Double.NEGATIVE_INFINITY);
    double[] q = gradient;
    double[] v = new double[q.length];
    double length = FIRST_LENGTH;
    for (int k = 0; k < MOST_STEPS; k++) {
      double[] next = v.clone();
      Blas.axpy(-length, q, next);
      groups.prox(next, length * aim, FIXED_AT_ZERO, 1);
      DualPoint moved = point.corrected(next);
      Problem.Evaluation at = problem.dualAt(what, moved);
      double bound = problem.lowerBound(at.gradient(), at.dual(), beta);
      if (bound > best.bound) {
        best = new Bounded(moved, bound);
      }
      if (best.bound >= enough || problem.unscaledBound(at.gradient(), at.dual()) < enough) {
        break;
      }
      length = length(v, next, q, at.gradient());
      v = next;
      q = at.gradient();
    }
    return best;
  }

  /** {@code ||s||^2 / s.y} of the step s in v and what it added to q, y. */
  private static double length(double[] from, double[] to, double[] before, double[] after) {
    double square = 0;
    double product = 0;
    for (int k = 0; k < from.length; k++) {
      double s = to[k] - from[k];
      square += s * s;
      product += s * (after[k] - before[k]);
    }
    return product > 0
        ? Math.min(Math.max(square / product, LEAST_LENGTH), MOST_LENGTH)
        : MOST_LENGTH;
  }
}
