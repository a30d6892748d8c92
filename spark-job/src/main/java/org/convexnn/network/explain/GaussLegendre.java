package org.convexnn.network.explain;

/**
 * The quadrature of n points that is exact for polynomials of degree 2 n - 1 on [0, 1]: the roots of the
 * Legendre polynomial, by Newton's method from their asymptotic places (Abramowitz and Stegun, 25.4.29,
 * 22.16.6).
 *
 * @param points in (0, 1)
 * @param weights of the points, 1 in all
 */
record GaussLegendre(double[] points, double[] weights) {

  private static final int STEPS = 100;

  static GaussLegendre of(int n) {
    double[] points = new double[n];
    double[] weights = new double[n];
    for (int i = 0; i < n; i++) {
      double x = Math.cos(Math.PI * (i + 0.75) / (n + 0.5));
      double slope = 1;
      double step = 1;
      for (int k = 0; k < STEPS && Math.abs(step) > Math.ulp(1.0); k++) {
        double before = 1;
        double value = x;
        for (int m = 2; m <= n; m++) {
          double next = ((2 * m - 1) * x * value - (m - 1) * before) / m;
          before = value;
          value = next;
        }
        slope = n * (before - x * value) / (1 - x * x);
        step = value / slope;
        x -= step;
      }
      points[i] = (1 - x) / 2;
      weights[i] = 1 / ((1 - x * x) * slope * slope);
    }
    return new GaussLegendre(points, weights);
  }
}
