package org.convexnn.loss;

/** {@code l(y, f) = log(1 + e^f) - y f} with y 0 or 1, one output: the log-odds of class 1. */
public record LogisticLoss() implements Loss {

  private static final int MOST_STEPS = 100;
  private static final double MOST_EXPONENT = 700;

  @Override
  public int outputs() {
    return 1;
  }

  /** {@code 1 / (1 + e^-t)} without overflow. */
  public static double sigmoid(double t) {
    if (t >= 0) {
      return 1 / (1 + Math.exp(-t));
    }
    double e = Math.exp(t);
    return e / (1 + e);
  }

  @Override
  public double value(double y, double[] f, int at) {
    double t = y > 0.5 ? -f[at] : f[at];
    return Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));
  }

  @Override
  public void derivative(double y, double[] f, int at, double[] r, int rAt) {
    // Written so that a row on its right side keeps relative precision: 1 - sigmoid(t) would not.
    r[rAt] = y > 0.5 ? -sigmoid(-f[at]) : sigmoid(f[at]);
  }

  /**
   * Newton's method on the derivative, kept inside a bracket that is halved wherever Newton's step
   * leaves it or does not halve the last one; quadratic, 4 to 6 steps.
   */
  @Override
  public void prox(double y, double[] v, int at, double rho, double[] f, int fAt) {
    double sign = y > 0.5 ? 1 : -1;
    // With t = sign * f: minimise log(1 + e^-t) + rho/2 (t - c)^2. The root of
    // h(t) = -sigmoid(-t) + rho (t - c) lies in [c, c + 1/rho], and h increases.
    double c = sign * v[at];
    double low = c;
    double high = c + 1 / rho;
    double last = high - low;
    double t = c + sigmoid(-c) / (rho + 0.25);
    for (int k = 0; k < MOST_STEPS; k++) {
      double q = sigmoid(-t);
      double h = rho * (t - c) - q;
      if (h == 0) {
        break;
      }
      if (h > 0) {
        high = t;
      } else {
        low = t;
      }
      double step = h / (rho + q * (1 - q));
      double next = t - step;
      if (!(next >= low && next <= high) || Math.abs(2 * step) > last) {
        next = 0.5 * (low + high);
      }
      double change = Math.abs(next - t);
      t = next;
      last = change;
      if (change <= 1e-14 * (1 + Math.abs(t))) {
        break;
      }
    }
    f[fAt] = sign * t;
  }

  @Override
  public double conjugate(double y, double[] r, int at) {
    double p = y + r[at];
    if (p < 0 || p > 1) {
      // Rounding of a derivative may step over the edge by an ulp; further out is outside.
      if (p < -1e-12 || p > 1 + 1e-12) {
        return Double.POSITIVE_INFINITY;
      }
      return 0;
    }
    return entropyTerm(p) + entropyTerm(1 - p);
  }

  /** One logarithm for each scaling and one for r, instead of two for each scaling. */
  @Override
  public void addDualValues(
      double y,
      double[] r,
      int rAt,
      double[] b,
      Scalings scalings,
      double weight,
      double[] sums,
      int at) {
    double s = y > 0.5 ? -r[rAt] : r[rAt];
    if (!(s > 0 && s < 1)) {
      Loss.super.addDualValues(y, r, rAt, b, scalings, weight, sums, at);
      return;
    }
    // l*(tau r) = t log t + (1 - t) log(1 - t) with t = tau s.
    double log = Math.log(s);
    for (int g = 0; g < scalings.size(); g++) {
      double tau = scalings.taus()[g];
      double t = tau * s;
      double conjugate = t * (log + scalings.logs()[g]) + (1 - t) * Math.log(1 - t);
      sums[at + g] += weight * (tau * r[rAt] * b[0] - conjugate);
    }
  }

  @Override
  public void moveDual(double y, double[] r, double[] change, int at) {
    double least = y > 0.5 ? -1 : 0;
    r[at] = Math.min(Math.max(r[at] + change[at], least), least + 1);
  }

  private static double entropyTerm(double p) {
    return p > 0 ? p * Math.log(p) : 0;
  }

  @Override
  public double curvature() {
    return 0.25;
  }

  @Override
  public double rowCurvature(double y, double[] f, int at, double[] r, int rAt) {
    return Math.min(0.25, Math.abs(r[rAt]));
  }

  @Override
  public double hessian(double y, double[] f, int at, double[] r, int rAt, int c, int k) {
    double p = Math.abs(r[rAt]);
    return p * (1 - p);
  }

  @Override
  public double splitCurvature(double y, double[] f, int at, double[] r, int rAt, int c) {
    return hessian(y, f, at, r, rAt, c, c);
  }

  /** Equal steps multiply e^-t by equal factors: two exponentials serve all of them. */
  @Override
  public void addSlopes(
      double y, double[] f, double[] g, int at, double step, double weight, double[] sums) {
    double sign = y > 0.5 ? 1 : -1;
    double t = sign * f[at];
    double change = sign * g[at];
    double reach = Math.abs(t) + Math.abs(change) * step * sums.length;
    if (!(reach < MOST_EXPONENT)) {
      Loss.super.addSlopes(y, f, g, at, step, weight, sums);
      return;
    }
    double e = Math.exp(t);
    double factor = Math.exp(step * change);
    double scaled = -weight * change;
    for (int s = 0; s < sums.length; s++) {
      e *= factor;
      sums[s] += scaled / (1 + e);
    }
  }
}
