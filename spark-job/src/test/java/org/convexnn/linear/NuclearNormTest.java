package org.convexnn.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.convexnn.linalg.Blas;
import org.junit.jupiter.api.Test;

class NuclearNormTest {

  /** SVT(diag(3, 1), .5) = diag(2.5, .5): docs/theory/relatives.md#deep-linear-networks. */
  @Test
  void thresholdedSingularValues() {
    NuclearNorm norm = new NuclearNorm(2, 2);
    assertThat(norm.prox(new double[] {3, 0, 0, 1}, 0.5))
        .containsExactly(new double[] {2.5, 0, 0, 0.5}, within(1e-14));
    assertThat(norm.sum(new double[] {3, 0, 0, 1})).isCloseTo(4, within(1e-14));
    assertThat(norm.dual(new double[] {3, 0, 0, 1, 0, -5, 0, 0})).isCloseTo(5, within(1e-14));
  }

  /** z = prox(w) iff w - z is t times a subgradient: dual norm at most t, aligned with z. */
  @Test
  void proxIsStationary() {
    NuclearNorm norm = new NuclearNorm(3, 2);
    double[] w = new Random(6).doubles(4 * 6, -1, 1).toArray();
    double t = 0.6;
    double[] z = norm.prox(w, t);
    double[] rest = w.clone();
    Blas.axpy(-1, z, rest);
    assertThat(norm.dual(rest)).isLessThanOrEqualTo(t + 1e-14);
    assertThat(Blas.dot(rest, z)).isCloseTo(t * norm.sum(z), within(1e-13));
    assertThat(norm.sum(z)).isBetween(0.1, norm.sum(w) - 0.1);
  }

  @Test
  void shapesAreChecked() {
    assertThatThrownBy(() -> new NuclearNorm(0, 2)).hasMessageContaining("0 x 2");
    QuadraticLoss loss = new QuadraticLoss(new double[] {1, 0, 0, 1}, new double[2], 1);
    assertThatThrownBy(() -> new NuclearNormProgram(loss, new NuclearNorm(3, 1), 1))
        .hasMessageContaining("2 weights")
        .hasMessageContaining("3 x 1");
    assertThatThrownBy(() -> new NuclearNormProgram(loss, new NuclearNorm(2, 1), 0))
        .hasMessageContaining("beta is 0");
    assertThatThrownBy(() -> new QuadraticLoss(new double[3], new double[2], 1))
        .hasMessageContaining("q x q");
  }
}
