package org.convexnn.loss;

/**
 * Half the unit deviance of Tweedie's family of variance {@code mu^p}, p in [1, 2], with f = log mu (B.
 * Jorgensen, "The Theory of Dispersion Models", 1997):
 *
 * <pre>l(y, f) = e^((2-p) f) / (2 - p) + y e^(-(p-1) f) / (p - 1) - y^(2-p) / ((2 - p) (p - 1)),
 * l'(y, f) = A - B,   A = e^((2-p) f),   B = y e^(-(p-1) f),   l'' = (2 - p) A + (p - 1) B</pre>
 *
 * Its limits are Poisson's, {@code e^f - y f - y + y log y} at p = 1, and the gamma distribution's,
 * {@code y e^-f + f - 1 - log y} at p = 2. Labels are not negative, and positive where p = 2. It is zero
 * at mu = y. Where l'' has no bound the loss goes on along its tangent beyond {@code |f| = }{@value
 * #MOST_OUTPUT}, so that no sum of it overflows, in single precision either.
 *
 * <p>Rows that share a step s go by Newton's method with {@code (A + B) / 2} to {@code s = 2 (Q - 1) / (Q +
 * 1), Q = sum B / sum A}: never beyond the best one, log Q where p = 1 or 2. That is {@link #rowCurvature}.
 *
 * @param power p
 */
public record TweedieLoss(double power) implements Loss {

  /** Outputs beyond it are of no mean that anybody meets: labels are in units of their mean. */
  static final double MOST_OUTPUT = 80;

  private static final int MOST_STEPS = 200;

  /** Checks p. */
  public TweedieLoss {
    if (!(power >= 1 && power <= 2)) {
      throw new IllegalArgumentException("the power is " + power + "; it must be in [1, 2]");
    }
  }

  @Override
  public int outputs() {
    return 1;
  }

  @Override
  public boolean logLink() {
    return true;
  }

  @Override
  public double value(double y, double[] f, int at) {
    double g = kept(y, f[at]);
    double beyond = g == f[at] ? 0 : (a(g) - b(y, g)) * (f[at] - g);
    if (y == 0) {
      return a(g) / (2 - power) + beyond;
    }
    // Both terms at mu = y are 0: nothing cancels near it.
    double x = g - Math.log(y);
    double size = power == 2 ? 1 : Math.pow(y, 2 - power);
    return Math.max(0, size * (grown(2 - power, x) + grown(power - 1, -x))) + beyond;
  }

  /** {@code (e^(s x) - 1) / s}, x where s is 0. */
  private static double grown(double s, double x) {
    return s == 0 ? x : Math.expm1(s * x) / s;
  }

  private double a(double f) {
    return power == 2 ? 1 : Math.exp((2 - power) * f);
  }

  private double b(double y, double f) {
    return power == 1 || y == 0 ? y : y * Math.exp((1 - power) * f);
  }

  /** f, or the nearest output at which the loss is not continued. */
  private double kept(double y, double f) {
    double most = power < 2 ? MOST_OUTPUT : Double.POSITIVE_INFINITY;
    double least = power > 1 && y > 0 ? -MOST_OUTPUT : Double.NEGATIVE_INFINITY;
    return Math.max(least, Math.min(most, f));
  }

  /** The largest derivative. */
  private double most() {
    return power < 2 ? a(MOST_OUTPUT) : 1;
  }

  /** The least derivative of a label. */
  private double least(double y) {
    return power == 1 || y == 0 ? -y : a(-MOST_OUTPUT) - b(y, -MOST_OUTPUT);
  }

  @Override
  public void derivative(double y, double[] f, int at, double[] r, int rAt) {
    double g = kept(y, f[at]);
    r[rAt] = a(g) - b(y, g);
  }

  @Override
  public void prox(double y, double[] v, int at, double rho, double[] f, int fAt) {
    // The root of l'(f) + rho (f - v) is v or lies between v and where l' is least, or one step
    // from v.
    double best = y > 0 ? Math.log(y) : Double.NEGATIVE_INFINITY;
    double[] r = new double[1];
    derivative(y, v, at, r, 0);
    double step = v[at] - r[0] / rho;
    double other = r[0] == 0 ? v[at] : r[0] > 0 ? Math.max(best, step) : Math.min(best, step);
    f[fAt] = root(y, rho, v[at], 0, Math.min(v[at], other), Math.max(v[at], other));
  }

  /**
   * The root of {@code l'(y, f) + rho (f - v) = r} in a bracket: Newton's method, halving the bracket where
   * it leaves it or does not halve its last step.
   */
  private double root(double y, double rho, double v, double r, double low, double high) {
    double f = 0.5 * (low + high);
    double last = high - low;
    for (int k = 0; k < MOST_STEPS && low < high; k++) {
      double g = kept(y, f);
      double a = a(g);
      double b = b(y, g);
      double excess = a - b - r + rho * (f - v);
      if (excess == 0) {
        break;
      }
      if (excess > 0) {
        high = f;
      } else {
        low = f;
      }
      double slope = (g == f ? (2 - power) * a + (power - 1) * b : 0) + rho;
      double next = f - excess / slope;
      if (!(next >= low && next <= high) || Math.abs(2 * (next - f)) > last) {
        next = 0.5 * (low + high);
      }
      last = Math.abs(next - f);
      f = next;
      if (last <= 1e-16 * (1 + Math.abs(f))) {
        break;
      }
    }
    return f;
  }

  /**
   * With m = r + y: {@code m log m - y log y - r} at p = 1; {@code (1 - r) log(1 - r) + r + r log y} at p = 2;
   * between them {@code r f - l(f)} at the root f of l'(f) = r.
   */
  @Override
  public double conjugate(double y, double[] r, int at) {
    double s = r[at];
    double least = least(y);
    // Rounding of a derivative may step over the edge by an ulp; further out is outside.
    double rounding = 1e-12 * (1 + Math.abs(s) + y);
    if (s < least - rounding || s > most() * (1 + 1e-12)) {
      return Double.POSITIVE_INFINITY;
    }
    s = Math.max(s, least);
    if (power == 1) {
      double mean = s + y;
      return y > 0
          ? entropyTerm(mean, mean / y) + s * Math.log(y) - s
          : entropyTerm(mean, mean) - s;
    }
    if (power == 2) {
      double rest = Math.max(0, 1 - s);
      return entropyTerm(rest, rest) + s + s * Math.log(y);
    }
    double[] f = {0};
    if (y == 0) {
      return s > 0 ? s * (Math.log(s) - 1) / (2 - power) : 0;
    }
    f[0] = root(y, 0, 0, s, -MOST_OUTPUT, MOST_OUTPUT);
    return s * f[0] - value(y, f, 0);
  }

  private static double entropyTerm(double factor, double of) {
    return factor > 0 ? factor * Math.log(of) : 0;
  }

  @Override
  public void moveDual(double y, double[] r, double[] change, int at) {
    r[at] = Math.max(least(y), Math.min(most(), r[at] + change[at]));
  }

  /** That at y = 1 and f = 0: there is no largest one. */
  @Override
  public double curvature() {
    return 1;
  }

  @Override
  public double rowCurvature(double y, double[] f, int at, double[] r, int rAt) {
    double g = kept(y, f[at]);
    return 0.5 * (a(g) + b(y, g));
  }

  @Override
  public double hessian(double y, double[] f, int at, double[] r, int rAt, int c, int k) {
    double g = kept(y, f[at]);
    return (2 - power) * a(g) + (power - 1) * b(y, g);
  }
}
