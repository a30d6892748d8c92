package org.convexnn.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.convexnn.block.Precision;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.HalfSpaces;
import org.convexnn.solver.method.AdmmSolver;
import org.convexnn.solver.method.GradientSolver;
import org.convexnn.solver.method.GramSolver;
import org.convexnn.solver.method.LbfgsSolver;
import org.convexnn.solver.program.DualPoint;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.ProblemTest;
import org.convexnn.solver.program.Solver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every solver reaches the certified optima of golden/ (see its README for their trust). */
class GoldenGatedTest {

  /** All but those whose Gram matrix is 4,225 wide: a minute a class, and more columns than rows. */
  static Stream<Golden.Gated> gram() {
    return Golden.gated().stream().filter(g -> g.gates() == 16 || g.data().startsWith("diabetes"));
  }

  static Stream<Golden.Gated> wide() {
    return Golden.gated().stream()
        .filter(g -> g.data().startsWith("diabetes") || g.onlyColumn() == 0);
  }

  static Stream<Golden.Gated> small() {
    return Golden.gated().stream().filter(g -> g.data().startsWith("diabetes"));
  }

  @ParameterizedTest
  @MethodSource("gram")
  void gramReachesTheReference(Golden.Gated golden) {
    check(golden, new GramSolver(), 1e-7, 1e-6);
  }

  @ParameterizedTest
  @MethodSource("small")
  void admmReachesTheReference(Golden.Gated golden) {
    check(golden, new AdmmSolver(1, false), 1e-6, 1e-6);
  }

  @ParameterizedTest
  @MethodSource("small")
  void gradientReachesTheReference(Golden.Gated golden) {
    // Without whitening the near-interpolating problem is badly conditioned: gap 1e-4 there.
    boolean hard = golden.data().equals("diabetes_std") && golden.beta() < 0.01;
    check(golden, new GradientSolver(), hard ? 1e-4 : 1e-6, hard ? 1e-4 : 1e-6);
  }

  @ParameterizedTest
  @MethodSource("wide")
  void lbfgsReachesTheReference(Golden.Gated golden) {
    // Smoothing limits its certificate, not its objective.
    check(golden, new LbfgsSolver(1), 1e-5, 2e-6);
  }

  /** Classes decouple, each with its own golden: the sum would hide two that are swapped. */
  @Test
  void boundsOfEveryClassOfTheDigitsHoldItsGolden() {
    double[][] x = Golden.matrix("digits_unit_X");
    double[][] y = Golden.matrix("digits_unit_y");
    HalfSpaces gates = LocalProblem.strictGates(Golden.matrix("digits_unit_gates64"));
    double[] golden = Golden.column(Golden.matrix("digits_unit_gates64_by_class"), 0);
    assertThat(golden).hasSize(10);
    for (int k = 0; k < golden.length; k++) {
      Problem problem =
          LocalProblem.plain(x, Golden.column(y, k), gates, new SquaredLoss(), Precision.FLOAT32);
      double beta = golden.length * 0.001;
      double tol = 1e-3;
      Solver.Solution solution =
          new GradientSolver()
              .solve(
                  problem,
                  beta,
                  Solver.Start.at(new double[problem.length()]),
                  new Solver.Stopping(0.9 * tol, 2000, 1e-9),
                  ProblemTest.Quiet.WATCH);
      Problem.Bounds bounds = problem.certify(solution.weights(), solution.dual(), beta);
      double optimum = golden.length * golden[k];
      assertThat(bounds.primal()).isBetween(optimum, optimum * (1 + tol));
      assertThat(bounds.dual()).isBetween(optimum * (1 - tol), optimum);
    }
  }

  private static void check(Golden.Gated golden, Solver template, double tol, double relative) {
    double[][] x = Golden.matrix(golden.files() + "_X");
    double[][] y = Golden.matrix(golden.files() + "_y");
    double[][] gates = Golden.matrix(golden.files() + "_gates" + golden.gates());
    double objective = 0;
    double lower = 0;
    double betaMax = 0;
    List<Integer> columns = new ArrayList<>();
    for (int k = 0; k < golden.classes(); k++) {
      columns.add(Math.max(k, golden.onlyColumn()));
    }
    for (int k : columns) {
      Problem problem =
          LocalProblem.plain(
              x,
              Golden.column(y, k),
              LocalProblem.strictGates(gates),
              new SquaredLoss(),
              Precision.FLOAT64);
      Solver solver = fresh(template);
      double[] start = new double[problem.length()];
      betaMax =
          Math.max(
              betaMax,
              problem.groups().max(problem.evaluate("", start, true).gradient())
                  / golden.classes());
      double beta = golden.beta() * golden.classes();
      if (beta >= golden.classes() * golden.betaMax()) {
        // Nothing to solve: zero is optimal, which is what the trainer returns.
        Problem.Bounds zero = problem.certify(start, DualPoint.ofWeights(start), beta);
        objective += zero.primal() / golden.classes();
        lower += zero.dual() / golden.classes();
        continue;
      }
      List<double[]> trace = new ArrayList<>();
      Solver.Solution solution =
          solver.solve(
              problem,
              beta,
              Solver.Start.at(start),
              new Solver.Stopping(tol, 20_000, 1e-9),
              new Recorder(trace));
      Problem.Bounds bounds = problem.certify(solution.weights(), solution.dual(), beta);
      assertThat(bounds.dual()).isLessThanOrEqualTo(bounds.primal() * (1 + 1e-12));
      for (double[] t : trace) {
        assertThat(t[0]).isGreaterThanOrEqualTo(t[1] - 1e-12);
      }
      objective += bounds.primal() / golden.classes();
      lower += bounds.dual() / golden.classes();
    }
    assertThat(objective).isCloseTo(golden.objective(), within(relative * golden.objective()));
    assertThat(lower).isCloseTo(golden.objective(), within(10 * relative * golden.objective()));
    assertThat(betaMax).isCloseTo(golden.betaMax(), within(1e-10));
  }

  /** A solver may keep what it learnt of one problem: each problem gets its own. */
  private static Solver fresh(Solver template) {
    return switch (template.name()) {
      case "gram" -> new GramSolver();
      case "admm" -> new AdmmSolver(1, false);
      case "lbfgs" -> new LbfgsSolver(1);
      default -> new GradientSolver();
    };
  }

  private record Recorder(List<double[]> trace) implements Solver.Watch {
    @Override
    public void iteration(int iteration, double upper, double lower, double[] weights) {
      trace.add(new double[] {upper, lower});
    }

    @Override
    public void message(String text) {}
  }
}
