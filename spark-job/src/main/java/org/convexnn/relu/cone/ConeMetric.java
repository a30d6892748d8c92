package org.convexnn.relu.cone;

import org.convexnn.block.pass.cone.ConeSetting;
import org.convexnn.linalg.Cholesky;

/**
 * The matrix {@code H = rho_f F'F + rho_s G'G + rho_z I} of the consensus step, F = [Z, D_i Z~, -D_i
 * Z~] and G = (S_i Z~) of every cone, all over W. Rotated to p = (v + w) / sqrt 2 and q = (v - w) /
 * sqrt 2 it decouples (docs/theory/cones.md#admm-with-cones):
 *
 * <pre>p_i:      rho_s Z~'Z~ + rho_z I                       one D x D factor
 * [u_0, q]: rho_f E'E + diag(0, I x rho_s Z~'Z~) + rho_z I,   E = [Z, sqrt 2 D_i Z~]</pre>
 */
final class ConeMetric {

  private final int linear;
  private final int width;
  private final int gates;
  private final double[] gram;
  private final double[] moments;
  private Cholesky sums;
  private Cholesky differences;

  /**
   * A metric without factors yet.
   *
   * @param gram K of [Z, D_i Z~], Q x Q
   * @param moments Z~'Z~, D x D
   */
  ConeMetric(ConeSetting setting, double[] gram, double[] moments) {
    this.linear = setting.linear();
    this.width = setting.width();
    this.gates = setting.gates();
    this.gram = gram;
    this.moments = moments;
  }

  /** Mean diagonal of K. */
  double meanDiagonal() {
    int q = linear + gates * width;
    double trace = 0;
    for (int i = 0; i < q; i++) {
      trace += gram[i * q + i];
    }
    return trace / q;
  }

  /** Factors both parts. */
  void factor(AdmmPenalties rho) {
    double[] cone = new double[width * width];
    for (int i = 0; i < cone.length; i++) {
      cone[i] = rho.cone() * moments[i] + (i % (width + 1) == 0 ? rho.norm() : 0);
    }
    int q = linear + gates * width;
    double[] h = new double[q * q];
    for (int i = 0; i < q; i++) {
      for (int j = 0; j < q; j++) {
        h[i * q + j] = rho.fit() * rotation(i) * rotation(j) * gram[i * q + j];
      }
      if (i < linear) {
        h[i * q + i] += rho.norm();
      } else {
        int row = (i - linear) % width;
        int first = i - row;
        for (int j = 0; j < width; j++) {
          h[i * q + first + j] += cone[row * width + j];
        }
      }
    }
    sums = new Cholesky(width, cone);
    differences = new Cholesky(q, h);
  }

  private double rotation(int i) {
    return i < linear ? 1 : Math.sqrt(2);
  }

  /** {@code H^-1 b}. */
  double[] solve(double[] b) {
    int span = gates * width;
    double half = Math.sqrt(0.5);
    double[] q = new double[linear + span];
    // The factor wants a pattern in each column.
    double[] p = new double[span];
    System.arraycopy(b, 0, q, 0, linear);
    for (int k = 0; k < span; k++) {
      double v = b[linear + k];
      double w = b[linear + span + k];
      q[linear + k] = half * (v - w);
      p[turned(k)] = half * (v + w);
    }
    sums.solve(p, gates);
    differences.solve(q, 1);
    double[] u = new double[b.length];
    System.arraycopy(q, 0, u, 0, linear);
    for (int k = 0; k < span; k++) {
      double sum = p[turned(k)];
      u[linear + k] = half * (sum + q[linear + k]);
      u[linear + span + k] = half * (sum - q[linear + k]);
    }
    return u;
  }

  private int turned(int k) {
    return k % width * gates + k / width;
  }
}
