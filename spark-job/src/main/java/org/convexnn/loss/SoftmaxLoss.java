package org.convexnn.loss;

/**
 * {@code l(y, f) = log sum_c e^(f_c) - f_y}, y one of 0 .. C - 1: the outputs are log-probabilities
 * up to a common constant.
 *
 * @param outputs C, at least 2
 */
public record SoftmaxLoss(int outputs) implements Loss {

  private static final int MOST_STEPS = 200;
  private static final double ACCURACY = 1e-13;
  private static final double SHORT_STEP = 0.25;
  private static final double SHORTEST_LENGTH = 1e-12;
  private static final double MOST_EXPONENT = 600;

  /** Checks C. */
  public SoftmaxLoss {
    if (outputs < 2) {
      throw new IllegalArgumentException("softmax of " + outputs + " outputs; it needs at least 2");
    }
  }

  /** Overwrites C numbers by their softmax, {@code e^(f_c) / sum_k e^(f_k)}. */
  public static void softmax(double[] f, int at, int outputs) {
    double most = largest(f, at, outputs);
    double sum = 0;
    for (int c = at; c < at + outputs; c++) {
      f[c] = Math.exp(f[c] - most);
      sum += f[c];
    }
    for (int c = at; c < at + outputs; c++) {
      f[c] /= sum;
    }
  }

  private static double largest(double[] f, int at, int outputs) {
    double most = f[at];
    for (int c = at + 1; c < at + outputs; c++) {
      most = Math.max(most, f[c]);
    }
    return most;
  }

  @Override
  public double value(double y, double[] f, int at) {
    int label = (int) y;
    double most = largest(f, at, outputs);
    double others = 0;
    for (int c = 0; c < outputs; c++) {
      others += Math.exp(f[at + c] - most);
    }
    return most - f[at + label] + Math.log(others);
  }

  /** p - e_y; the label's entry is minus the sum of the others, so that it keeps its precision. */
  @Override
  public void derivative(double y, double[] f, int at, double[] r, int rAt) {
    int label = (int) y;
    double most = largest(f, at, outputs);
    double sum = 0;
    for (int c = 0; c < outputs; c++) {
      r[rAt + c] = Math.exp(f[at + c] - most);
      sum += r[rAt + c];
    }
    double others = 0;
    for (int c = 0; c < outputs; c++) {
      r[rAt + c] /= sum;
      others += c == label ? 0 : r[rAt + c];
    }
    r[rAt + label] = -others;
  }

  /**
   * Newton's method, whose steps keep {@code sum f = sum v}. Long steps are halved until the value
   * falls. Short ones are taken whole until the gradient is rounding: a step moves the Hessian by at
   * most a factor of e to its range (Bach, Self-concordant analysis for logistic regression, 2010,
   * section 2), so that they converge quadratically where the value has no digits left to tell.
   */
  @Override
  public void prox(double y, double[] v, int at, double rho, double[] f, int fAt) {
    double[] t = new double[outputs];
    double[] next = new double[outputs];
    double[] p = new double[outputs];
    double[] gradient = new double[outputs];
    double[] step = new double[outputs];
    System.arraycopy(v, at, t, 0, outputs);
    double before = Double.POSITIVE_INFINITY;
    for (int k = 0; k < MOST_STEPS; k++) {
      if (proxGradient(y, t, v, at, rho, p, gradient) <= ACCURACY * Math.min(1, rho)) {
        break;
      }
      double decrement = newtonStep(p, gradient, rho, step);
      double length = 1;
      if (largestEntry(step) > SHORT_STEP) {
        double value = proxValue(y, t, v, at, rho);
        move(t, length, step, next);
        while (proxValue(y, next, v, at, rho) > value - 1e-4 * length * decrement
            && length > SHORTEST_LENGTH) {
          length *= 0.5;
          move(t, length, step, next);
        }
      } else if (decrement >= before) {
        break;
      } else {
        before = decrement;
        move(t, length, step, next);
      }
      System.arraycopy(next, 0, t, 0, outputs);
    }
    System.arraycopy(t, 0, f, fAt, outputs);
  }

  private static double largestEntry(double[] step) {
    double most = 0;
    for (double s : step) {
      most = Math.max(most, Math.abs(s));
    }
    return most;
  }

  /**
   * The gradient of {@code l(y, t) + rho/2 ||t - v||^2} and the probabilities p at t.
   *
   * @return the gradient's largest entry
   */
  private double proxGradient(
      double y, double[] t, double[] v, int at, double rho, double[] p, double[] gradient) {
    derivative(y, t, 0, p, 0);
    double size = 0;
    for (int c = 0; c < outputs; c++) {
      gradient[c] = p[c] + rho * (t[c] - v[at + c]);
      size = Math.max(size, Math.abs(gradient[c]));
    }
    p[(int) y] += 1;
    return size;
  }

  /**
   * The Hessian {@code diag(p + rho) - p p'} inverted by Sherman and Morrison, times the gradient.
   *
   * @return the gradient times the step
   */
  private double newtonStep(double[] p, double[] gradient, double rho, double[] step) {
    double shared = 0;
    double weight = 0;
    for (int c = 0; c < outputs; c++) {
      step[c] = gradient[c] / (p[c] + rho);
      shared += p[c] * step[c];
      // 1 - sum p^2 / (p + rho), without cancellation
      weight += p[c] * rho / (p[c] + rho);
    }
    double decrement = 0;
    for (int c = 0; c < outputs; c++) {
      step[c] += p[c] / (p[c] + rho) * shared / weight;
      decrement += gradient[c] * step[c];
    }
    return decrement;
  }

