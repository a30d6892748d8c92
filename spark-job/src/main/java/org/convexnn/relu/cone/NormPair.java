package org.convexnn.relu.cone;

import java.util.Arrays;
import java.util.List;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.Cholesky;

/**
 * The second-order cone program {@code min_w ||u + w|| + ||w||} subject to {@code a_k.w >= max(0,
 * -a_k.u)} for some rows a_k, so that u + w and w are both on their inner sides. By the interior point
 * of {@link ConeNewton}, in D variables.
 */
final class NormPair {

  private static final int MOST_ITERATIONS = 60;
  private static final double BOUNDARY = 0.99;
  private static final double GAP = 1e-13;

  private final double[] u;
  private final int width;
  private final int rows;
  private final double[][] a;
  private final double[] least;
  private final double[] slack;
  private final double[] multiplier;
  private final double[] x;
  private final NormCones norms;
  private double product;

  /** A program; rows need no scale. */
  NormPair(double[] u, List<double[]> cuts) {
    this.u = u;
    this.width = u.length;
    this.rows = cuts.size();
    this.a = new double[rows][];
    this.least = new double[rows];
    this.slack = new double[rows];
    this.multiplier = new double[rows];
    this.x = new double[2 * width];
    double size = Blas.norm(u, 0, width);
    // Bounds t above both norms at w = 0.
    double start = 2 * size;
    this.norms = new NormCones(0, 2, width, 1, start);
    this.product = start;
    for (int k = 0; k < rows; k++) {
      double[] cut = cuts.get(k);
      double norm = Blas.norm(cut, 0, width);
      a[k] = Arrays.stream(cut).map(v -> v / norm).toArray();
      least[k] = Math.max(0, -Blas.dot(a[k], u));
      slack[k] = size;
      multiplier[k] = product / slack[k];
    }
    System.arraycopy(u, 0, x, 0, width);
  }

  /** The minimiser w. */
  double[] minimize() {
    double[] w = new double[width];
    double smallest = GAP * product;
    try {
      for (int k = 0; k < MOST_ITERATIONS && product > smallest; k++) {
        iterate(w);
      }
    } catch (ArithmeticException singular) {
      // As near to the optimum as rounding lets it come.
      return w;
    }
    return w;
  }

  private void iterate(double[] w) {
    double sum = norms.complementarity(x);
    for (int k = 0; k < rows; k++) {
      sum += slack[k] * multiplier[k];
    }
    product = sum / (rows + 2);
    norms.scale(x);
    double[] h = new double[4 * width * width];
    norms.addCurvature(h, 2 * width);
    double[] matrix = new double[width * width];
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        double entry = h[i * 2 * width + j] + h[(width + i) * 2 * width + width + j];
        for (int k = 0; k < rows; k++) {
          entry += multiplier[k] / slack[k] * a[k][i] * a[k][j];
        }
        matrix[i * width + j] = entry;
      }
    }
    Cholesky factor = new Cholesky(width, matrix);
    double[] second = new double[rows];
    double[] predictor = direction(factor, w, 0, second);
    double[] ds = slackSteps(w, predictor);
    double[] dm = multiplierSteps(ds, 0, second);
    double centering = Math.pow(1 - Math.min(1, greatest(predictor, ds, dm)), 3) * product;
    norms.correct(predictor);
    for (int k = 0; k < rows; k++) {
      second[k] = -ds[k] * dm[k] / slack[k];
    }
    double[] corrector = direction(factor, w, centering, second);
    ds = slackSteps(w, corrector);
    dm = multiplierSteps(ds, centering, second);
    double step = Math.min(1, BOUNDARY * greatest(corrector, ds, dm));
    if (!(step > 1e-8)) {
      throw new ArithmeticException("no step");
    }
    norms.move(step);
    Blas.axpy(step, corrector, x);
    Blas.axpy(step, ds, slack);
    Blas.axpy(step, dm, multiplier);
    for (int j = 0; j < width; j++) {
      w[j] = x[width + j];
    }
  }

  /** The direction of [u + w, w], both halves the same. */
  private double[] direction(Cholesky factor, double[] w, double centering, double[] second) {
    double[] right = new double[2 * width];
    norms.addRight(x, centering, right);
    double[] d = new double[width];
    for (int j = 0; j < width; j++) {
      d[j] = right[j] + right[width + j];
    }
    for (int k = 0; k < rows; k++) {
      double residual = Blas.dot(a[k], w) - least[k] - slack[k];
      double term = (centering - multiplier[k] * residual) / slack[k] + second[k];
      Blas.axpy(term, a[k], d);
    }
    factor.solve(d, 1);
    double[] both = Arrays.copyOf(d, 2 * width);
    System.arraycopy(d, 0, both, width, width);
    norms.direct(x, both);
    return both;
  }

  private double[] slackSteps(double[] w, double[] d) {
    double[] ds = new double[rows];
    for (int k = 0; k < rows; k++) {
      ds[k] = Blas.dot(a[k], w) - least[k] - slack[k];
      for (int j = 0; j < width; j++) {
        ds[k] += a[k][j] * d[j];
      }
    }
    return ds;
  }

  private double[] multiplierSteps(double[] ds, double centering, double[] second) {
    double[] dm = new double[rows];
    for (int k = 0; k < rows; k++) {
      dm[k] = (centering - multiplier[k] * ds[k]) / slack[k] - multiplier[k] + second[k];
    }
    return dm;
  }

  private double greatest(double[] d, double[] ds, double[] dm) {
    double inverse = norms.inverseLength(x, d);
    for (int k = 0; k < rows; k++) {
      inverse = Math.max(inverse, Math.max(-ds[k] / slack[k], -dm[k] / multiplier[k]));
    }
    return inverse > 0 ? 1 / inverse : Double.POSITIVE_INFINITY;
  }
}
