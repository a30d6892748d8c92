package org.convexnn.relu.cone;

import java.util.Arrays;
import org.convexnn.linalg.Blas;

/**
 * The norms of an interior point: for each group u_g a bound t_g &gt; ||u_g|| and a dual vector
 * zeta_g, ||zeta_g|| &lt; beta, both pairs in a second-order cone, with the scaling of Nesterov and
 * Todd between (t, u) and (beta, zeta). Of the perturbed condition
 *
 * <pre>(t, u) o (beta, zeta) = c e  in the scaled space, beta fixed</pre>
 *
 * t and zeta are eliminated: a direction d of the groups determines theirs.
 */
final class NormCones {

  private final int from;
  private final int count;
  private final int width;
  private final double beta;
  private final double[] t;
  private final double[] zeta;
  // Of the scaling W = eta (2 v v' - J): eta^2 and the hyperbolic vector (w0, w), v its root.
  private final double[] eta2;
  private final double[] w0;
  private final double[] w;
  private final double[] dt;
  private final double[] dzeta;
  private final double[] second0;
  private final double[] second;
  private double centering;

  /**
   * All groups at 0 with bounds t and no dual.
   *
   * @param from where the groups start in vectors
   */
  NormCones(int from, int count, int width, double beta, double start) {
    this.from = from;
    this.count = count;
    this.width = width;
    this.beta = beta;
    this.t = new double[count];
    Arrays.fill(t, start);
    this.zeta = new double[count * width];
    this.eta2 = new double[count];
    this.w0 = new double[count];
    this.w = new double[count * width];
    this.dt = new double[count];
    this.dzeta = new double[count * width];
    this.second0 = new double[count];
    this.second = new double[count * width];
  }

  /** sum (t beta + u.zeta). */
  double complementarity(double[] u) {
    double sum = 0;
    for (int g = 0; g < count; g++) {
      sum += t[g] * beta + dot(u, from + g * width, zeta, g * width);
    }
    return sum;
  }

  /** beta - ||zeta_g||. */
  double dualSlack(int g) {
    return beta - Blas.norm(zeta, g * width, width);
  }

  /** Sets the scaling of the current point and forgets the second-order term. */
  void scale(double[] u) {
    Arrays.fill(second0, 0);
    Arrays.fill(second, 0);
    for (int g = 0; g < count; g++) {
      double primal = Math.sqrt(determinant(t[g], u, from + g * width));
      double dual = Math.sqrt(determinant(beta, zeta, g * width));
      eta2[g] = primal / dual;
      double cosine = t[g] / primal * (beta / dual);
      for (int j = 0; j < width; j++) {
        cosine += u[from + g * width + j] / primal * (zeta[g * width + j] / dual);
      }
      double gamma = 2 * Math.sqrt(0.5 * (1 + cosine));
      w0[g] = (t[g] / primal + beta / dual) / gamma;
      for (int j = 0; j < width; j++) {
        w[g * width + j] = (u[from + g * width + j] / primal - zeta[g * width + j] / dual) / gamma;
      }
    }
  }

  private double determinant(double head, double[] tail, int at) {
    double norm = Blas.norm(tail, at, width);
    return (head - norm) * (head + norm);
  }

  /** Adds the curvature of each group, t eliminated, to its block of a matrix of {@code size} rows. */
  void addCurvature(double[] matrix, int size) {
    for (int g = 0; g < count; g++) {
      // W^-2 = (2 J w w' J - J) / eta^2; Schur complement of its first entry.
      double corner = 2 * w0[g] * w0[g] - 1;
      double factor = (2 - 4 * w0[g] * w0[g] / corner) / eta2[g];
      int first = from + g * width;
      for (int i = 0; i < width; i++) {
        double wi = factor * w[g * width + i];
        for (int j = 0; j < width; j++) {
          matrix[(first + i) * size + first + j] +=
              wi * w[g * width + j] + (i == j ? 1 / eta2[g] : 0);
        }
      }
    }
  }

  /** Adds the groups' right-hand side for a centering to a vector. */
  void addRight(double[] u, double centering, double[] right) {
    this.centering = centering;
    for (int g = 0; g < count; g++) {
      double det = determinant(t[g], u, from + g * width);
      double head = centering * t[g] / det - beta + second0[g];
      double corner = (2 * w0[g] * w0[g] - 1) / eta2[g];
      for (int j = 0; j < width; j++) {
        int k = from + g * width + j;
        right[k] += -centering * u[k] / det + second[g * width + j] - side(g, j) * head / corner;
      }
    }
  }

