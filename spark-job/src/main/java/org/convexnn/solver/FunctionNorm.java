package org.convexnn.solver;

import org.convexnn.block.GroupMomentsJob;
import org.convexnn.block.RowSetting;
import org.convexnn.linalg.Blas;
import org.convexnn.network.FeatureMap;

/**
 * The group norm in function space, {@code N_i(u) = ||A_i^(1/2) u||}: up to a floor the root mean
 * square of neuron i's output over the training rows (definitions.md; modelling.md section 14).
 *
 * <pre>A_i = (1/W) sum_r w_r s_ri z~_r z~_r' + floor_i I
 * floor_i = .03 mean eigenvalue of the sum + 2e-5 mean eigenvalue of the sum over all rows</pre>
 */
final class FunctionNorm {

  private static final double OWN_FLOOR = 0.03;
  private static final double COMMON_FLOOR = 2e-5;

  private FunctionNorm() {}

  /**
   * L_i^(-1) of A_i = L_i L_i' for every group, D x D row-major each; empty for half-spaces where
   * they keep the Euclidean norm. One sweep.
   *
   * @param halfSpaces whether half-spaces have the function norm too
   * @param weight W of the rows the setting selects
   */
  static double[][] of(
      GatedRows rows, RowSetting setting, FeatureMap map, double weight, boolean halfSpaces) {
    double[] sums =
        rows.sum("second moments by group", new GroupMomentsJob(setting, halfSpaces))[0];
    int plain = halfSpaces ? 0 : setting.halfSpaces();
    int width = setting.width();
    int size = width * width;
    double[] base = Coordinates.base(map, true, true);
    double common = trace(inMap(sums, 0, base, width, weight), width) / width;
    double[][] norms = new double[setting.groups()][];
    for (int i = 0; i < plain; i++) {
      norms[i] = new double[0];
    }
    for (int i = plain; i < norms.length; i++) {
      double[] a = inMap(sums, (1 + i - plain) * size, base, width, weight);
      double floor = OWN_FLOOR * trace(a, width) / width + COMMON_FLOOR * common;
      for (int j = 0; j < width; j++) {
        a[j * width + j] += floor;
      }
      norms[i] = inverseRoot(a, width);
    }
    return norms;
  }

  /** {@code B S B' / W} of a moment matrix S in row coordinates. */
  private static double[] inMap(double[] sums, int at, double[] base, int width, double weight) {
    double[] half = new double[width * width];
    double[] a = new double[width * width];
    Blas.gemm(
        false,
        false,
        width,
        width,
        width,
        1 / weight,
        base,
        0,
        width,
        sums,
        at,
        width,
        0.0,
        half,
        0,
        width);
    Blas.gemm(
        false, true, width, width, width, 1.0, half, 0, width, base, 0, width, 0.0, a, 0, width);
    return a;
  }

  private static double trace(double[] a, int width) {
    double sum = 0;
    for (int j = 0; j < width; j++) {
      sum += a[j * width + j];
    }
    return sum;
  }

  /** L^(-1) of a = L L', lower triangular. */
  private static double[] inverseRoot(double[] a, int n) {
    double[] l = new double[n * n];
    for (int j = 0; j < n; j++) {
      for (int i = j; i < n; i++) {
        double sum = a[i * n + j];
        for (int k = 0; k < j; k++) {
          sum -= l[i * n + k] * l[j * n + k];
        }
        l[i * n + j] = i == j ? Math.sqrt(sum) : sum / l[j * n + j];
      }
    }
    double[] inverse = new double[n * n];
    for (int j = 0; j < n; j++) {
      inverse[j * n + j] = 1 / l[j * n + j];
      for (int i = j + 1; i < n; i++) {
        double sum = 0;
        for (int k = j; k < i; k++) {
          sum -= l[i * n + k] * inverse[k * n + j];
        }
        inverse[i * n + j] = sum / l[i * n + i];
      }
    }
    return inverse;
  }
}
