package org.convexnn.solver;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.convexnn.linalg.Blas;

/**
 * The inverse of L-BFGS (Nocedal and Wright, algorithm 7.4): recent pairs of a step and the change
 * of the gradient along it, around an initial inverse given as a function.
 */
public final class SecantPairs {

  private final int memory;
  private final List<double[]> steps = new ArrayList<>();
  private final List<double[]> changes = new ArrayList<>();

  /** Keeps at most this many pairs. */
  public SecantPairs(int memory) {
    this.memory = memory;
  }

  /** Learns a pair, unless its curvature is lost in rounding. */
  public void learn(double[] step, double[] change) {
    double product = Blas.dot(step, change);
    double norms = Math.sqrt(Blas.dot(step, step) * Blas.dot(change, change));
    if (product > 1e-12 * norms) {
      steps.add(step);
      changes.add(change);
      if (steps.size() > memory) {
        steps.remove(0);
        changes.remove(0);
      }
    }
  }

  /** Forgets all pairs. */
  public void clear() {
    steps.clear();
    changes.clear();
  }

  /** {@code H^-1 g}. */
  public double[] solve(double[] g, UnaryOperator<double[]> initial) {
    double[] q = g.clone();
    double[] alpha = new double[steps.size()];
    for (int k = steps.size() - 1; k >= 0; k--) {
      alpha[k] = Blas.dot(steps.get(k), q) / Blas.dot(steps.get(k), changes.get(k));
      Blas.axpy(-alpha[k], changes.get(k), q);
    }
    double[] d = initial.apply(q);
    for (int k = 0; k < alpha.length; k++) {
      double b = Blas.dot(changes.get(k), d) / Blas.dot(steps.get(k), changes.get(k));
      Blas.axpy(alpha[k] - b, steps.get(k), d);
    }
    return d;
  }
}