  /** The entry of W^-2 between t and coordinate j of u. */
  private double side(int g, int j) {
    return -2 * w0[g] * w[g * width + j] / eta2[g];
  }

  /** Sets the directions of t and zeta that go with d. */
  void direct(double[] u, double[] d) {
    for (int g = 0; g < count; g++) {
      double det = determinant(t[g], u, from + g * width);
      double corner = (2 * w0[g] * w0[g] - 1) / eta2[g];
      double head = centering * t[g] / det - beta + second0[g];
      double along = 0;
      for (int j = 0; j < width; j++) {
        along += w[g * width + j] * d[from + g * width + j];
      }
      dt[g] = (head + 2 * w0[g] * along / eta2[g]) / corner;
      for (int j = 0; j < width; j++) {
        int k = g * width + j;
        dzeta[k] =
            -centering * u[from + k] / det
                - zeta[k]
                + second[k]
                - side(g, j) * dt[g]
                - (2 * along * w[k] + d[from + k]) / eta2[g];
      }
    }
  }

  /** 1 / the greatest length of the current direction. */
  double inverseLength(double[] u, double[] d) {
    double inverse = 0;
    for (int g = 0; g < count; g++) {
      int at = from + g * width;
      inverse = Math.max(inverse, inverseLength(t[g], dt[g], u, d, at));
      inverse = Math.max(inverse, inverseLength(beta, 0, zeta, dzeta, g * width));
    }
    return inverse;
  }

  private double inverseLength(double head, double step, double[] tail, double[] move, int at) {
    // The least positive root of a x^2 + 2 b x + c = (head + x step)^2 - ||tail + x move||^2.
    double a = step * step - dot(move, at, move, at);
    double b = head * step - dot(tail, at, move, at);
    double c = determinant(head, tail, at);
    double discriminant = b * b - a * c;
    return discriminant < 0 ? 0 : Math.max(0, (Math.sqrt(discriminant) - b) / c);
  }

  /** Mehrotra's second-order term of the current direction, for the next one. */
  void correct(double[] d) {
    double[] move = new double[width];
    double[] dual = new double[width];
    double[] scaled = new double[width];
    double[] product = new double[width];
    for (int g = 0; g < count; g++) {
      int at = g * width;
      System.arraycopy(d, from + at, move, 0, width);
      double p0 = scaled(g, dt[g], move, 0, true, move);
      double r0 = scaled(g, 0, dzeta, at, false, dual);
      double l0 = scaled(g, beta, zeta, at, false, scaled);
      double head = p0 * r0 + Blas.dot(move, dual);
      for (int j = 0; j < width; j++) {
        product[j] = p0 * dual[j] + r0 * move[j];
      }
      double x0 = (l0 * head - Blas.dot(scaled, product)) / ((l0 * l0) - Blas.dot(scaled, scaled));
      for (int j = 0; j < width; j++) {
        product[j] = (product[j] - x0 * scaled[j]) / l0;
      }
      second0[g] = -scaled(g, x0, product, 0, true, product);
      for (int j = 0; j < width; j++) {
        second[at + j] = -product[j];
      }
    }
  }

  /** Writes the tail of W x, or W^-1 x, and returns its head. */
  private double scaled(int g, double head, double[] tail, int at, boolean inverse, double[] to) {
    double v0 = Math.sqrt(0.5 * (w0[g] + 1));
    double sign = inverse ? -1 : 1;
    double eta = Math.sqrt(eta2[g]);
    double factor = inverse ? 1 / eta : eta;
    double along = v0 * head;
    for (int j = 0; j < width; j++) {
      along += sign * w[g * width + j] / (2 * v0) * tail[at + j];
    }
    for (int j = 0; j < width; j++) {
      to[j] = factor * (tail[at + j] + sign * w[g * width + j] / v0 * along);
    }
    return factor * (2 * v0 * along - head);
  }

  /** Moves t and zeta along the current direction. */
  void move(double length) {
    Blas.axpy(length, dt, t);
    Blas.axpy(length, dzeta, zeta);
  }

  private double dot(double[] x, int atX, double[] y, int atY) {
    double sum = 0;
    for (int j = 0; j < width; j++) {
      sum += x[atX + j] * y[atY + j];
    }
    return sum;
  }
}
