package org.convexnn.solver.method;

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
  private final List<Pair> pairs = new ArrayList<>();

  private record Pair(double[] step, double[] change, double product) {}

  /** Keeps at most this many pairs. */
  public SecantPairs(int memory) {
    this.memory = memory;
  }

  /** Learns a pair, unless its curvature is lost in rounding. */
  public void learn(double[] step, double[] change) {
    double product = Blas.dot(step, change);
    double norms = Math.sqrt(Blas.dot(step, step) * Blas.dot(change, change));
    if (product > 1e-12 * norms) {
      pairs.add(new Pair(step, change, product));
      if (pairs.size() > memory) {
        pairs.remove(0);
      }
    }
  }

  /** The steps, the oldest first. */
  public List<double[]> steps() {
    return pairs.stream().map(Pair::step).toList();
  }

  /** The changes of the gradient along them. */
  public List<double[]> changes() {
    return pairs.stream().map(Pair::change).toList();
  }

  /** Learns pairs anew, the oldest first. */
  public void learn(List<double[]> steps, List<double[]> changes) {
    for (int k = 0; k < steps.size(); k++) {
      learn(steps.get(k), changes.get(k));
    }
  }

  /** Forgets all pairs. */
  public void clear() {
    pairs.clear();
  }

  /** {@code H^-1 g}. */
  public double[] solve(double[] g, UnaryOperator<double[]> initial) {
    double[] q = g.clone();
    double[] alpha = new double[pairs.size()];
    for (int k = alpha.length - 1; k >= 0; k--) {
      Pair pair = pairs.get(k);
      alpha[k] = Blas.dot(pair.step, q) / pair.product;
      Blas.axpy(-alpha[k], pair.change, q);
    }
    double[] d = initial.apply(q);
    for (int k = 0; k < alpha.length; k++) {
      Pair pair = pairs.get(k);
      Blas.axpy(alpha[k] - Blas.dot(pair.change, d) / pair.product, pair.step, d);
    }
    return d;
  }
}
