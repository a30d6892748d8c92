package org.convexnn.solver.method;

import java.util.Arrays;
import org.convexnn.block.Precision;
import org.convexnn.block.pass.gated.GradientPass;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.Cholesky;
import org.convexnn.solver.program.Problem;

/**
 * The fit of the linear skip and intercept alone, with their ridge, in float64. With these weights
 * the dual norms of all groups give betaMax, and at beta >= betaMax they are the model.
 *
 * <p>Far from the solution a quasi-Newton method with the curvature of each output, which does not
 * overshoot; close to it Newton's method, its Hessian estimated from some rows; secant pairs correct
 * both.
 */
public final class LinearFit {

  private static final int MOST_ITERATIONS = 100;
  private static final double LEAST_DECREMENT = 1e-14;
  // Of tol squared: leaves betaMax with an error of about tol / 1000.
  private static final double DECREMENT = 1e-6;
  private static final double CLOSE = 3e-2;
  private static final double VERY_CLOSE = 1e-4;
  private static final int ROWS_PER_COLUMN = 60;
  // Multiplications that take about as long as starting a job.
  private static final double CHEAP_PRODUCTS = 3e8;
  // Beyond, a Hessian of all outputs costs more than the passes it saves.
  private static final int MOST_COLUMNS = 1500;
  // Beyond, even one matrix for each output does: one serves all of them, from fewer rows, for
  // good.
  private static final int MOST_WIDTH = 300;
  private static final int FEWER_ROWS_PER_COLUMN = 10;
  // Beyond, not even that: the loss's curvature alone, as columns have variance one.
  private static final int MOST_WIDTH_OF_A_MATRIX = 2000;

  private final Problem linear;
  private final double scale;
  private final double enough;
  private final int width;
  private final int outputs;
  private final boolean wide;
  private final boolean newtonFits;

  private LinearFit(Problem linear, double scale, double tol) {
    this.linear = linear;
    this.scale = scale;
    this.enough = Math.max(LEAST_DECREMENT, DECREMENT * tol * tol) * scale;
    this.width = linear.setting().width();
    this.outputs = linear.setting().outputs();
    this.wide = width > MOST_WIDTH;
    this.newtonFits = !wide && outputs * width <= MOST_COLUMNS;
  }

  /**
   * Solves for block 0 on a problem without groups.
   *
   * @param start weights of block 0 to start from
   * @param scale the loss of the constant model, in whose units progress is judged
   * @param tol the relative gap that fits with gates have to reach
   * @return block 0
   */
  public static double[] solve(Problem linear, double[] start, double scale, double tol) {
    return new LinearFit(linear, scale, tol).solve(start);
  }

  private double[] solve(double[] start) {
    double[] w = start.clone();
    boolean newton = false;
    Problem.Curved curved = curved(w, false);
    Curvature curvature = new Curvature(curved, false);
    double[] gradient = withRidge(curved.at(), w);
    double value = curved.at().loss() + linear.penalty(w, 0);
    SecantPairs pairs = new SecantPairs(MOST_ITERATIONS);
    for (int k = 0; k < MOST_ITERATIONS; k++) {
      double[] step = pairs.solve(gradient, curvature::solve);
      double decrement = Blas.dot(gradient, step);
      if (!(decrement > enough)) {
        break;
      }
      newton = newtonFits && (newton || decrement < CLOSE * scale);
      // Very close to the solution the last curvature is as good as a new one.
      boolean curve = !wide && (decrement > VERY_CLOSE * scale || newton && !curvature.whole);
      double length = 1;
      double[] next = new double[w.length];
      Problem.Evaluation there = curved.at();
      double nextValue = Double.POSITIVE_INFINITY;
      for (int attempt = 0; attempt < 30; attempt++) {
        for (int i = 0; i < w.length; i++) {
          next[i] = w[i] - length * step[i];
        }
        if (curve) {
          curved = curved(next, newton);
          there = curved.at();
        } else {
          there = linear.evaluate("linear fit", next, true, Precision.FLOAT64);
        }
        nextValue = there.loss() + linear.penalty(next, 0);
        if (nextValue <= value - 1e-4 * length * decrement + 1e-15 * scale) {
          break;
        }
        length *= 0.5;
      }
      if (!(nextValue <= value)) {
        break;
      }
      double[] nextGradient = withRidge(there, next);
      if (curve) {
        curvature = new Curvature(curved, newton);
        pairs.clear();
      } else {
        double[] move = next.clone();
        Blas.axpy(-1, w, move);
        double[] change = nextGradient.clone();
        Blas.axpy(-1, gradient, change);
        pairs.learn(move, change);
      }
      w = next;
      value = nextValue;
      gradient = nextGradient;
    }
    return w;
  }

