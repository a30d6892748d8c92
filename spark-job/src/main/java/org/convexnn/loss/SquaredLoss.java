package org.convexnn.loss;

/** {@code l(y, f) = (f - y)^2 / 2}, one output. */
public record SquaredLoss() implements Loss {

  @Override
  public int outputs() {
    return 1;
  }

  @Override
  public double value(double y, double[] f, int at) {
    double e = f[at] - y;
    return 0.5 * e * e;
  }

  @Override
  public void derivative(double y, double[] f, int at, double[] r, int rAt) {
    r[rAt] = f[at] - y;
  }

  @Override
  public void prox(double y, double[] v, int at, double rho, double[] f, int fAt) {
    f[fAt] = (y + rho * v[at]) / (1 + rho);
  }

  @Override
  public double conjugate(double y, double[] r, int at) {
    return r[at] * (0.5 * r[at] + y);
  }

  @Override
  public void moveDual(double y, double[] r, double[] change, int at) {
    r[at] += change[at];
  }

  @Override
  public boolean quadratic() {
    return true;
  }

  @Override
  public double curvature() {
    return 1;
  }

  @Override
  public double rowCurvature(double y, double[] f, int at, double[] r, int rAt) {
    return 1;
  }

  @Override
  public double hessian(double y, double[] f, int at, double[] r, int rAt, int c, int k) {
    return 1;
  }
}
