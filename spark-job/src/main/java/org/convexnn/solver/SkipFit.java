package org.convexnn.solver;

import org.convexnn.block.GramJob;
import org.convexnn.block.Precision;
import org.convexnn.linalg.Blas;

/**
 * The fit of the linear skip and intercept alone, with their ridge: L-BFGS on a quadratic model
 * from the second moments, in float64. With these weights the dual norms of all groups give
 * betaMax, and at beta >= betaMax they are the model.
 */
final class SkipFit {

  private static final int MOST_ITERATIONS = 100;
  private static final double DECREMENT = 1e-12;

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
    Problem.Evaluation at = evaluate(linear, w);
    double[] gradient = withRidge(linear, at, w);
    double value = at.loss() + linear.penalty(w, 0);
    double[] gram =
        linear.gram(
            "second moments",
            GramJob.Penalty.ONE,
            GramJob.Sketch.ALL,
            GatedRows.NO_STATE,
            Precision.FLOAT64);
    int outputs = linear.setting().outputs();
    int width = linear.setting().width();
    double curvature = linear.setting().loss().curvature();
    for (int i = 0; i < gram.length; i++) {
      gram[i] *= curvature;
    }
    Metric metric = new Metric(width, outputs, width, gram, linear.ridge());
    SecantPairs pairs = new SecantPairs(MOST_ITERATIONS);
    for (int k = 0; k < MOST_ITERATIONS; k++) {
      double[] step = pairs.solve(gradient, metric::solve);
      double decrement = Blas.dot(gradient, step);
      if (!(decrement > DECREMENT * scale)) {
        break;
      }
      double length = 1;
      double[] next = new double[w.length];
      Problem.Evaluation there = at;
      double nextValue = Double.POSITIVE_INFINITY;
      for (int attempt = 0; attempt < 30; attempt++) {
        for (int i = 0; i < w.length; i++) {
          next[i] = w[i] - length * step[i];
        }
        there = evaluate(linear, next);
        nextValue = there.loss() + linear.penalty(next, 0);
        if (nextValue <= value - 1e-4 * length * decrement + 1e-15 * scale) {
          break;
        }
        length *= 0.5;
      }
      if (!(nextValue <= value)) {
        break;
      }
      double[] nextGradient = withRidge(linear, there, next);
      double[] move = new double[w.length];
      double[] change = new double[w.length];
      for (int i = 0; i < w.length; i++) {
        move[i] = next[i] - w[i];
        change[i] = nextGradient[i] - gradient[i];
      }
      pairs.learn(move, change);
      w = next;
      at = there;
      value = nextValue;
      gradient = nextGradient;
    }
    return w;
  }

  private static Problem.Evaluation evaluate(Problem linear, double[] w) {
    return linear.evaluate("linear fit", w, true, Precision.FLOAT64);
  }

  private static double[] withRidge(Problem linear, Problem.Evaluation at, double[] w) {
    double[] g = at.gradient().clone();
    Blas.axpy(linear.ridge(), w, g);
    return g;
  }
}
