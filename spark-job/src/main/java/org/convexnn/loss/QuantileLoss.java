package org.convexnn.loss;

/**
 * The pinball loss of quantile q, {@code max(-q e, (1 - q) e)} with e = f - y, averaged over e +- h (M.
 * Fernandes, E. Guerre, E. Horta, "Smoothing Quantile Regressions", Journal of Business and Economic
 * Statistics 2021; the uniform kernel), so that it has a curvature:
 *
 * <pre>l(y, f) = pinball(e) + (h - |e|)_+^2 / (4 h),   l'(y, f) = clip(1/2 - q + e / (2 h), -q, 1 - q)</pre>
 *
 * It is above the pinball loss by at most h / 4, at e = 0, and equal to it from {@code |e| = h} on. So
 * objectives are above those of the pinball loss by h / 4 at most, and a dual bound less h / 4 is one for it.
 *
 * <p>The parabola of curvature {@code min(1 / (2 h), 1 / (2 |e|))} that touches the loss at e lies above it
 * everywhere (D. Hunter, K. Lange, Journal of Computational and Graphical Statistics 2000); that is {@link
 * #rowCurvature}.
 *
 * @param quantile q, in (0, 1)
 * @param width h, positive
 */
public record QuantileLoss(double quantile, double width) implements Loss {

  /** Checks q and h. */
  public QuantileLoss {
    if (!(quantile > 0 && quantile < 1 && width > 0 && width < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "quantile " + quantile + " smoothed over " + width + "; in (0, 1), and positive");
    }
  }

  @Override
  public int outputs() {
    return 1;
  }

  /** The pinball loss itself of a label and a prediction. */
  public static double pinball(double quantile, double y, double prediction) {
    double e = prediction - y;
    return Math.max(-quantile * e, (1 - quantile) * e);
  }

  private double clipped(double r) {
    return Math.max(-quantile, Math.min(1 - quantile, r));
  }

  @Override
  public double value(double y, double[] f, int at) {
    double inside = Math.max(0, width - Math.abs(f[at] - y));
    return pinball(quantile, y, f[at]) + inside * inside / (4 * width);
  }

  @Override
  public void derivative(double y, double[] f, int at, double[] r, int rAt) {
    r[rAt] = clipped(0.5 - quantile + (f[at] - y) / (2 * width));
  }

  /** {@code e = v - y - l'(e) / rho}: on the slope, or on one of the lines. */
  @Override
  public void prox(double y, double[] v, int at, double rho, double[] f, int fAt) {
    double curvature = 1 / (2 * width);
    double e = (rho * (v[at] - y) - (0.5 - quantile)) / (rho + curvature);
    double point = v[at];
    if (e > width) {
      f[fAt] = point - (1 - quantile) / rho;
    } else if (e < -width) {
      f[fAt] = point + quantile / rho;
    } else {
      f[fAt] = (rho * point + curvature * y - (0.5 - quantile)) / (rho + curvature);
    }
  }

  /** {@code r y - h (r + q) (1 - q - r)} on [-q, 1 - q]. */
  @Override
  public double conjugate(double y, double[] r, int at) {
    double s = clipped(r[at]);
    return Math.abs(s - r[at]) <= 1e-12
        ? s * y - width * (s + quantile) * (1 - quantile - s)
        : Double.POSITIVE_INFINITY;
  }

  @Override
  public void moveDual(double y, double[] r, double[] change, int at) {
    r[at] = clipped(r[at] + change[at]);
  }

  @Override
  public double curvature() {
    return 1 / (2 * width);
  }

  @Override
  public double rowCurvature(double y, double[] f, int at, double[] r, int rAt) {
    return 0.5 / Math.max(width, Math.abs(f[at] - y));
  }

  @Override
  public double hessian(double y, double[] f, int at, double[] r, int rAt, int c, int k) {
    return Math.abs(f[at] - y) <= width ? curvature() : 0;
  }
}
