package org.convexnn.solver.method;

import java.util.Arrays;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.Cholesky;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.program.DualPoint;
import org.convexnn.solver.program.Incumbent;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.setup.Groups;

/**
 * The convex program of squared loss with its sums over rows, in solver coordinates: with G = F'WF /
 * W, b = F'Wy / W and s = y'Wy / W,
 *
 * <pre>P(w) = (s - 2 b.w + w.G w)/2 + beta sum_i ||w_i|| + ridge/2 ||w_0||^2,   q(w) = G w - b</pre>
 *
 * so that objective, dual bound and gap of any w at any beta need no row
 * (docs/theory/solvers.md#gram-matrix). One output.
 *
 * <p>The sums of the objective cancel: its rounding error is some ulps of s, the mean square of the
 * label, not of the loss.
 */
public final class QuadraticProgram {

  private static final double ALPHA = 1.6;
  private static final int CHECK = 5;
  private static final int MOST_ITERATIONS = 20_000;
  private static final int MOST_WITHOUT_PROGRESS = 200;

  private final double[] gram;
  private final double[] moments;
  private final double labelSquare;
  private final Groups groups;
  private final double ridge;
  private Cholesky factor;
  private double factoredSigma = Double.NaN;

  /**
   * A program; takes ownership of the arrays.
   *
   * @param gram G, Q x Q row-major, both triangles
   * @param moments b, Q numbers
   * @param labelSquare s
   * @param groups of w
   * @param ridge skipRidge, positive
   */
  public QuadraticProgram(
      double[] gram, double[] moments, double labelSquare, Groups groups, double ridge) {
    this.gram = gram;
    this.moments = moments;
    this.labelSquare = labelSquare;
    this.groups = groups;
    this.ridge = ridge;
  }

  /** The skip-only fit: {@code (G_00 + ridge I) w_0 = b_0}, all groups zero. */
  public double[] linearFit() {
    int q = moments.length;
    int width = groups.block();
    double[] a = new double[width * width];
    for (int i = 0; i < width; i++) {
      System.arraycopy(gram, i * q, a, i * width, width);
      a[i * width + i] += ridge;
    }
    double[] block = Arrays.copyOf(moments, width);
    new Cholesky(width, a).solve(block, 1);
    return Arrays.copyOf(block, q);
  }

  /** {@code max_i ||q_i(w)||}: at the skip-only fit the smallest beta of a linear model. */
  public double largestDual(double[] w) {
    double[] q = product(w);
    Blas.axpy(-1, moments, q);
    return groups.max(q);
  }

