package org.convexnn.relu.cone;

import org.convexnn.linalg.Cholesky;

/**
 * The quadratic program {@code min_a a'Q a / 2 + c'a, a >= 0} of a few variables, by the active set
 * method of Lawson and Hanson.
 */
final class NonNegative {

  private static final double RIDGE = 1e-14;

  private NonNegative() {}

  /**
   * The minimiser.
   *
   * @param q k x k row-major, positive semidefinite
   */
  static double[] minimize(int k, double[] q, double[] c) {
    double[] a = new double[k];
    boolean[] free = new boolean[k];
    double scale = 0;
    for (int i = 0; i < k; i++) {
      scale = Math.max(scale, Math.abs(c[i]));
    }
    for (int round = 0; round < 10 * (k + 1); round++) {
      int enter = -1;
      double steepest = -1e-13 * scale;
      for (int i = 0; i < k; i++) {
        double slope = c[i];
        for (int j = 0; j < k; j++) {
          slope += q[i * k + j] * a[j];
        }
        if (!free[i] && slope < steepest) {
          steepest = slope;
          enter = i;
        }
      }
      if (enter < 0) {
        break;
      }
      free[enter] = true;
      settle(k, q, c, a, free);
    }
    return a;
  }

  /** Goes to the minimiser over the free variables, fixing those that would turn negative. */
  private static void settle(int k, double[] q, double[] c, double[] a, boolean[] free) {
    for (int round = 0; round <= k; round++) {
      double[] target = unconstrained(k, q, c, free);
      double step = 1;
      for (int i = 0; i < k; i++) {
        if (free[i] && target[i] <= 0) {
          step = Math.min(step, a[i] / (a[i] - target[i]));
        }
      }
      for (int i = 0; i < k; i++) {
        a[i] += free[i] ? step * (target[i] - a[i]) : 0;
        if (free[i] && step < 1 && a[i] <= 1e-15 * Math.abs(target[i]) || a[i] < 0) {
          a[i] = 0;
          free[i] = false;
        }
      }
      if (step == 1) {
        return;
      }
    }
  }

  private static double[] unconstrained(int k, double[] q, double[] c, boolean[] free) {
    int[] index = java.util.stream.IntStream.range(0, k).filter(i -> free[i]).toArray();
    int m = index.length;
    double[] sub = new double[m * m];
    double[] right = new double[m];
    for (int i = 0; i < m; i++) {
      right[i] = -c[index[i]];
      for (int j = 0; j < m; j++) {
        sub[i * m + j] = q[index[i] * k + index[j]];
      }
      sub[i * m + i] *= 1 + RIDGE;
    }
    new Cholesky(m, sub).solve(right, 1);
    double[] target = new double[k];
    for (int i = 0; i < m; i++) {
      target[index[i]] = right[i];
    }
    return target;
  }
}
