package org.convexnn.loss;

/**
 * {@code l(y, f) = e^2 / 2} where {@code |e| <= epsilon}, e = f - y, else {@code epsilon (|e| - epsilon / 2)}
 * (P. J. Huber, Annals of Mathematical Statistics 1964).
 *
 * <p>The parabola of curvature {@code l'(e) / e = min(1, epsilon / |e|)} that touches the loss at e lies
 * above it everywhere; that is {@link #rowCurvature}.
 *
 * @param epsilon where squares end, positive
 */
public record HuberLoss(double epsilon) implements Loss {

  /** Checks epsilon. */
  public HuberLoss {
    if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("epsilon is " + epsilon + "; it must be positive");
    }
  }

  @Override
  public int outputs() {
    return 1;
  }

  private double clipped(double e) {
    return Math.max(-epsilon, Math.min(epsilon, e));
  }

  @Override
  public double value(double y, double[] f, int at) {
    double e = Math.abs(f[at] - y);
    return e <= epsilon ? 0.5 * e * e : epsilon * (e - 0.5 * epsilon);
  }

  @Override
  public void derivative(double y, double[] f, int at, double[] r, int rAt) {
    r[rAt] = clipped(f[at] - y);
  }

  /** {@code e = v - y - l'(e) / rho}. */
  @Override
  public void prox(double y, double[] v, int at, double rho, double[] f, int fAt) {
    double e = v[at] - y;
    double inside = rho * e / (1 + rho);
    f[fAt] =
        Math.abs(inside) <= epsilon
            ? (y + rho * v[at]) / (1 + rho)
            : v[at] - Math.signum(e) * epsilon / rho;
  }

  @Override
  public double conjugate(double y, double[] r, int at) {
    return Math.abs(r[at]) <= epsilon * (1 + 1e-12)
        ? r[at] * (0.5 * r[at] + y)
        : Double.POSITIVE_INFINITY;
  }

  @Override
  public void moveDual(double y, double[] r, double[] change, int at) {
    r[at] = clipped(r[at] + change[at]);
  }

  @Override
  public double curvature() {
    return 1;
  }

  @Override
  public double rowCurvature(double y, double[] f, int at, double[] r, int rAt) {
    double e = Math.abs(f[at] - y);
    return e <= epsilon ? 1 : epsilon / e;
  }

  @Override
  public double hessian(double y, double[] f, int at, double[] r, int rAt, int c, int k) {
    return Math.abs(f[at] - y) <= epsilon ? 1 : 0;
  }
}
