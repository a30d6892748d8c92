package org.convexnn.solver.setup;

import org.convexnn.block.ColumnStats;
import org.convexnn.linalg.SymmetricEigen;
import org.convexnn.network.FeatureMap;
import org.convexnn.solver.TrainingOptions;

/**
 * Feature maps from moments, by the eigenvectors v_i and eigenvalues w_1 >= w_2 >= ... of the
 * <em>correlation</em> matrix R of the columns, for what counts as zero, or as small, must not depend
 * on units of measurement. y are the standardised columns.
 *
 * <ul>
 *   <li>Whitening, {@code z = R^(-1/2) y}: like the root of the covariance a continuous function of
 *       the moments.
 *   <li>Principal components, half-whitened, {@code z_i = c w_i^(-1/4) v_i'y} for the k = 120 leading
 *       ones (fewer where the rank is lower): uncorrelated, of variances {@code c^2 w_i^(1/2)}, with c
 *       such that these are one on average. The entry of v_i that is largest in magnitude, the first
 *       of several, is positive. (docs/theory/gates.md#feature-maps: whitening amplifies the noise
 *       of many columns, variances as they come make slow convergence.)
 * </ul>
 */
final class Normalizer {

  /** k, the most principal components that are kept. */
  static final int MOST_COMPONENTS = 120;

  private static final double LEAST_EIGENVALUE = 1e-8;
  private static final int MANY_FEATURES = 300;
  // One-hot columns are hardly correlated: components of them leave out most of what they say.
  private static final double LEAST_SHARE = 0.6;
  private static final double TIE = 1e-6;

  private Normalizer() {}

  /** Whether the map depends on more than the diagonal of the second moments. */
  static boolean needsMatrix(TrainingOptions.Normalization kind) {
    return switch (kind) {
      case AUTO, WHITEN, PCA -> true;
      case STANDARDIZE, NONE -> false;
    };
  }

  /**
   * Builds the map.
   *
   * @param stats means and ranges of the columns
   * @param moments sum w y y' of columns shifted by their mean and scaled by 1 / half-range: d x d,
   *     or its diagonal where {@link #needsMatrix} is false and nobody else needs the rest
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
      deviation[j] = Math.sqrt(moments[moments.length > d ? j * d + j : j] / stats.weight());
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
    boolean components =
        kind == TrainingOptions.Normalization.PCA
            || (kind == TrainingOptions.Normalization.AUTO && componentsSuffice(eigen));
    return new FeatureMap(
        stats.mean(), inverse, components ? halfWhitened(eigen) : whitened(eigen));
  }

  /** Whether columns are many and a part of their components holds most of their variance. */
  private static boolean componentsSuffice(SymmetricEigen eigen) {
    int d = eigen.n();
    double held = 0;
    double all = 0;
    for (int i = 0; i < d; i++) {
      all += eigen.values()[i];
      held += i < d - MOST_COMPONENTS ? 0 : eigen.values()[i];
    }
    return d > MANY_FEATURES && held >= LEAST_SHARE * all;
  }

  private static double[] whitened(SymmetricEigen eigen) {
    double[] roots = new double[eigen.n()];
    for (int i = 0; i < roots.length; i++) {
      double value = eigen.values()[i];
      roots[i] = counts(value, eigen) ? 1 / Math.sqrt(value) : 0;
    }
    return eigen.rebuild(roots);
  }

  /** The matrix of the leading components, k x d; one row of zeros where all columns are constant. */
  private static double[] halfWhitened(SymmetricEigen eigen) {
    int d = eigen.n();
    int k = 0;
    double roots = 0;
    while (k < Math.min(MOST_COMPONENTS, d) && counts(eigen.values()[d - 1 - k], eigen)) {
      roots += Math.sqrt(eigen.values()[d - 1 - k++]);
    }
    double[] matrix = new double[Math.max(1, k) * d];
    for (int i = 0; i < k; i++) {
      int from = (d - 1 - i) * d;
      double scale =
          sign(eigen.vectors(), from, d)
              * Math.sqrt(k / (roots * Math.sqrt(eigen.values()[d - 1 - i])));
      for (int j = 0; j < d; j++) {
        matrix[i * d + j] = scale * eigen.vectors()[from + j];
      }
    }
    return matrix;
  }

  private static boolean counts(double eigenvalue, SymmetricEigen eigen) {
    double largest = Math.max(0, eigen.values()[eigen.n() - 1]);
    return eigenvalue > LEAST_EIGENVALUE * largest;
  }

  /** The sign of the first entry as large as any; rounding does not choose between equal ones. */
  static double sign(double[] vectors, int from, int d) {
    double largest = 0;
    for (int j = from; j < from + d; j++) {
      largest = Math.max(largest, Math.abs(vectors[j]));
    }
    int first = from;
    while (Math.abs(vectors[first]) < (1 - TIE) * largest) {
      first++;
    }
    return Math.signum(vectors[first]);
  }
}
