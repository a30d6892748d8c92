package org.convexnn.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.convexnn.gate.PatternEnumeration;
import org.convexnn.gate.PatternEnumeration.Pattern;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.SingularValues;
import org.convexnn.loss.SoftmaxLoss;
import org.junit.jupiter.api.Test;

/**
 * The nuclear norm of several outputs (docs/theory/objective.md#several-outputs,
 * docs/theory/golden.md#several-outputs), which is weight decay of a gated network: data set E1,
 * all ten patterns, losses summed over rows. The values of the other norms are those that
 * GoldenE1Test finds with the solvers of the package.
 */
class VectorOutputTest {

  private static final double[] X = {1, 0, 0, 1, -1, 1, 1, 2, -1, -1};
  private static final int N = 5;
  private static final List<Pattern> PATTERNS = PatternEnumeration.homogeneous(2, X);
  private static final int Q = 2 * PATTERNS.size();

  /** F, n x 2 P. */
  private static double[] masked() {
    double[] f = new double[N * Q];
    for (int r = 0; r < N; r++) {
      for (int k = 0; k < Q; k++) {
        f[r * Q + k] = PATTERNS.get(k / 2).active()[r] ? X[2 * r + k % 2] : 0;
      }
    }
    return f;
  }

  private static double[] product(double[] a, boolean transposed, double[] b, int columns) {
    double[] f = new double[(transposed ? Q : N) * columns];
    Blas.gemm(
        transposed,
        false,
        transposed ? Q : N,
        columns,
        transposed ? N : Q,
        1.0,
        a,
        0,
        Q,
        b,
        0,
        columns,
        0.0,
        f,
        0,
        columns);
    return f;
  }

  private static NuclearNormProgram.Solution squared(double beta) {
    double[] y = {1, 0, -1, 1, 2, 1, 0.5, -1, -0.5, 0.5};
    double[] f = masked();
    QuadraticLoss loss =
        new QuadraticLoss(product(f, true, f, Q), product(f, true, y, 2), Blas.dot(y, y));
    return new NuclearNormProgram(loss, new NuclearNorm(2, 2), beta).solve(1e-11, 50_000);
  }

  @Test
  void squaredLoss() {
    NuclearNormProgram.Solution nuclear = squared(0.3);
    assertThat(nuclear.objective()).isCloseTo(1.3590651104, within(1e-9));
    assertThat(nuclear.dualBound()).isCloseTo(1.3590651104, within(1e-9));
  }

  /**
   * Decoded, u = sqrt(s_k) p_k and a = sqrt(s_k) q_k, the gated network's weight decay is the nuclear
   * norm and its outputs are those of the blocks.
   */
  @Test
  void weightDecayOfTheDecodedNetworkIsTheNuclearNorm() {
    double[] weights = squared(0.3).weights();
    double decay = 0;
    double[] outputs = new double[2 * N];
    for (int i = 0; i < PATTERNS.size(); i++) {
      SingularValues svd = SingularValues.of(2, 2, Arrays.copyOfRange(weights, 4 * i, 4 * i + 4));
      for (int k = 0; k < 2; k++) {
        double root = Math.sqrt(svd.values()[k]);
        double[] u = {root * svd.left()[k], root * svd.left()[2 + k]};
        double[] a = {root * svd.right()[2 * k], root * svd.right()[2 * k + 1]};
        decay += 0.5 * (Blas.dot(u, u) + Blas.dot(a, a));
        for (int r = 0; r < N; r++) {
          double score = PATTERNS.get(i).active()[r] ? X[2 * r] * u[0] + X[2 * r + 1] * u[1] : 0;
          outputs[2 * r] += score * a[0];
          outputs[2 * r + 1] += score * a[1];
        }
      }
    }
    Blas.axpy(-1, new double[] {1, 0, -1, 1, 2, 1, 0.5, -1, -0.5, 0.5}, outputs);
    assertThat(0.5 * Blas.dot(outputs, outputs) + 0.3 * decay)
        .isCloseTo(1.3590651104, within(1e-9));
  }

  /** Frobenius <= nuclear <= own groups of each output <= sqrt(C) nuclear, and so at the optima. */
  @Test
  void orderOfTheNorms() {
    double frobenius = 1.2144020211;
    double perClass = 1.4398846889;
    assertThat(squared(0.3).dualBound()).isGreaterThan(frobenius);
    assertThat(squared(0.3).objective()).isLessThan(perClass);
    assertThat(squared(0.3 * Math.sqrt(2)).dualBound()).isGreaterThan(perClass);
    assertThat(squared(0.3 / Math.sqrt(2)).objective()).isLessThan(frobenius);
  }

  /**
   * Softmax of F W, summed over rows; its dual value by the entropies of
   * docs/theory/certificates.md#losses.
   */
  private record Softmax(double[] f, double[] labels) implements SmoothLoss {

    private static final int C = 3;
    private static final SoftmaxLoss LOSS = new SoftmaxLoss(C);

    @Override
    public int length() {
      return Q * C;
    }

    @Override
    public double curvature() {
      double largest = SingularValues.of(N, Q, f).values()[0];
      return 0.5 * largest * largest;
    }

    @Override
    public Point at(double[] w) {
      double[] scores = product(f, false, w, C);
      double[] residuals = new double[N * C];
      double value = 0;
      for (int r = 0; r < N; r++) {
        value += LOSS.value(labels[r], scores, r * C);
        LOSS.derivative(labels[r], scores, r * C, residuals, r * C);
      }
      return new At(value, product(f, true, residuals, C), residuals, labels);
    }

    private record At(double value, double[] gradient, double[] residuals, double[] labels)
        implements Point {

      @Override
      public double dualBound(double most) {
        double tau = Math.min(1, most);
        double bound = 0;
        for (int k = 0; k < residuals.length; k++) {
          double p = tau * residuals[k] + (labels[k / C] == k % C ? 1 : 0);
          bound -= p > 0 ? p * Math.log(p) : 0;
        }
        return bound;
      }
    }
  }

  @Test
  void softmax() {
    Softmax loss = new Softmax(masked(), new double[] {0, 1, 2, 0, 1});
    NuclearNorm norm = new NuclearNorm(2, 3);
    assertThat(NuclearNormProgram.betaMax(loss, norm)).isCloseTo(2.3094010768, within(1e-9));
    NuclearNormProgram.Solution nuclear =
        new NuclearNormProgram(loss, norm, 0.1).solve(1e-10, 100_000);
    assertThat(nuclear.objective()).isCloseTo(1.1803456497, within(1e-9));
    assertThat(nuclear.dualBound()).isCloseTo(1.1803456497, within(1e-9));
    double perClass = 1.4283103496;
    assertThat(nuclear.objective()).isLessThan(perClass);
    double above = 0.1 * Math.sqrt(3);
    assertThat(new NuclearNormProgram(loss, norm, above).solve(1e-6, 100_000).dualBound())
        .isGreaterThan(perClass);
  }
}
