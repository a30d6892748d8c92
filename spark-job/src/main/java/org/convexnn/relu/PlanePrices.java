package org.convexnn.relu;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The exact maximum of {@code ||Lambda' (X u)_+||_2} over the unit circle, for rows of two coordinates
 * (of one with a second that is zero): as u turns, rows switch on and off at 2 n angles, and between
 * two of these the price is ||G u|| for one matrix G = Lambda' D X. Its maximum there is the leading right
 * singular vector of G where that lies on the arc, else an end of the arc: maxima often sit on ends
 * (docs/theory/certificates.md#all-patterns). O(n log n).
 *
 * @param points X, n x 2 row-major
 * @param dual Lambda, n x C row-major
 * @param outputs C
 */
record PlanePrices(double[] points, double[] dual, int outputs) {

  /**
   * A neuron's direction and its price.
   *
   * @param direction unit vector of two numbers
   * @param price at it
   */
  record Found(double[] direction, double price) {}

  /** The price along G u, C numbers. */
  private interface Price {

    double of(double[] gu);
  }

  /** The largest price over all directions. */
  Found largest() {
    return sweep(gu -> norm(gu));
  }

  /** Of one output: the largest {@code s lambda' (X u)_+}, zero or more, for s = 1 or -1. */
  Found largest(int sign) {
    if (outputs != 1) {
      throw new IllegalArgumentException("a sign with " + outputs + " outputs; it is for one");
    }
    return sweep(gu -> sign * gu[0]);
  }

  private static double norm(double[] x) {
    double sum = 0;
    for (double v : x) {
      sum += v * v;
    }
    return Math.sqrt(sum);
  }

  private Found sweep(Price price) {
    int n = dual.length / outputs;
    double[] angles = new double[2 * n];
    for (int r = 0; r < n; r++) {
      double angle = Math.atan2(points[2 * r + 1], points[2 * r]);
      // Row r is active from a quarter turn before its own angle to a quarter turn after it.
      angles[2 * r] = positive(angle - Math.PI / 2);
      angles[2 * r + 1] = positive(angle + Math.PI / 2);
    }
    int[] order =
        IntStream.range(0, 2 * n)
            .boxed()
            .sorted(Comparator.comparingDouble(e -> angles[e]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] g = new double[2 * outputs];
    for (int r = 0; r < n; r++) {
      if (angles[2 * r] > angles[2 * r + 1]) {
        add(r, 1, g);
      }
    }
    Found best = new Found(new double[] {1, 0}, 0);
    double from = 0;
    for (int e : order) {
      best = better(best, arc(g, from, angles[e], price));
      // Rows on the edge contribute nothing there: either side's G gives the same price.
      add(e / 2, e % 2 == 0 ? 1 : -1, g);
      from = angles[e];
    }
    return better(best, arc(g, from, 2 * Math.PI, price));
  }

  private static double positive(double angle) {
    double turned = angle < 0 ? angle + 2 * Math.PI : angle;
    return turned >= 2 * Math.PI ? turned - 2 * Math.PI : turned;
  }

  private void add(int row, int sign, double[] g) {
    for (int c = 0; c < outputs; c++) {
      g[2 * c] += sign * dual[row * outputs + c] * points[2 * row];
      g[2 * c + 1] += sign * dual[row * outputs + c] * points[2 * row + 1];
    }
  }

  private static Found better(Found a, Found b) {
    return b.price > a.price ? b : a;
  }

  /** The best direction of an arc: its ends and the leading singular vector, either sign. */
  private Found arc(double[] g, double from, double to, Price price) {
    Found best = better(at(g, from, price), at(g, to, price));
    double first = 0;
    double second = 0;
    double both = 0;
    for (int c = 0; c < outputs; c++) {
      first += g[2 * c] * g[2 * c];
      second += g[2 * c + 1] * g[2 * c + 1];
      both += g[2 * c] * g[2 * c + 1];
    }
    // The leading eigenvector of G' G.
    double angle = positive(0.5 * Math.atan2(2 * both, first - second));
    for (double turned : new double[] {angle, positive(angle + Math.PI)}) {
      if (from < turned && turned < to) {
        best = better(best, at(g, turned, price));
      }
    }
    return best;
  }

  private Found at(double[] g, double angle, Price price) {
    double[] u = {Math.cos(angle), Math.sin(angle)};
    double[] gu = new double[outputs];
    for (int c = 0; c < outputs; c++) {
      gu[c] = g[2 * c] * u[0] + g[2 * c + 1] * u[1];
    }
    return new Found(u, price.of(gu));
  }
}
