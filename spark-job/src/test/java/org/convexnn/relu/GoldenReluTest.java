package org.convexnn.relu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.ReluNetwork;
import org.convexnn.relu.cone.ConeAdmm;
import org.convexnn.relu.cone.ConeDecoder;
import org.convexnn.relu.cone.ConeE1;
import org.convexnn.relu.cone.ConeNewton;
import org.convexnn.relu.cone.ConeProgram;
import org.convexnn.relu.cone.ConeSolution;
import org.convexnn.solver.Golden;
import org.convexnn.solver.LocalProblem;
import org.convexnn.solver.StopReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The certified optima of exact ReLU in golden/ (see its README for their trust). */
class GoldenReluTest {

  static Stream<Golden.Relu> goldens() {
    return Golden.relu().stream();
  }

  private static ConeProgram program(Golden.Relu golden) {
    double[][] x = Golden.matrix(golden.files() + "_X");
    double[] y = Golden.column(Golden.matrix(golden.files() + "_y"), 0);
    double[][] gates = Golden.matrix(golden.files() + "_gates" + golden.gates());
    return ConeE1.program(x, y, LocalProblem.strictGates(gates), new SquaredLoss());
  }

  @Test
  void allGoldensAreThere() {
    assertThat(Golden.relu()).hasSize(8);
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void interiorPointReachesTheReference(Golden.Relu golden) {
    ConeProgram program = program(golden);
    ConeSolution solution = new ConeNewton(program, golden.beta()).solve(1e-7, 100);
    assertThat(solution.reason()).isEqualTo(StopReason.GAP);
    assertThat(solution.point().violation()).isLessThanOrEqualTo(1e-6);
    double optimum = golden.objective();
    assertThat(solution.point().objective()).isCloseTo(optimum, within(1e-6 * optimum));
    assertThat(solution.lower()).isCloseTo(optimum, within(1e-6 * optimum));
    assertThat(solution.lower()).isLessThanOrEqualTo(optimum * (1 + 1e-8));
    assertThat(solution.point().networkObjective()).isLessThanOrEqualTo(optimum * (1 + 1e-4));
    ConeDecoder decoder = new ConeDecoder(program);
    ReluNetwork all = decoder.decode(solution.weights());
    ReluNetwork few = decoder.decodeSparsely(solution.weights());
    assertThat(few.neurons()).isLessThanOrEqualTo(all.neurons());
    assertThat(few.penalty()).isCloseTo(all.penalty(), within(1e-4 * all.penalty()));
  }

  /** Those that take ADMM hundreds and thousands of passes, cheap ones. */
  static Stream<Golden.Relu> forAdmm() {
    return Golden.relu().stream().filter(g -> g.files().equals("diabetes_unit") && g.gates() == 16);
  }

  @ParameterizedTest
  @MethodSource("forAdmm")
  void admmReachesTheReference(Golden.Relu golden) {
    ConeSolution solution = new ConeAdmm(program(golden), golden.beta()).solve(1e-4, 20_000);
    double optimum = golden.objective();
    assertThat(solution.reason()).isEqualTo(StopReason.GAP);
    assertThat(solution.point().violation()).isLessThanOrEqualTo(1e-6);
    assertThat(solution.point().objective()).isCloseTo(optimum, within(1e-4 * optimum));
    assertThat(solution.lower()).isCloseTo(optimum, within(1e-4 * optimum));
    assertThat(solution.point().networkObjective()).isLessThanOrEqualTo(optimum * (1 + 1e-4));
  }
}