  /** The objective of w and the bound of its own dual point. */
  public Problem.Bounds bounds(double[] w, double beta) {
    double[] gradient = product(w);
    double quadratic = Blas.dot(w, gradient);
    double linear = Blas.dot(w, moments);
    double loss = 0.5 * (labelSquare - 2 * linear + quadratic);
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] -= moments[i];
    }
    // r = F w - y: D(tau) = -tau r.y - tau^2 r.r/2, all over W.
    double residualLabel = linear - labelSquare;
    double residualSquare = 2 * loss;
    double penalty = groups.linearSquare(gradient) / ridge;
    double largest = groups.max(gradient);
    double most = largest > 0 ? beta / largest : Double.POSITIVE_INFINITY;
    double curvature = residualSquare + penalty;
    double tau = curvature > 0 ? Math.min(most, Math.max(0, -residualLabel / curvature)) : 0;
    return new Problem.Bounds(
        loss + (beta * groups.sum(w) + 0.5 * ridge * groups.linearSquare(w)),
        -tau * residualLabel - 0.5 * tau * tau * curvature);
  }

  /**
   * Solves for one beta by ADMM on the split u = z with an exact factor of G + sigma I, sigma from
   * the norms of the dual and of z; the next solve starts with the last one's factor.
   *
   * @param start weights to start from
   */
  public Solver.Solution solve(
      double beta, double[] start, Solver.Stopping stop, Solver.Watch watch) {
    int q = moments.length;
    Incumbent best = new Incumbent(start);
    double[] z = start.clone();
    double[] w = negatedGradient(z, beta);
    check(beta, z, best);
    double sigma = Double.isNaN(factoredSigma) ? 0.1 * trace() / q : factoredSigma;
    factor(sigma);
    int nextBalance = 5;
    double lastGap = Double.POSITIVE_INFINITY;
    int stalled = 0;
    for (int k = 0; !stop.reached(best.upper(), best.lower()); k++) {
      if (k >= MOST_ITERATIONS) {
        return best.solution(StopReason.STALLED);
      }
      double[] u = new double[q];
      for (int i = 0; i < q; i++) {
        u[i] = moments[i] + sigma * z[i] - w[i];
      }
      factor.solve(u, 1);
      double[] v = new double[q];
      for (int i = 0; i < q; i++) {
        v[i] = ALPHA * u[i] + (1 - ALPHA) * z[i] + w[i] / sigma;
      }
      z = v.clone();
      groups.prox(z, beta, ridge, sigma);
      for (int i = 0; i < q; i++) {
        w[i] = sigma * (v[i] - z[i]);
      }
      if (k % CHECK == CHECK - 1) {
        check(beta, z, best);
        check(beta, u, best);
        watch.iteration(k, best.upper(), best.lower(), z);
        double gap = stop.relativeGap(best.upper(), best.lower());
        stalled = gap < lastGap ? 0 : stalled + 1;
        lastGap = Math.min(lastGap, gap);
        if (stalled > MOST_WITHOUT_PROGRESS) {
          return best.solution(StopReason.STALLED);
        }
      }
      if (k == nextBalance) {
        nextBalance = k < 100 ? 2 * k : k + 100;
        double next = balanced(sigma, w, z);
        if (next != sigma) {
          sigma = next;
          factor(sigma);
        }
      }
    }
    return best.solution(StopReason.GAP);
  }

  private double trace() {
    int q = moments.length;
    double trace = 0;
    for (int i = 0; i < q; i++) {
      trace += gram[i * q + i];
    }
    return trace;
  }

  private double[] product(double[] w) {
    int q = w.length;
    double[] result = new double[q];
    Blas.gemm(false, false, q, 1, q, 1.0, gram, 0, q, w, 0, 1, 0.0, result, 0, 1);
    return result;
  }

  private void factor(double sigma) {
    if (factoredSigma == sigma) {
      return;
    }
    int q = moments.length;
    // The old factor goes first: two matrices at a time are enough.
    factor = null;
    double[] a = gram.clone();
    for (int i = 0; i < q; i++) {
      a[i * q + i] += sigma;
    }
    factor = new Cholesky(q, a);
    factoredSigma = sigma;
  }

  /** The dual of u = z at its start: -q(z) with every group cut to norm beta. */
  private double[] negatedGradient(double[] z, double beta) {
    double[] w = product(z);
    for (int i = 0; i < w.length; i++) {
      w[i] = i < groups.block() ? ridge * z[i] : moments[i] - w[i];
    }
    groups.cut(w, beta);
    return w;
  }

  private void check(double beta, double[] w, Incumbent best) {
    Problem.Bounds bounds = bounds(w, beta);
    best.primal(w, bounds.primal());
    best.dual(DualPoint.ofWeights(w.clone()), bounds.dual());
  }

  private double balanced(double sigma, double[] w, double[] z) {
    double dual = 0;
    double primal = 0;
    for (int i = groups.block(); i < z.length; i++) {
      dual += w[i] * w[i];
      primal += z[i] * z[i];
    }
    if (primal == 0 || dual == 0) {
      return sigma;
    }
    double t = Math.min(10, Math.max(0.1, Math.sqrt(dual / primal) / sigma));
    return t > 1.3 || t < 1 / 1.3 ? sigma * t : sigma;
  }
}
