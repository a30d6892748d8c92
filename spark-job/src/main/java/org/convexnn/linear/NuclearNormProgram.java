package org.convexnn.linear;

import org.convexnn.linalg.Blas;

/**
 * The convex program {@code min_w f(w) + beta sum_k ||W_k||_*} by accelerated proximal gradient with
 * restarts (Beck and Teboulle 2009; O'Donoghue and Candes 2015) on the driver. Where the curvature of
 * f is the same in all directions the first step is the closed form, the thresholded singular values
 * of {@code -grad f(0) / curvature}.
 *
 * <p>Certificate: {@code lambda = -grad L} scaled until {@code max_k ||(A' lambda)_k||_2 <= beta} is
 * a dual point (docs/theory/relatives.md#nuclear-norm).
 *
 * @param loss f
 * @param norm of the blocks of w
 * @param beta positive
 */
public record NuclearNormProgram(SmoothLoss loss, NuclearNorm norm, double beta) {

  /** Checks beta and the shapes. */
  public NuclearNormProgram {
    if (!(beta > 0) || !Double.isFinite(beta)) {
      throw new IllegalArgumentException("beta is " + beta + "; it must be a positive number");
    }
    if (loss.length() % (norm.rows() * norm.columns()) != 0) {
      throw new IllegalArgumentException(
          loss.length()
              + " weights are no stack of blocks of "
              + norm.rows()
              + " x "
              + norm.columns());
    }
  }

  /**
   * Where a solve ended.
   *
   * @param weights the best weights found
   * @param objective f and penalty there
   * @param dualBound no weights have an objective below
   * @param iterations proximal steps taken
   */
  public record Solution(double[] weights, double objective, double dualBound, int iterations) {

    /** (objective - dualBound) / objective. */
    public double relativeGap() {
      return objective > dualBound ? (objective - dualBound) / objective : 0;
    }
  }

  /** The smallest beta at which all weights are zero. */
  public static double betaMax(SmoothLoss loss, NuclearNorm norm) {
    return norm.dual(loss.at(new double[loss.length()]).gradient());
  }

  /**
   * Solves.
   *
   * @param tol relative gap to stop at
   * @param maxIter most steps; the solution then says which gap was reached
   */
  public Solution solve(double tol, int maxIter) {
    double step = 1 / Math.max(loss.curvature(), Double.MIN_NORMAL);
    double[] w = new double[loss.length()];
    double[] ahead = w;
    Solution best = evaluate(w, Double.NEGATIVE_INFINITY, 0);
    double momentum = 1;
    for (int k = 1; k <= maxIter && best.relativeGap() > tol; k++) {
      double[] v = ahead.clone();
      Blas.axpy(-step, loss.at(ahead).gradient(), v);
      double[] next = norm.prox(v, step * beta);
      double[] move = difference(next, w);
      // The step turned against the way travelled: the momentum leads astray.
      if (Blas.dot(difference(ahead, next), move) > 0) {
        momentum = 1;
      }
      double grown = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
      ahead = next.clone();
      Blas.axpy((momentum - 1) / grown, move, ahead);
      momentum = grown;
      w = next;
      Solution here = evaluate(w, best.dualBound, k);
      best =
          here.objective < best.objective
              ? here
              : new Solution(best.weights, best.objective, here.dualBound, k);
    }
    return best;
  }

  /** The objective of w and the better of its bound and one that is known. */
  private Solution evaluate(double[] w, double known, int iterations) {
    SmoothLoss.Point point = loss.at(w);
    double largest = norm.dual(point.gradient());
    double bound = point.dualBound(largest > 0 ? beta / largest : Double.POSITIVE_INFINITY);
    return new Solution(w, point.value() + beta * norm.sum(w), Math.max(known, bound), iterations);
  }

  private static double[] difference(double[] a, double[] b) {
    double[] difference = a.clone();
    Blas.axpy(-1, b, difference);
    return difference;
  }
}
