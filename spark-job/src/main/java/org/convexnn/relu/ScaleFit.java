package org.convexnn.relu;

import java.util.Arrays;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.Cholesky;
import org.convexnn.network.ReluNetwork;

/**
 * The network with its neurons scaled by one s &gt;= 0 and its linear terms replaced, so that the
 * objective is least: a convex program in few unknowns,
 *
 * <pre>min_{s, L}  (1/W) sum_r w_r l(b0 + s g_r + z~_r L) + beta s penalty + (ridge/2) ||L||^2</pre>
 *
 * by Newton's method with halved steps, one pass each. At its optimum the dual point l'(f) has prices
 * that are beta on average over the neurons, and linear terms that are stationary: a sharper dual
 * bound than that of a network which was stopped early or trained on another objective.
 */
final class ScaleFit {

  private static final int MOST_PASSES = 40;
  private static final int MOST_UNKNOWNS = 500;
  private static final double ACCURACY = 1e-13;

  private final ReluProblem problem;
  private final ReluNetwork network;
  private final double beta;
  private final double penalty;
  private final boolean biasesAlone;
  private final int unknowns;

  /** A point with its value, gradient and Hessian. */
  private record Point(double[] at, double value, double[] gradient, double[] hessian) {}

  private ScaleFit(ReluProblem problem, ReluNetwork network, double beta) {
    this.problem = problem;
    this.network = network;
    this.beta = beta;
    this.penalty = network.penalty();
    int all = 1 + problem.width() * problem.outputs();
    // In other coordinates than the rows', or with many unknowns, the skip stays as it is.
    this.biasesAlone = !problem.terms().skip() || !problem.plainRows() || all > MOST_UNKNOWNS;
    this.unknowns = biasesAlone ? 1 + problem.outputs() : all;
  }

  /** The refitted network. */
  static ReluNetwork of(ReluProblem problem, ReluNetwork network, double beta) {
    return new ScaleFit(problem, network, beta).solve();
  }

  private ReluNetwork solve() {
    double[] linear = network.linear();
    double[] start = new double[unknowns];
    start[0] = 1;
    System.arraycopy(linear, linear.length - unknowns + 1, start, 1, unknowns - 1);
    Point point = evaluate(start);
    double length = 1;
    double[] step = step(point);
    double decrement = -Blas.dot(step, point.gradient);
    for (int pass = 1; pass < MOST_PASSES && decrement > ACCURACY * Math.abs(point.value); pass++) {
      double[] trial = point.at.clone();
      Blas.axpy(length, step, trial);
      trial[0] = Math.max(0, trial[0]);
      Point next = evaluate(trial);
      if (next.value < point.value) {
        point = next;
        length = 1;
        step = step(point);
        decrement = -Blas.dot(step, point.gradient);
      } else {
        length /= 2;
      }
      if (length < 1e-6) {
        break;
      }
    }
    return networkAt(point.at);
  }

  /** The Newton step in the unknowns that are free. */
  private double[] step(Point point) {
    double[] hessian = point.hessian.clone();
    double[] step = new double[unknowns];
    int c = problem.outputs();
    for (int i = 0; i < unknowns; i++) {
      boolean bias = i >= unknowns - c;
      boolean free =
          i == 0
              ? penalty > 0 && (point.at[0] > 0 || point.gradient[0] < 0)
              : bias ? problem.terms().intercept() : problem.terms().skip();
      if (free) {
        step[i] = -point.gradient[i];
      } else {
        for (int j = 0; j < unknowns; j++) {
          hessian[i * unknowns + j] = 0;
          hessian[j * unknowns + i] = 0;
        }
        hessian[i * unknowns + i] = 1;
        point.gradient[i] = 0;
      }
    }
    // A scale whose curvature is rounding would be an endless step.
    hessian[0] = hessian[0] * (1 + 1e-9) + 1e-12;
    try {
      new Cholesky(unknowns, hessian).solve(step, 1);
    } catch (ArithmeticException singular) {
      // Columns of very different units: any point gives a valid bound, this one is as good.
      Arrays.fill(step, 0);
    }
    return step;
  }

  private Point evaluate(double[] at) {
    double[][] sums =
        problem.scaled("scale of the network", networkAt(withScale(at, 1)), at[0], biasesAlone);
    double[] gradient = sums[1];
    double[] hessian = sums[2];
    gradient[0] += beta * penalty;
    for (int i = 1; i < unknowns; i++) {
      gradient[i] += problem.ridge() * at[i];
      hessian[i * unknowns + i] += problem.ridge();
    }
    double[] linear = networkAt(at).linear();
    double value =
        sums[0][0] + beta * at[0] * penalty + 0.5 * problem.ridge() * Blas.dot(linear, linear);
    return new Point(at, value, gradient, hessian);
  }

  private static double[] withScale(double[] at, double scale) {
    double[] other = at.clone();
    other[0] = scale;
    return other;
  }

  private ReluNetwork networkAt(double[] at) {
    double[] linear = network.linear();
    System.arraycopy(at, 1, linear, linear.length - unknowns + 1, unknowns - 1);
    double[] output = Arrays.stream(network.w2()).map(a -> at[0] * a).toArray();
    return ReluNetwork.stacked(network.hidden(), output, linear, network.outputs());
  }
}
