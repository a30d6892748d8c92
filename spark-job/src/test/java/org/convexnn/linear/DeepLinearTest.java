package org.convexnn.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.SingularValues;
import org.convexnn.solver.rows.LocalRows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Deep linear networks: the values of docs/theory/relatives.md#deep-linear-networks, the closed
 * form, the objective by layers.
 */
class DeepLinearTest {

  private static final int N = 40;
  private static final int D = 5;
  private static final int C = 3;

  /** Columns X, then targets Y = X W + noise with W of rank 2. */
  private static double[][] table(boolean orthonormal) {
    Random random = new Random(8);
    double[] x = gaussians(random, N * D);
    if (orthonormal) {
      // U of the SVD has orthonormal columns.
      x = SingularValues.of(N, D, x).left();
    }
    double[] w = new double[D * C];
    Blas.gemm(
        false,
        false,
        D,
        C,
        2,
        1.0,
        gaussians(random, 2 * D),
        0,
        2,
        gaussians(random, 2 * C),
        0,
        C,
        0.0,
        w,
        0,
        C);
    double[][] rows = new double[N][D + C];
    for (int r = 0; r < N; r++) {
      System.arraycopy(x, r * D, rows[r], 0, D);
      for (int c = 0; c < C; c++) {
        rows[r][D + c] = 0.1 * random.nextGaussian();
        for (int j = 0; j < D; j++) {
          rows[r][D + c] += x[r * D + j] * w[j * C + c];
        }
      }
    }
    return rows;
  }

  private static double[] gaussians(Random random, int count) {
    return random.doubles(count).map(u -> random.nextGaussian()).toArray();
  }

  private static LocalRows rows(double[][] table, double[] weights) {
    return TestRows.of(table, new double[N], weights);
  }

  /** The objective from the layers and the rows alone. */
  private static double objective(
      LinearNetwork network, double[][] table, double[] s, double beta) {
    double[] w = network.product();
    double sum = 0;
    double weight = 0;
    for (int r = 0; r < N; r++) {
      for (int c = 0; c < C; c++) {
        double error = -table[r][D + c];
        for (int j = 0; j < D; j++) {
          error += table[r][j] * w[j * C + c];
        }
        sum += 0.5 * s[r] * error * error;
      }
      weight += s[r];
    }
    return sum / weight + beta * network.parallelPenalty();
  }

  @Test
  void costOfStandardAndParallelNetworks() {
    LinearNetwork network = LinearNetwork.of(3, 2, 2, new double[] {3, 0, 0, 1});
    assertThat(network.standardPenalty()).isCloseTo(4.6201257346, within(1e-10));
    assertThat(network.parallelPenalty()).isCloseTo(6, within(1e-13));
    assertThat(network.product()).containsExactly(new double[] {3, 0, 0, 1}, within(1e-14));
  }

  /** X'X = I: the thresholded singular values of X'Y, after one step and without a gap. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 6})
  void orthonormalFeatures(int depth) {
    double[][] table = table(true);
    QuadraticLoss loss = QuadraticLoss.of(rows(table, TestRows.ones(N)), C);
    double[] cross = new double[D * C];
    for (double[] row : table) {
      for (int k = 0; k < cross.length; k++) {
        cross[k] += row[k / C] * row[D + k % C];
      }
    }
    // docs/theory/golden.md sums the loss over rows, QuadraticLoss takes the mean.
    double beta = 0.4 / depth;
    DeepLinear.Fit fit = new DeepLinear(depth, beta / N).fit(loss, 1e-12, 5);
    double[] expected = new NuclearNorm(D, C).prox(cross, beta * depth / 2);
    assertThat(fit.certificate().iterations()).isEqualTo(1);
    assertThat(fit.certificate().weights()).containsExactly(expected, within(1e-12));
    assertThat(fit.network().product()).containsExactly(expected, within(1e-12));
    assertThat(fit.network().branches()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void certificateIsOfTheLayers(int depth) {
    double[][] table = table(false);
    double[] weights = new Random(2).doubles(N, 0.5, 2).toArray();
    QuadraticLoss loss = QuadraticLoss.of(rows(table, weights), C);
    double beta = 0.1 / depth;
    DeepLinear.Fit fit = new DeepLinear(depth, beta).fit(loss, 1e-11, 5000);
    NuclearNormProgram.Solution solution = fit.certificate();
    assertThat(solution.relativeGap()).isLessThanOrEqualTo(1e-11);
    assertThat(solution.dualBound()).isLessThanOrEqualTo(solution.objective() + 1e-15);
    double objective = objective(fit.network(), table, weights, beta);
    assertThat(objective).isCloseTo(solution.objective(), within(1e-11));
    assertThat(fit.network().branches()).as("as few as the data needs").isEqualTo(2);
    // ||X' Lambda||_2 = beta L / 2 where W is not zero.
    double[] gradient = loss.at(solution.weights()).gradient();
    assertThat(new NuclearNorm(D, C).dual(gradient)).isCloseTo(0.05, within(1e-6));
    // A network nearby is worse.
    Random random = new Random(5);
    for (int k = 0; k < 20; k++) {
      double[] other = solution.weights().clone();
      Blas.axpy(0.01, gaussians(random, other.length), other);
      LinearNetwork near = LinearNetwork.of(depth, D, C, other);
      assertThat(objective(near, table, weights, beta)).isGreaterThan(objective);
    }
  }

  /** Depth is a factor of beta: L layers at beta are two at beta L / 2. */
  @Test
  void depthScalesBeta() {
    QuadraticLoss loss = QuadraticLoss.of(rows(table(false), TestRows.ones(N)), C);
    double[] deep = new DeepLinear(6, 0.02).fit(loss, 1e-12, 5000).certificate().weights();
    double[] two = new DeepLinear(2, 0.06).fit(loss, 1e-12, 5000).certificate().weights();
    assertThat(deep).containsExactly(two, within(1e-12));
  }

  @Test
  void atBetaMaxNothingIsLeft() {
    QuadraticLoss loss = QuadraticLoss.of(rows(table(false), TestRows.ones(N)), C);
    double most = NuclearNormProgram.betaMax(loss, new NuclearNorm(D, C));
    assertThat(new DeepLinear(2, most).fit(loss, 1e-12, 10).network().branches()).isZero();
    assertThat(new DeepLinear(2, 0.99 * most).fit(loss, 1e-12, 5000).network().branches())
        .isEqualTo(1);
  }

  @Test
  void wrongShapesAreRefused() {
    LocalRows rows = rows(table(false), TestRows.ones(N));
    assertThatThrownBy(() -> QuadraticLoss.of(rows, D + C))
        .hasMessageContaining("8 target columns");
    assertThatThrownBy(() -> new DeepLinear(1, 0.1)).hasMessageContaining("depth is 1");
    assertThatThrownBy(() -> new DeepLinear(2, Double.NaN)).hasMessageContaining("beta is NaN");
  }
}
