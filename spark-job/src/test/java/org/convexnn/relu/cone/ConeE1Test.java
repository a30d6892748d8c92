package org.convexnn.relu.cone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Optional;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.ReluNetwork;
import org.convexnn.solver.StopReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Exact ReLU on E1, all ten patterns: the values of docs/theory/golden.md#e1-exact-relu and
 * docs/theory/golden.md#admm-on-e1.
 */
class ConeE1Test {

  private static final int N = ConeE1.N;
  private static final double OPTIMUM = 1.7039696961966997;

  private static ConeAdmm admm(ConeProgram program, double beta, double alpha, double rho) {
    // The theory's rho_z counts once, rho_f and rho_s once a row.
    return new ConeAdmm(
        program, beta / N, alpha, Optional.of(new AdmmPenalties(rho, rho, rho / N)));
  }

  @Test
  void firstTwoIterates() {
    ConeProgram program = ConeE1.program(ConeE1.Y, new SquaredLoss());
    ConeAdmm admm = admm(program, 0.3, 1, 1);
    ConeAdmm.Iteration one = admm.advance(false);
    assertThat(Blas.norm(admm.consensus(), 0, program.length())).isZero();
    assertThat(one.primalResidual()).isCloseTo(1.2747548784, within(1e-10));
    assertThat(N * one.dualResidual()).isCloseTo(4.4860896112, within(1e-10));
    ConeAdmm.Iteration two = admm.advance(false);
    assertThat(Blas.norm(admm.consensus(), 0, program.length()))
        .isCloseTo(.4996658330, within(1e-10));
    assertThat(two.primalResidual()).isCloseTo(.9081065193, within(1e-10));
    assertThat(N * two.dualResidual()).isCloseTo(2.2343761138, within(1e-10));
  }

  @ParameterizedTest
  @CsvSource({
    "10, 1.5450809301, .4619683719",
    "50, 1.6873221910, .3024494254",
    "100, 1.7038957163, ",
    "200, 1.7039696960, "
  })
  void boundsWithoutAnExtraPass(int iteration, double lower, Double price) {
    ConeAdmm admm = admm(ConeE1.program(ConeE1.Y, new SquaredLoss()), 0.3, 1.6, 1);
    ConeAdmm.Iteration done = null;
    for (int k = 0; k < iteration; k++) {
      done = admm.advance(false);
      assertThat(N * done.bound()).isLessThanOrEqualTo(OPTIMUM + 1e-9);
    }
    assertThat(N * done.bound()).isCloseTo(lower, within(1e-10));
    if (price != null) {
      assertThat(N * done.price()).isCloseTo(price, within(1e-10));
    }
  }

  @ParameterizedTest
  @CsvSource({"10, 1.9001959943", "50, 1.7076847246", "100, 1.7039734067", "200, 1.7039696962"})
  void networkOfAnIterateIsAnUpperBound(int iteration, double upper) {
    ConeAdmm admm = admm(ConeE1.program(ConeE1.Y, new SquaredLoss()), 0.3, 1.6, 1);
    for (int k = 0; k < iteration; k++) {
      admm.advance(false);
    }
    // An iteration evaluates the z that it starts from.
    assertThat(N * admm.advance(true).point().orElseThrow().networkObjective())
        .isCloseTo(upper, within(1e-10));
  }

  @ParameterizedTest
  @CsvSource({"10, 1.4938449, 1.9756553", "100, 1.7647950, 1.7657364", "500, 1.7656664, 1.7656664"})
  void logisticBounds(int iteration, double lower, double upper) {
    ConeAdmm admm = admm(ConeE1.program(ConeE1.CLASSES, new LogisticLoss()), 0.1, 1.6, 0.3);
    ConeAdmm.Iteration done = null;
    for (int k = 0; k < iteration; k++) {
      done = admm.advance(true);
    }
    assertThat(N * done.bound()).isCloseTo(lower, within(1e-7));
    assertThat(N * admm.advance(true).point().orElseThrow().networkObjective())
        .isCloseTo(upper, within(1e-7));
  }

  @ParameterizedTest
  @CsvSource({
    "2.9, 3.25",
    "2.0, 3.2123742",
    "1.0, 2.8808423",
    "0.3, 1.7039696962",
    "0.1, 0.7709882"
  })
  void newtonReachesThePath(double beta, double optimum) {
    ConeProgram program = ConeE1.program(ConeE1.Y, new SquaredLoss());
    ConeSolution solution = new ConeNewton(program, beta / N).solve(1e-8, 100);
    assertThat(N * solution.point().objective()).isCloseTo(optimum, within(1e-7));
    assertThat(N * solution.lower()).isCloseTo(optimum, within(1e-7));
  }

  @Test
  void logisticOptimum() {
    ConeProgram program = ConeE1.program(ConeE1.CLASSES, new LogisticLoss());
    ConeSolution solution = new ConeNewton(program, 0.1 / N).solve(1e-8, 100);
    assertThat(N * solution.point().objective()).isCloseTo(1.7656664147, within(1e-7));
    assertThat(N * solution.lower()).isCloseTo(1.7656664147, within(1e-7));
  }

  /** No pattern prices above beta at the optimum, and both signs reach it. */
  @Test
  void pricesAtTheOptimum() {
    ConeProgram program = ConeE1.program(ConeE1.Y, new SquaredLoss());
    ConeSolution solution = new ConeNewton(program, 0.3 / N).solve(1e-8, 100);
    double[] prices = new ConePrices(program).at(solution.weights());
    assertThat(N * Arrays.stream(prices, 0, 10).max().orElseThrow()).isCloseTo(.3, within(1e-4));
    assertThat(N * Arrays.stream(prices, 10, 20).max().orElseThrow()).isCloseTo(.3, within(1e-4));
  }

  @Test
  void logisticFit() {
    ConeProgram program = ConeE1.program(ConeE1.CLASSES, new LogisticLoss());
    ConeSolution solution = new ConeNewton(program, 0.1 / N).solve(1e-8, 100);
    ReluNetwork network = new ConeDecoder(program).decodeSparsely(solution.weights());
    double[] golden = {3.51655595, -.47373872, 1.58059891, 2.56907851, -2.57582353};
    double[] f = new double[1];
    for (int r = 0; r < N; r++) {
      network.evaluate(ConeE1.X[r], f);
      assertThat(f[0]).isCloseTo(golden[r], within(1e-3));
    }
  }

  @Test
  void admmReachesTheOptimum() {
    ConeProgram program = ConeE1.program(ConeE1.Y, new SquaredLoss());
    ConeSolution solution = new ConeAdmm(program, 0.3 / N).solve(1e-7, 20_000);
    assertThat(solution.reason()).isEqualTo(StopReason.GAP);
    assertThat(N * solution.point().objective()).isCloseTo(OPTIMUM, within(2e-7));
    assertThat(N * solution.lower()).isCloseTo(OPTIMUM, within(2e-7));
    assertThat(solution.point().violation()).isLessThanOrEqualTo(1e-6);
  }
}
