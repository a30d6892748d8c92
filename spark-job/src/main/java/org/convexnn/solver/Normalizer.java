package org.convexnn.solver;

import org.convexnn.block.ColumnStats;
import org.convexnn.linalg.SymmetricEigen;
import org.convexnn.network.FeatureMap;

/**
 * Feature maps from moments. Whitening is the symmetric root of the <em>correlation</em> matrix
 * after standardising: like the root of the covariance a continuous function of the moments, but
 * what counts as zero does not depend on units of measurement.
 */
final class Normalizer {

  private static final double LEAST_EIGENVALUE = 1e-8;

  private Normalizer() {}

  /**
   * Builds the map.
   *
   * @param stats means and ranges of the columns
   * @param moments sum w y y' of columns shifted by their mean and scaled by 1 / half-range, d x d
   */
  static FeatureMap of(TrainingOptions.Normalization kind, ColumnStats stats, double[] moments) {
    int d = stats.mean().length;
    if (kind == TrainingOptions.Normalization.NONE) {
      return FeatureMap.identity(d);
    }
    double[] half = stats.halfRanges();
    double[] deviation = new double[d];
    double[] inverse = new double[d];
    for (int j = 0; j < d; j++) {
      deviation[j] = Math.sqrt(moments[j * d + j] / stats.weight());
      double sd = deviation[j] * half[j];
      inverse[j] = sd > 0 ? 1 / sd : 0;
    }
    if (kind == TrainingOptions.Normalization.STANDARDIZE) {
      return new FeatureMap(stats.mean(), inverse, new double[0]);
    }
    double[] correlation = new double[d * d];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        if (inverse[i] > 0 && inverse[j] > 0) {
          correlation[i * d + j] =
              moments[i * d + j] / (stats.weight() * deviation[i] * deviation[j]);
        }
      }
    }
    SymmetricEigen eigen = SymmetricEigen.of(d, correlation);
    double largest = Math.max(0, eigen.values()[d - 1]);
    double[] roots = new double[d];
    for (int i = 0; i < d; i++) {
      double value = eigen.values()[i];
      roots[i] = value > LEAST_EIGENVALUE * largest ? 1 / Math.sqrt(value) : 0;
    }
    return new FeatureMap(stats.mean(), inverse, eigen.rebuild(roots));
  }
}
