package org.convexnn.solver.setup;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.convexnn.block.ColumnStats;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.SymmetricEigen;
import org.convexnn.network.FeatureMap;

/**
 * The span that gates are held to by {@code patternRank} k: {@code p = V_k' (z - mean z)} with V_k
 * the top k right singular vectors of the centred features Z_c in feature-map coordinates, rows
 * weighted. A gate is any half-space of p: its threshold is free, so centring costs nothing. Gates see
 * the rows as {@code z_k = mean z + V_k p} and nothing else, weights see z
 * (docs/theory/depth.md#low-rank).
 *
 * @param map of raw features to p
 * @param next {@code sigma_{k+1}(Z_c) / sqrt(W)}: how far rows lie from the span, as a root mean
 *     square in the worst direction
 */
public record PatternSpan(FeatureMap map, double next) {

  /**
   * The span, from the moments that the feature map came from.
   *
   * @param rank k, positive
   * @param map the feature map, linear
   * @param moments sum w y y' of columns shifted by their mean and scaled by 1 / half-range, d x d
   * @throws IllegalArgumentException where k is above the number of coordinates
   */
  static PatternSpan of(int rank, FeatureMap map, ColumnStats stats, double[] moments) {
    int d = map.features();
    int k = map.dimension();
    if (rank > k) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "patternRank is %d, but the rows have %d %s: it must be at most that; 0 lets gates"
                  + " use all of them",
              rank,
              k,
              k < d ? "principal components of " + d + " features" : "features"));
    }
    SymmetricEigen eigen = SymmetricEigen.of(k, covariance(map, stats, moments));
    double[] vectors = new double[rank * k];
    for (int i = 0; i < rank; i++) {
      int from = (k - 1 - i) * k;
      double sign = Normalizer.sign(eigen.vectors(), from, k);
      for (int j = 0; j < k; j++) {
        vectors[i * k + j] = sign * eigen.vectors()[from + j];
      }
    }
    double next = rank < k ? Math.sqrt(Math.max(0, eigen.values()[k - 1 - rank])) : 0;
    return new PatternSpan(
        new FeatureMap(stats.mean(), map.inverseScale(), inScaled(vectors, rank, map)), next);
  }

  /** {@code A S A' / W}, A = M diag(inverseScale half-range): the covariance of z, k x k. */
  private static double[] covariance(FeatureMap map, ColumnStats stats, double[] moments) {
    int d = map.features();
    int k = map.dimension();
    double[] half = stats.halfRanges();
    double[] a = map.matrix().length > 0 ? map.matrix().clone() : identity(d);
    for (int i = 0; i < a.length; i++) {
      a[i] *= map.inverseScale()[i % d] * half[i % d];
    }
    double[] left = new double[k * d];
    Blas.gemm(false, false, k, d, d, 1 / stats.weight(), a, 0, d, moments, 0, d, 0.0, left, 0, d);
    double[] covariance = new double[k * k];
    Blas.gemm(false, true, k, k, d, 1.0, left, 0, d, a, 0, d, 0.0, covariance, 0, k);
    return covariance;
  }

  private static double[] identity(int d) {
    double[] identity = new double[d * d];
    IntStream.range(0, d).forEach(j -> identity[j * (d + 1)] = 1);
    return identity;
  }

  /** {@code V' M}. */
  private static double[] inScaled(double[] vectors, int rank, FeatureMap map) {
    double[] rows = new double[rank * map.features()];
    for (int i = 0; i < rank; i++) {
      int k = map.dimension();
      double[] row = map.multiplyTransposed(Arrays.copyOfRange(vectors, i * k, (i + 1) * k));
      System.arraycopy(row, 0, rows, i * map.features(), map.features());
    }
    return rows;
  }

  /** k. */
  public int rank() {
    return map.dimension();
  }
}