  private Problem.Curved curved(double[] w, boolean newton) {
    GradientPass.Order order = GradientPass.Order.CURVATURE;
    if (newton) {
      order = GradientPass.Order.HESSIAN;
    } else if (wide) {
      order =
          width > MOST_WIDTH_OF_A_MATRIX ? GradientPass.Order.GRADIENT : GradientPass.Order.SHARED;
    }
    return linear.curved("linear fit", w, order, Math.min(1, sampled(newton) / linear.rowCount()));
  }

  /** The rows that curvature is taken from: enough of them, and more where they cost no time. */
  private double sampled(boolean newton) {
    // A row of several classes counts for each of them: twice the rows do for all of their pairs.
    double columns = newton && outputs > 1 ? 2 * width : width;
    double enough = (wide ? FEWER_ROWS_PER_COLUMN : ROWS_PER_COLUMN) * columns;
    double blocks = newton ? outputs * (outputs + 1) / 2.0 : outputs;
    return Math.max(enough, CHEAP_PRODUCTS / (blocks * width * width));
  }

  private double[] withRidge(Problem.Evaluation at, double[] w) {
    double[] g = at.gradient().clone();
    Blas.axpy(linear.ridge(), w, g);
    return g;
  }

  /** The inverse of the estimated curvature and the ridge, of all outputs at once or one by one. */
  private final class Curvature {

    private final boolean whole;
    private final Cholesky[] factors;

    Curvature(Problem.Curved curved, boolean whole) {
      this.whole = whole;
      int blocks = curved.blocks().length;
      if (whole) {
        factors = new Cholesky[] {factor(assembled(curved.blocks()))};
      } else {
        factors = new Cholesky[blocks == 0 ? 0 : outputs];
        Arrays.setAll(factors, c -> c < blocks ? factor(curved.blocks()[c]) : factors[c - blocks]);
      }
    }

    /** The symcurvature matrix of the blocks (c, k), k >= c; those off the diagonal are negative. */
    private double[] assembled(double[][] blocks) {
      int size = outputs * width;
      double[] h = new double[size * size];
      int pair = 0;
      for (int c = 0; c < outputs; c++) {
        for (int k = c; k < outputs; k++) {
          double[] block = blocks[pair++];
          double sign = c == k ? 1 : -1;
          for (int i = 0; i < width; i++) {
            for (int j = 0; j < width; j++) {
              double entry = sign * block[i * width + j];
              h[(c * width + i) * size + k * width + j] = entry;
              h[(k * width + j) * size + c * width + i] = entry;
            }
          }
        }
      }
      return h;
    }

    private Cholesky factor(double[] h) {
      int size = whole ? outputs * width : width;
      for (int i = 0; i < size; i++) {
        h[i * size + i] += linear.ridge();
      }
      return new Cholesky(size, h);
    }

    double[] solve(double[] gradient) {
      double[] step = gradient.clone();
      if (factors.length == 0) {
        double curvature = linear.setting().loss().curvature() + linear.ridge();
        Arrays.setAll(step, i -> gradient[i] / curvature);
        return step;
      }
      int length = step.length / factors.length;
      for (int c = 0; c < factors.length; c++) {
        double[] x = Arrays.copyOfRange(step, c * length, (c + 1) * length);
        factors[c].solve(x, 1);
        System.arraycopy(x, 0, step, c * length, length);
      }
      return step;
    }
  }
}