  private void move(double[] t, double length, double[] step, double[] to) {
    for (int c = 0; c < outputs; c++) {
      to[c] = t[c] - length * step[c];
    }
  }

  private double proxValue(double y, double[] t, double[] v, int at, double rho) {
    double square = 0;
    for (int c = 0; c < outputs; c++) {
      double e = t[c] - v[at + c];
      square += e * e;
    }
    return value(y, t, 0) + 0.5 * rho * square;
  }

  /** {@code sum_c p_c log p_c} with p = e_y + r a probability vector. */
  @Override
  public double conjugate(double y, double[] r, int at) {
    int label = (int) y;
    double entropy = 0;
    double sum = 0;
    for (int c = 0; c < outputs; c++) {
      double p = r[at + c] + (c == label ? 1 : 0);
      sum += r[at + c];
      // Rounding of a derivative may step over the edge by an ulp; further out is outside.
      if (p < -1e-12 || p > 1 + 1e-12) {
        return Double.POSITIVE_INFINITY;
      }
      entropy += p > 0 ? p * Math.log(p) : 0;
    }
    return Math.abs(sum) <= 1e-11 ? entropy : Double.POSITIVE_INFINITY;
  }

  /** The label's entry is minus the sum of the others; so it is after the move. */
  @Override
  public void moveDual(double y, double[] r, double[] change, int at) {
    int label = (int) y;
    double share = 1;
    double others = 0;
    double more = 0;
    for (int c = 0; c < outputs; c++) {
      if (c != label) {
        double by = change[at + c];
        others += r[at + c];
        more += by;
        share = r[at + c] + by < 0 ? Math.min(share, -r[at + c] / by) : share;
      }
    }
    share = others + more > 1 ? Math.min(share, (1 - others) / more) : share;
    share = Math.max(share, 0);
    others = 0;
    for (int c = 0; c < outputs; c++) {
      if (c != label) {
        r[at + c] = Math.max(0, r[at + c] + share * change[at + c]);
        others += r[at + c];
      }
    }
    r[at + label] = -Math.min(others, 1);
  }

  /** All entries but the label's scale with tau, so that their logarithms are taken once. */
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
    int label = (int) y;
    double product = 0;
    double entropy = 0;
    double others = 0;
    for (int c = 0; c < outputs; c++) {
      double p = r[rAt + c];
      product += p * b[c];
      if (c != label && p > 0) {
        entropy += p * Math.log(p);
        others += p;
      }
      if (c != label && !(p >= 0)) {
        Loss.super.addDualValues(y, r, rAt, b, scalings, weight, sums, at);
        return;
      }
    }
    if (!(others <= 1 && Math.abs(others + r[rAt + label]) <= 1e-11)) {
      Loss.super.addDualValues(y, r, rAt, b, scalings, weight, sums, at);
      return;
    }
    for (int g = 0; g < scalings.size(); g++) {
      double tau = scalings.taus()[g];
      double rest = 1 - tau * others;
      double conjugate =
          tau * entropy
              + tau * others * scalings.logs()[g]
              + (rest > 0 ? rest * Math.log(rest) : 0);
      sums[at + g] += weight * (tau * product - conjugate);
    }
  }

  /** Equal steps multiply e^(f_c) by equal factors: two exponentials for each class serve all. */
  @Override
  public void addSlopes(
      double y, double[] f, double[] g, int at, double step, double weight, double[] sums) {
    double mostF = largest(f, at, outputs);
    double leastF = mostF;
    double mostG = largest(g, at, outputs);
    double leastG = mostG;
    for (int c = at; c < at + outputs; c++) {
      leastF = Math.min(leastF, f[c]);
      leastG = Math.min(leastG, g[c]);
    }
    // Relative to the largest output at each end nothing may vanish that counts, nor overflow.
    if (!(mostF - leastF + (mostG - leastG) * step * sums.length < MOST_EXPONENT)) {
      Loss.super.addSlopes(y, f, g, at, step, weight, sums);
      return;
    }
    double[] e = new double[outputs];
    double[] factor = new double[outputs];
    for (int c = 0; c < outputs; c++) {
      e[c] = Math.exp(f[at + c] - mostF);
      factor[c] = Math.exp(step * (g[at + c] - mostG));
    }
    double own = g[at + (int) y];
    for (int s = 0; s < sums.length; s++) {
      double total = 0;
      double along = 0;
      for (int c = 0; c < outputs; c++) {
        e[c] *= factor[c];
        total += e[c];
        along += e[c] * (g[at + c] - own);
      }
      sums[s] += weight * along / total;
    }
  }

  @Override
  public boolean coupled() {
    return true;
  }

  @Override
  public double curvature() {
    return 0.5;
  }

  /** {@code min(1/2, sum_c min(1/4, |r_c|) / 2)}: logistic loss's rule where there are two. */
  @Override
  public double rowCurvature(double y, double[] f, int at, double[] r, int rAt) {
    double sum = 0;
    for (int c = 0; c < outputs; c++) {
      sum += Math.min(0.25, Math.abs(r[rAt + c]));
    }
    return Math.min(0.5, 0.5 * sum);
  }

  @Override
  public double hessian(double y, double[] f, int at, double[] r, int rAt, int c, int k) {
    double p = r[rAt + c] + (c == (int) y ? 1 : 0);
    double other = r[rAt + k] + (k == (int) y ? 1 : 0);
    return p * (c == k ? 1 - p : other);
  }

  @Override
  public double outputCurvature(double y, double[] f, int at, double[] r, int rAt, int c) {
    return Math.min(0.25, Math.abs(r[rAt + c]));
  }

  @Override
  public double splitCurvature(double y, double[] f, int at, double[] r, int rAt, int c) {
    return hessian(y, f, at, r, rAt, c, c);
  }
}
