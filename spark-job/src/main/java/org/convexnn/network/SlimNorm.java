package org.convexnn.network;

import java.util.Arrays;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.SymmetricEigen;

/**
 * The norm that holds a neuron to the direction of its own gate:
 *
 * <pre>N_i(u) = ||u||_2 where u is in span(e_i, bias), infinite elsewhere;   e_i = h_i / ||h_i||</pre>
 *
 * h_i the direction of half-space i in feature-map coordinates, {@code x.g_i = z.h_i + constant}. Two
 * numbers for a gate instead of D: a function that has one kink, where few rows would not determine
 * more (docs/theory/objective.md#slim-norm). As {@code u = N_i w} with {@code N_i N_i'} the
 * projection on the span it is one more metric of a gate (Coordinates), and the certificate is over
 * all weights in the spans.
 */
public final class SlimNorm {

  private static final double LEAST_EIGENVALUE = 1e-12;

  private SlimNorm() {}

  /**
   * The last two rows of the lower triangular N_i' for every half-space, 2 x D row-major: e_i, zero
   * where the map does not see the gate's direction, and the bias. The rows before them are zero.
   */
  public static double[][] of(FeatureMap map, HalfSpaces gates) {
    int k = map.dimension();
    int width = k + 1;
    double[] directions = inMap(map, gates);
    double[][] norms = new double[gates.size()][2 * width];
    for (int i = 0; i < norms.length; i++) {
      double norm = Blas.norm(directions, i * k, k);
      for (int j = 0; j < k && norm > 0; j++) {
        norms[i][j] = directions[i * k + j] / norm;
      }
      norms[i][width + k] = 1;
    }
    return norms;
  }

  /** {@code N N' q}, the part of q in the span; D numbers at {@code from}, overwritten. */
  public static void project(double[] norm, double[] q, int from) {
    int last = norm.length / 2 - 1;
    double along = 0;
    for (int j = 0; j < last; j++) {
      along += norm[j] * q[from + j];
    }
    for (int j = 0; j < last; j++) {
      q[from + j] = along * norm[j];
    }
  }

  /**
   * h = (M M')^+ M (g / s) of every gate: z = M y and x.g = y.(g / s) + constant, so M'h = g / s, in
   * the least-squares sense where the map has fewer dimensions.
   */
  private static double[] inMap(FeatureMap map, HalfSpaces gates) {
    int d = map.features();
    int k = map.dimension();
    double[] scaled = gates.directions().clone();
    for (int i = 0; i < scaled.length; i++) {
      double inverse = map.inverseScale()[i % d];
      scaled[i] = inverse > 0 ? scaled[i] / inverse : 0;
    }
    if (map.matrix().length == 0) {
      return scaled;
    }
    double[] square = new double[k * k];
    Blas.gemm(false, true, k, k, d, 1.0, map.matrix(), 0, d, map.matrix(), 0, d, 0.0, square, 0, k);
    SymmetricEigen eigen = SymmetricEigen.of(k, square);
    double least = LEAST_EIGENVALUE * Arrays.stream(eigen.values()).max().orElse(0);
    double[] inverse =
        eigen.rebuild(Arrays.stream(eigen.values()).map(v -> v > least ? 1 / v : 0).toArray());
    int p = gates.size();
    double[] mapped = new double[p * k];
    Blas.gemm(false, true, p, k, d, 1.0, scaled, 0, d, map.matrix(), 0, d, 0.0, mapped, 0, k);
    double[] directions = new double[p * k];
    Blas.gemm(false, false, p, k, k, 1.0, mapped, 0, k, inverse, 0, k, 0.0, directions, 0, k);
    return directions;
  }
}
