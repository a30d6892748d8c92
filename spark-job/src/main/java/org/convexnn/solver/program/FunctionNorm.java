package org.convexnn.solver.program;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.convexnn.block.RowSetting;
import org.convexnn.block.pass.gated.GroupMomentsPass;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.SecondMoments;
import org.convexnn.network.FeatureMap;
import org.convexnn.solver.rows.GatedRows;

/**
 * The group norm in function space, {@code N_i(u) = ||A_i^(1/2) u||}: up to a floor the root mean
 * square of neuron i's output over the training rows
 * (docs/theory/objective.md#norm-in-function-space).
 *
 * <pre>A_i = (1/W) sum_r w_r s_ri z~_r z~_r' + floor_i I
 * floor_i = .03 mean eigenvalue of the sum + 2e-5 mean eigenvalue of the sum over all rows</pre>
 */
public final class FunctionNorm {

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
  public static double[][] of(
      GatedRows rows, RowSetting setting, FeatureMap map, double weight, boolean halfSpaces) {
    double[] sums =
        rows.sum("second moments by group", new GroupMomentsPass(setting, halfSpaces))[0];
    int plain = halfSpaces ? 0 : setting.halfSpaces();
    int width = setting.width();
    double[] base = map.mapsRows() ? new double[0] : Coordinates.base(map, true, true);
    double common = trace(inMap(sums, 0, base, width, weight), width) / width;
    double[][] norms = new double[setting.groups()][];
    Arrays.fill(norms, 0, plain, new double[0]);
    IntStream.range(plain, norms.length)
        .parallel()
        .forEach(
            i -> {
              double[] a = inMap(sums, 1 + i - plain, base, width, weight);
              double floor = OWN_FLOOR * trace(a, width) / width + COMMON_FLOOR * common;
              for (int j = 0; j < width; j++) {
                a[j * width + j] += floor;
              }
              norms[i] = inverseRoot(a, width);
            });
    return norms;
  }

  /** {@code B S B' / W} of a group's moments S in row coordinates; no B where it is the identity. */
  private static double[] inMap(double[] sums, int group, double[] base, int width, double weight) {
    double[] s = new double[width * width];
    int from = group * SecondMoments.length(width);
    for (int i = 0; i < width; i++) {
      for (int j = i; j < width; j++) {
        s[i * width + j] = sums[from++] / weight;
        s[j * width + i] = s[i * width + j];
      }
    }
    return base.length == 0 ? s : product(product(base, s, width, false), base, width, true);
  }

  private static double[] product(double[] a, double[] b, int n, boolean transposedB) {
    double[] c = new double[n * n];
    Blas.gemm(false, transposedB, n, n, n, 1.0, a, 0, n, b, 0, n, 0.0, c, 0, n);
    return c;
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
    // Row by row, so that the inner loop runs along memory.
    double[] inverse = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < i; k++) {
        double factor = l[i * n + k];
        for (int j = 0; j <= k; j++) {
          inverse[i * n + j] -= factor * inverse[k * n + j];
        }
      }
      inverse[i * n + i] = 1;
      for (int j = 0; j <= i; j++) {
        inverse[i * n + j] /= l[i * n + i];
      }
    }
    return inverse;
  }
}
