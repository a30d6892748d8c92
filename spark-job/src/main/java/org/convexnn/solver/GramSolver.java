package org.convexnn.solver;

import org.convexnn.block.GramJob;
import org.convexnn.block.Precision;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.Cholesky;

/**
 * Squared loss from one pass: with G = F'F/W, b = F'y/W and s = y'y/W,
 *
 * <pre>P(w) = (s - 2 b.w + w.G w)/2 + penalty,   q(w) = G w - b</pre>
 *
 * so that every beta, its dual bound and its gap need no further pass (theory.md 4.7). Solved by
 * ADMM on the split u = z with an exact factor of G + sigma I, sigma from the norms of the dual and
 * of z. One output.
 */
final class GramSolver implements Solver {

  private static final double ALPHA = 1.6;
  private static final int CHECK = 5;
  private static final int MOST_ITERATIONS = 20_000;

  private double[] gram;
  private double[] moments;
  private double labelSquare;
  private Cholesky factor;
  private double factoredSigma = Double.NaN;

  @Override
  public String name() {
    return "gram";
  }

  private void collect(Problem problem) {
    if (gram != null) {
      return;
    }
    gram =
        problem.gram(
            "Gram matrix",
            GramJob.Penalty.ONE,
            GramJob.Sketch.ALL,
            GatedRows.NO_STATE,
            Precision.FLOAT64);
    Problem.Evaluation zero =
        problem.evaluate(
            "moments with the label", new double[problem.length()], true, Precision.FLOAT64);
    // One sweep gives both sums; the Gram's was not charged.
    moments = zero.gradient();
    for (int i = 0; i < moments.length; i++) {
      moments[i] = -moments[i];
    }
    labelSquare = 2 * zero.loss();
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
    double[] a = gram.clone();
    for (int i = 0; i < q; i++) {
      a[i * q + i] += sigma;
    }
    factor = new Cholesky(q, a);
    factoredSigma = sigma;
  }

  @Override
  public Solution solve(Problem problem, double beta, Start start, Stopping stop, Watch watch) {
    collect(problem);
    int q = moments.length;
    int length = problem.groupLength();
    double trace = 0;
    for (int i = 0; i < q; i++) {
      trace += gram[i * q + i];
    }
    Incumbent best = new Incumbent(start.weights());
    double[] z = start.weights().clone();
    double[] w = negatedGradient(z, beta, length, problem.ridge());
    check(problem, beta, z, best);
    double sigma = Double.isNaN(factoredSigma) ? 0.1 * trace / q : factoredSigma;
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
      GroupNorms.prox(z, length, beta, problem.ridge(), sigma);
      for (int i = 0; i < q; i++) {
        w[i] = sigma * (v[i] - z[i]);
      }
      if (k % CHECK == CHECK - 1) {
        check(problem, beta, z, best);
        check(problem, beta, u, best);
        watch.iteration(k, best.upper(), best.lower(), z);
        double gap = stop.relativeGap(best.upper(), best.lower());
        stalled = gap < lastGap ? 0 : stalled + 1;
        lastGap = Math.min(lastGap, gap);
        if (stalled > 200) {
          return best.solution(StopReason.STALLED);
        }
      }
      if (k == nextBalance) {
        nextBalance = k < 100 ? 2 * k : k + 100;
        double next = balanced(sigma, w, z, length);
        if (next != sigma) {
          sigma = next;
          factor(sigma);
        }
      }
    }
    return best.solution(StopReason.GAP);
  }

  /** The dual of u = z at its start: -q(z) with every group cut to norm beta. */
  private double[] negatedGradient(double[] z, double beta, int length, double ridge) {
    double[] w = product(z);
    for (int i = 0; i < w.length; i++) {
      w[i] = i < length ? ridge * z[i] : moments[i] - w[i];
    }
    for (int at = length; at < w.length; at += length) {
      double norm = Blas.norm(w, at, length);
      if (norm > beta) {
        for (int i = at; i < at + length; i++) {
          w[i] *= beta / norm;
        }
      }
    }
    return w;
  }

  /** Both bounds at w, without a pass. */
  private void check(Problem problem, double beta, double[] w, Incumbent best) {
    double[] gradient = product(w);
    double quadratic = Blas.dot(w, gradient);
    double linear = Blas.dot(w, moments);
    double loss = 0.5 * (labelSquare - 2 * linear + quadratic);
    best.primal(w, loss + problem.penalty(w, beta));
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] -= moments[i];
    }
    // r = F w - y: D(tau) = -tau r.y - tau^2 r.r/2, all over W.
    double residualLabel = linear - labelSquare;
    double residualSquare = 2 * loss;
    double penalty = GroupNorms.linearSquare(gradient, problem.groupLength()) / problem.ridge();
    double largest = GroupNorms.max(gradient, problem.groupLength());
    double most = largest > 0 ? beta / largest : Double.POSITIVE_INFINITY;
    double curvature = residualSquare + penalty;
    double tau = curvature > 0 ? Math.min(most, Math.max(0, -residualLabel / curvature)) : 0;
    best.dual(DualPoint.ofWeights(w.clone()), -tau * residualLabel - 0.5 * tau * tau * curvature);
  }

  private static double balanced(double sigma, double[] w, double[] z, int length) {
    double dual = 0;
    double primal = 0;
    for (int i = length; i < z.length; i++) {
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
