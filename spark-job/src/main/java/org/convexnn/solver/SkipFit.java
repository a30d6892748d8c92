package org.convexnn.solver;

import org.convexnn.block.Precision;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.Cholesky;

/**
 * The fit of the linear skip and intercept alone, with their ridge, in float64: Newton's method,
 * its step corrected by secant pairs (nothing for one output, where the curvature is exact). With
 * these weights the dual norms of all groups give betaMax, and at beta >= betaMax they are the
 * model.
 */
final class SkipFit {

  private static final int MOST_ITERATIONS = 100;
  private static final double DECREMENT = 1e-12;
  private static final int CURVED_STEPS = 4;

  private SkipFit() {}

  /**
   * Solves for block 0 on a problem without groups.
   *
   * @param start weights of block 0 to start from
   * @param scale the loss of the constant model, in whose units progress is judged
   * @return block 0
   */
  static double[] solve(Problem linear, double[] start, double scale) {
    double[] w = start.clone();
    int outputs = linear.setting().outputs();
    Problem.Curved curved = linear.curved("linear fit", w);
    Cholesky hessian = hessian(linear, curved);
    Problem.Evaluation at = curved.at();
    double[] gradient = withRidge(linear, at, w);
    double value = at.loss() + linear.penalty(w, 0);
    // With a fresh Hessian at every step old pairs know less than it does.
    SecantPairs pairs = new SecantPairs(outputs == 1 ? 0 : MOST_ITERATIONS);
    for (int k = 0; k < MOST_ITERATIONS; k++) {
      Cholesky model = hessian;
      double[] step = pairs.solve(gradient, g -> newton(model, g, outputs));
      double decrement = Blas.dot(gradient, step);
      if (!(decrement > DECREMENT * scale)) {
        break;
      }
      boolean curvedNext = outputs == 1 || (k + 1) % CURVED_STEPS == 0;
      double length = 1;
      double[] next = new double[w.length];
      double nextValue = Double.POSITIVE_INFINITY;
      for (int attempt = 0; attempt < 30; attempt++) {
        for (int i = 0; i < w.length; i++) {
          next[i] = w[i] - length * step[i];
        }
        if (curvedNext) {
          curved = linear.curved("linear fit", next);
          at = curved.at();
        } else {
          at = linear.evaluate("linear fit", next, true, Precision.FLOAT64);
        }
        nextValue = at.loss() + linear.penalty(next, 0);
        if (nextValue <= value - 1e-4 * length * decrement + 1e-15 * scale) {
          break;
        }
        length *= 0.5;
      }
      if (!(nextValue <= value)) {
        break;
      }
      if (curvedNext) {
        hessian = hessian(linear, curved);
      }
      double[] nextGradient = withRidge(linear, at, next);
      double[] move = new double[w.length];
      double[] change = new double[w.length];
      for (int i = 0; i < w.length; i++) {
        move[i] = next[i] - w[i];
        change[i] = nextGradient[i] - gradient[i];
      }
      pairs.learn(move, change);
      w = next;
      value = nextValue;
      gradient = nextGradient;
    }
    return w;
  }

  /** {@code F' diag(w h) F / W + ridge I}, the same for every output. */
  private static Cholesky hessian(Problem linear, Problem.Curved curved) {
    int width = linear.setting().width();
    double[] h = curved.gram();
    for (int i = 0; i < width; i++) {
      h[i * width + i] += linear.ridge();
    }
    return new Cholesky(width, h);
  }

  private static double[] newton(Cholesky hessian, double[] gradient, int outputs) {
    int width = hessian.size();
    double[] columns = new double[gradient.length];
    for (int i = 0; i < columns.length; i++) {
      columns[i % width * outputs + i / width] = gradient[i];
    }
    hessian.solve(columns, outputs);
    double[] step = new double[columns.length];
    for (int i = 0; i < step.length; i++) {
      step[i] = columns[i % width * outputs + i / width];
    }
    return step;
  }

  private static double[] withRidge(Problem linear, Problem.Evaluation at, double[] w) {
    double[] g = at.gradient().clone();
    Blas.axpy(linear.ridge(), w, g);
    return g;
  }
}
