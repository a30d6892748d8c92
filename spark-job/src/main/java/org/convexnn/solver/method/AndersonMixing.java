package org.convexnn.solver.method;

import java.util.ArrayList;
import java.util.List;
import org.convexnn.linalg.Blas;

/**
 * Anderson's acceleration of a fixed-point iteration {@code u <- u + r(u)} (Anderson, Journal of the
 * ACM 1965; Walker and Ni, SIAM Journal on Numerical Analysis 2011, the form with differences): with
 * dU and dR the last few differences of u and of r as columns,
 *
 * <pre>step = r - (dU + dR) gamma,   gamma = argmin || r - dR gamma ||_H</pre>
 *
 * H a diagonal metric. For a linear iteration it is as good as GMRES on it.
 */
final class AndersonMixing {

  /** A difference of r that adds less than this share of its length to the others is left out. */
  private static final double INDEPENDENT = 1e-6;

  private final int depth;

  /** Alternately u and r, the oldest first. */
  private final List<double[]> history = new ArrayList<>();

  /**
   * Without a history.
   *
   * @param depth the differences that count, at least 1
   */
  AndersonMixing(int depth) {
    this.depth = depth;
  }

  /** The points and residuals seen, for {@link #remember}. */
  List<double[]> history() {
    return history;
  }

  /** Takes over a history. */
  void remember(List<double[]> other) {
    history.clear();
    history.addAll(other);
  }

  /** Begins anew. */
  void forget() {
    history.clear();
  }

  /** Whether a step would be another than r. */
  boolean mixes() {
    return history.size() > 2;
  }

  /**
   * The step from u.
   *
   * @param u the point; kept
   * @param r the iteration's own step from there; kept
   * @param metric H's diagonal, not negative
   */
  double[] step(double[] u, double[] r, double[] metric) {
    history.add(u.clone());
    history.add(r);
    if (history.size() > 2 * (depth + 1)) {
      history.subList(0, 2).clear();
    }
    double[] residual = r.clone();
    double[] step = r.clone();
    List<double[]> directions = new ArrayList<>();
    List<double[]> moves = new ArrayList<>();
    for (int k = history.size() - 2; k >= 2; k -= 2) {
      double[] direction = difference(history.get(k + 1), history.get(k - 1));
      double[] move = difference(history.get(k), history.get(k - 2));
      double length = product(direction, direction, metric);
      for (int j = 0; j < directions.size(); j++) {
        double share = product(directions.get(j), direction, metric);
        Blas.axpy(-share, directions.get(j), direction);
        Blas.axpy(-share, moves.get(j), move);
      }
      double left = product(direction, direction, metric);
      if (!(left > INDEPENDENT * INDEPENDENT * length)) {
        continue;
      }
      scale(1 / Math.sqrt(left), direction);
      scale(1 / Math.sqrt(left), move);
      double share = product(direction, residual, metric);
      Blas.axpy(-share, direction, residual);
      Blas.axpy(-share, direction, step);
      Blas.axpy(-share, move, step);
      directions.add(direction);
      moves.add(move);
    }
    return step;
  }

  private static double[] difference(double[] a, double[] b) {
    double[] d = a.clone();
    Blas.axpy(-1, b, d);
    return d;
  }

  private static double product(double[] a, double[] b, double[] metric) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += metric[i] * a[i] * b[i];
    }
    return sum;
  }

  private static void scale(double factor, double[] a) {
    for (int i = 0; i < a.length; i++) {
      a[i] *= factor;
    }
  }
}
