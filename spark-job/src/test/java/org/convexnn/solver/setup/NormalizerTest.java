package org.convexnn.solver.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.convexnn.block.ColumnStats;
import org.convexnn.block.pass.data.ColumnStatsPass;
import org.convexnn.block.pass.data.MomentsPass;
import org.convexnn.linalg.Blas;
import org.convexnn.network.FeatureMap;
import org.convexnn.solver.Training;
import org.convexnn.solver.TrainingOptions.Normalization;
import org.convexnn.solver.rows.LocalRows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Feature maps of principal components, against what defines them, computed from the rows. */
class NormalizerTest {

  private static FeatureMap map(Normalization kind, double[][] x) {
    double[] ones = Training.ones(x.length);
    return map(kind, new Training.Data(x, new double[x.length], ones));
  }

  private static FeatureMap map(Normalization kind, Training.Data data) {
    LocalRows rows = data.rows(64);
    ColumnStats stats = rows.sum("statistics", new ColumnStatsPass(rows.features()));
    double[] half = stats.halfRanges();
    double[] inverse = Arrays.stream(half).map(h -> h > 0 ? 1 / h : 0).toArray();
    double[][] moments =
        rows.sum(
            "moments", new MomentsPass(stats.mean(), inverse, 0, 1, !Normalizer.needsMatrix(kind)));
    return Normalizer.of(kind, stats, moments[0]);
  }

  /** n rows of d columns that combine a few factors, with noise, in units of their own. */
  private static double[][] factors(long seed, int n, int d, int factors, double noise) {
    Random random = new Random(seed);
    double[] loadings = random.doubles(factors * d, -1, 1).toArray();
    double[][] x = new double[n][d];
    for (double[] row : x) {
      double[] factor = new double[factors];
      Arrays.setAll(factor, k -> random.nextGaussian() * (1 + k));
      for (int j = 0; j < d; j++) {
        double value = noise * random.nextGaussian();
        for (int k = 0; k < factors; k++) {
          value += factor[k] * loadings[k * d + j];
        }
        row[j] = Math.pow(10, j % 5 - 2) * value + 3 * j;
      }
    }
    return x;
  }

  /** Sums of w a b / sum of w over rows of mean zero. */
  private static double moment(double[][] rows, double[] w, int a, int b) {
    double sum = 0;
    double weight = 0;
    for (int r = 0; r < rows.length; r++) {
      sum += w[r] * rows[r][a] * rows[r][b];
      weight += w[r];
    }
    return sum / weight;
  }

  /** Cov z is diagonal, diag(z)^2 is to the eigenvalues as one number, and R v = w v. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void halfWhitenedEigenvectorsOfTheCorrelation(int d) {
    double[][] x = factors(d, 300, d, 3, 0.5);
    double[] weights = new Random(1).doubles(300, 0.5, 2).toArray();
    FeatureMap map = map(Normalization.PCA, new Training.Data(x, new double[x.length], weights));
    assertThat(map.dimension()).isEqualTo(d);
    assertThat(map.mapsRows()).isFalse();
    double[][] y = new double[x.length][d];
    for (int r = 0; r < x.length; r++) {
      map.scale(x[r], y[r]);
    }
    double[][] z = Arrays.stream(x).map(map::apply).toArray(double[][]::new);
    double total = 0;
    double previous = Double.POSITIVE_INFINITY;
    double[] ratios = new double[d];
    for (int i = 0; i < d; i++) {
      double variance = moment(z, weights, i, i);
      total += variance;
      assertThat(variance).isLessThan(previous);
      previous = variance;
      for (int k = 0; k < i; k++) {
        assertThat(moment(z, weights, i, k)).isCloseTo(0, within(1e-10));
      }
      double[] row = Arrays.copyOfRange(map.matrix(), i * d, (i + 1) * d);
      double[] image = new double[d];
      for (int a = 0; a < d; a++) {
        for (int b = 0; b < d; b++) {
          image[a] += moment(y, weights, a, b) * row[b];
        }
      }
      double eigenvalue = Blas.dot(row, image) / Blas.dot(row, row);
      for (int a = 0; a < d; a++) {
        assertThat(image[a]).isCloseTo(eigenvalue * row[a], within(1e-10));
      }
      ratios[i] = variance * variance / eigenvalue;
      double largest = Arrays.stream(row).map(Math::abs).max().orElseThrow();
      assertThat(Arrays.stream(row).max().orElseThrow()).as("sign").isEqualTo(largest);
    }
    assertThat(total / d).isCloseTo(1, within(1e-12));
    for (double ratio : ratios) {
      assertThat(ratio).isCloseTo(ratios[0], within(1e-9 * ratios[0]));
    }
  }

  /** R = [[1, r], [r, 1]] has w = 1 + r, 1 - r along (1, 1) and (1, -1): equal entries, a sign. */
  @ParameterizedTest
  @ValueSource(doubles = {0.5, -0.5})
  void twoColumnsInClosedForm(double r) {
    double s = Math.sqrt(1 - r * r);
    double[][] x = {{1, r + s}, {1, r - s}, {-1, -r - s}, {-1, -r + s}};
    FeatureMap map = map(Normalization.PCA, x);
    double c = Math.sqrt(2 / (Math.sqrt(1.5) + Math.sqrt(0.5)));
    double first = c * Math.pow(1.5, -0.25) / Math.sqrt(2);
    double second = c * Math.pow(0.5, -0.25) / Math.sqrt(2);
    double sign = Math.signum(r);
    assertThat(map.matrix())
        .containsExactly(new double[] {first, sign * first, second, -sign * second}, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"500, 130, 120", "500, 119, 119", "10, 130, 9"})
  void asManyComponentsAsRowsColumnsAndTheLimitAllow(int n, int d, int expected) {
    FeatureMap map = map(Normalization.PCA, factors(1, n, d, 3, 1));
    assertThat(map.dimension()).isEqualTo(expected);
    assertThat(map.mapsRows()).isEqualTo(expected < d);
  }

  @Test
  void constantAndRepeatedColumnsAddNoComponent() {
    double[][] x = new double[200][];
    Random random = new Random(2);
    for (int r = 0; r < x.length; r++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      x[r] = new double[] {7, a, -2 * a, b, 0};
    }
    FeatureMap map = map(Normalization.PCA, x);
    assertThat(map.dimension()).isEqualTo(2);
    for (double[] row : x) {
      assertThat(map.apply(row)).doesNotContain(Double.NaN);
      double[] moved = row.clone();
      moved[0] += 1;
      assertThat(map.apply(moved)).as("a constant column").containsExactly(map.apply(row));
    }
    double[][] constant = new double[50][];
    Arrays.fill(constant, new double[] {1, 2, 3});
    FeatureMap none = map(Normalization.PCA, constant);
    assertThat(none.dimension()).isEqualTo(1);
    assertThat(none.apply(new double[] {4, 5, 6})).containsExactly(0);
  }

  /** Many columns that few components explain; many that they do not; few. */
  @ParameterizedTest
  @CsvSource({"900, 301, 0.3, 120", "6000, 301, 1e9, 301", "900, 300, 0.3, 300"})
  void autoTakesComponentsWhereTheyHoldMostOfManyColumns(int n, int d, double noise, int expected) {
    double[][] x = factors(3, n, d, 20, noise);
    FeatureMap map = map(Normalization.AUTO, x);
    assertThat(map.dimension()).isEqualTo(expected);
    Normalization same = expected < d ? Normalization.PCA : Normalization.WHITEN;
    assertThat(map.matrix()).isEqualTo(map(same, x).matrix());
  }
}
