package org.convexnn.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.convexnn.linalg.Blas;
import org.junit.jupiter.api.Test;

/**
 * Closed forms about second moments: docs/theory/relatives.md#quadratic-activation and
 * docs/theory/relatives.md#linear-generators.
 */
class QuadraticNetworkTest {

  private static final double[][] X = {{1, 0}, {0, 1}, {1, 1}, {1, -1}};
  private static final double[] Y = {2, -1, 1.5, 0};

  /** The golden sums the loss over the 4 rows; here it is the mean. */
  @Test
  void golden() {
    QuadraticLoss loss = QuadraticNetwork.loss(TestRows.of(X, Y, TestRows.ones(4)));
    QuadraticNetwork.Fit fit = QuadraticNetwork.fit(loss, 0.2 / 4, 0, 3000);
    NuclearNormProgram.Solution solution = fit.certificate();
    assertThat(4 * solution.objective()).isCloseTo(0.5929066252, within(1e-10));
    assertThat(4 * solution.dualBound()).isCloseTo(0.5929066252, within(1e-10));
    assertThat(solution.weights())
        .containsExactly(
            new double[] {1.7072411958, .3616676066, .3616676066, -.9072411958}, within(1e-7));
    QuadraticNetwork network = fit.network();
    assertThat(network.coefficients()).hasSize(2);
    double objective = 0.2 * Arrays.stream(network.coefficients()).map(Math::abs).sum();
    for (int r = 0; r < 4; r++) {
      objective += 0.5 * Math.pow(network.predict(X[r]) - Y[r], 2);
    }
    assertThat(objective).isCloseTo(0.5929066252, within(1e-10));
    for (int j = 0; j < 2; j++) {
      assertThat(Blas.norm(network.directions(), 2 * j, 2)).isCloseTo(1, within(1e-14));
    }
  }

  /** Weight 2 is the row twice. */
  @Test
  void weights() {
    double[][] twice = {X[0], X[0], X[1], X[2], X[3]};
    double[] labels = {Y[0], Y[0], Y[1], Y[2], Y[3]};
    double[] s =
        QuadraticNetwork.fit(
                QuadraticNetwork.loss(TestRows.of(twice, labels, TestRows.ones(5))),
                0.05,
                1e-12,
                20_000)
            .certificate()
            .weights();
    QuadraticLoss weighted = QuadraticNetwork.loss(TestRows.of(X, Y, new double[] {2, 1, 1, 1}));
    assertThat(QuadraticNetwork.fit(weighted, 0.05, 1e-12, 20_000).certificate().weights())
        .containsExactly(s, within(1e-6));
  }

  @Test
  void manyFeaturesAreRefused() {
    assertThatThrownBy(
            () ->
                QuadraticNetwork.loss(
                    TestRows.of(new double[1][61], new double[1], TestRows.ones(1))))
        .hasMessageContaining("61 features")
        .hasMessageContaining("at most 60");
  }

  /** diag(9, 1) with beta = 2 becomes diag(7, 0). */
  @Test
  void generatorKeepsWhatTheDiscriminatorSees() {
    WassersteinGenerator generator = WassersteinGenerator.of(2, new double[] {9, 0, 0, 1}, 2);
    assertThat(generator.noise()).isEqualTo(1);
    assertThat(generator.secondMoment()).containsExactly(new double[] {7, 0, 0, 0}, within(1e-14));
    // Not diagonal: no eigenvalue moves by more than beta, and the energy is the least.
    double[] moments = {5, 2, 2, 3};
    double[] generated = WassersteinGenerator.of(2, moments, 1.5).secondMoment();
    double[] difference = moments.clone();
    Blas.axpy(-1, generated, difference);
    assertThat(new NuclearNorm(2, 2).dual(difference)).isCloseTo(1.5, within(1e-13));
    double largest = 4 + Math.sqrt(5);
    assertThat(generated[0] + generated[3])
        .isCloseTo(largest - 1.5 + Math.max(0, 8 - largest - 1.5), within(1e-13));
    assertThatThrownBy(() -> WassersteinGenerator.of(2, moments, -1))
        .hasMessageContaining("beta is -1");
  }
}
