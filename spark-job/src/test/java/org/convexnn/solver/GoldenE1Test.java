package org.convexnn.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.convexnn.block.Precision;
import org.convexnn.gate.PatternEnumeration;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SoftmaxLoss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.SubNetwork;
import org.convexnn.solver.method.AdmmSolver;
import org.convexnn.solver.method.GradientSolver;
import org.convexnn.solver.method.GramSolver;
import org.convexnn.solver.method.LbfgsSolver;
import org.convexnn.solver.method.QuadraticProgram;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.ProblemTest;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.setup.Groups;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The data set E1 (docs/theory/golden.md#e1): 5 rows, 2 columns, all 10 patterns, gated. The
 * goldens sum the loss over rows (s = 1) where this package takes the mean: beta and objective are
 * divided by 5.
 */
class GoldenE1Test {

  private static final double[][] X = {{1, 0}, {0, 1}, {-1, 1}, {1, 2}, {-1, -1}};
  private static final double[] Y = {1, -1, 2, 0.5, -0.5};
  private static final double[] CLASSES = {1, 0, 1, 1, 0};
  private static final double[] LABELS = {0, 1, 2, 0, 1};
  private static final String[] PATTERNS = {
    "00001", "00101", "01101", "01110", "01111", "10000", "10001", "10010", "11010", "11110"
  };
  private static final int N = 5;

  static Stream<Solver> squaredSolvers() {
    return Stream.of(new GramSolver(), new AdmmSolver(1, false), new GradientSolver());
  }

  static Stream<Solver> logisticSolvers() {
    return Stream.of(new AdmmSolver(1, false), new GradientSolver());
  }

  /** A direction in the middle of each of the ten chambers of the plane. */
  private static HalfSpaces gates() {
    double[] rows = Arrays.stream(X).flatMapToDouble(Arrays::stream).toArray();
    double[] directions =
        PatternEnumeration.homogeneous(2, rows).stream()
            .flatMapToDouble(p -> Arrays.stream(p.direction()))
            .toArray();
    return new HalfSpaces(2, directions, new double[PATTERNS.length], new double[PATTERNS.length]);
  }

  private static Problem problem(double[] labels, Loss loss) {
    return problem(labels, loss, false);
  }

  private static Problem problem(double[] labels, Loss loss, boolean perClass) {
    return LocalProblem.plain(X, labels, gates(), loss, perClass, Precision.FLOAT64);
  }

  private static Solver.Solution solve(Solver solver, Problem problem, double beta, double tol) {
    return solver.solve(
        problem,
        beta / N,
        Solver.Start.at(new double[problem.length()]),
        new Solver.Stopping(tol, 20_000, 1e-9),
        ProblemTest.Quiet.WATCH);
  }

  /** Relative to an objective of about 1; gradients need thousands of passes for more. */
  private static double tolerance(Solver solver) {
    return solver instanceof GradientSolver ? 1e-6 : 1e-9;
  }

  private static double betaMax(Problem problem) {
    return N
        * problem.groups().max(problem.evaluate("", new double[problem.length()], true).gradient());
  }

  /**
   * Three layers whose sub-networks hold one pattern m_1 times: {@code p_3(beta) = p_2(beta / sqrt
   * m_1)} (docs/theory/depth.md#relations); golden values of two layers at 1, .3 and .1.
   */
  @ParameterizedTest
  @CsvSource({
    "1, 0.3, 0.8969363862377261",
    "4, 2, 2.234824518",
    "4, 0.6, 0.8969363862377261",
    "4, 0.2, 0.32958984"
  })
  void replicatedPatternsDivideBeta(int m, double beta, double expected) {
    HalfSpaces gates = gates();
    double[] ones = new double[m];
    Arrays.fill(ones, 1);
    List<SubNetwork> copies =
        IntStream.range(0, PATTERNS.length)
            .mapToObj(i -> gates.select(IntStream.generate(() -> i).limit(m).toArray()))
            .map(neurons -> new SubNetwork(new int[] {m}, neurons, ones))
            .toList();
    Problem problem =
        LocalProblem.plain(
            LocalProblem.rows(X, Y, Training.ones(N), 100),
            N,
            GateSet.of(copies),
            new SquaredLoss(),
            Groups.shared(1, 3, m),
            Precision.FLOAT64);
    Solver.Solution solution = solve(new GramSolver(), problem, beta, 1e-9);
    Problem.Bounds bounds = problem.certify(solution.weights(), solution.dual(), beta / N);
    assertThat(N * bounds.primal()).isCloseTo(expected, within(1e-8));
    assertThat(N * bounds.dual()).isCloseTo(expected, within(1e-8));
  }

  @ParameterizedTest
  @MethodSource("squaredSolvers")
  void squared(Solver solver) {
    Problem problem = problem(Y, new SquaredLoss());
    assertThat(betaMax(problem)).isCloseTo(2.9154759474, within(1e-9));
    double tol = tolerance(solver);
    Solver.Solution solution = solve(solver, problem, 0.3, tol);
    Problem.Bounds bounds = problem.certify(solution.weights(), solution.dual(), 0.3 / N);
    assertThat(N * bounds.primal()).isCloseTo(0.8969363862377261, within(tol));
    assertThat(N * bounds.dual()).isCloseTo(0.8969363862377261, within(tol));
    if (tol > 1e-8) {
      return;
    }
    double[][] expected = new double[PATTERNS.length][2];
    expected[1] = new double[] {-0.672825636686, 1.121376061143};
    expected[7] = new double[] {0.322687136437, 0.324224631239};
    expected[8] = new double[] {0.572003395085, -0.574728797334};
    double[] norms = {
      .0727607, .3, .2281565, .0997152, .0655532, .1053095, .1649862, .3, .3, .0089847
    };
    double[] gradient = problem.evaluate("", solution.weights(), true).gradient();
    for (int i = 0; i < PATTERNS.length; i++) {
      int at = 3 * (1 + i);
      assertThat(solution.weights()[at]).isCloseTo(expected[i][0], within(2e-4));
      assertThat(solution.weights()[at + 1]).isCloseTo(expected[i][1], within(2e-4));
      assertThat(solution.weights()[at + 2]).as("no bias").isZero();
      assertThat(N * Blas.norm(gradient, at, 3)).isCloseTo(norms[i], within(2e-5));
    }
  }

  /** The path of docs/theory/golden.md#e1-exact-relu. */
  @Test
  void path() {
    double[][] golden = {
      {2.9, 3.249940124},
      {2.0, 3.040475947},
      {1.0, 2.234824518},
      {0.3, 0.8969363862},
      {0.1, 0.32958984}
    };
    Problem problem = problem(Y, new SquaredLoss());
    GramSolver solver = new GramSolver();
    for (double[] point : golden) {
      Solver.Solution solution = solve(solver, problem, point[0], 1e-9);
      assertThat(N * solution.upper()).isCloseTo(point[1], within(1e-8));
    }
  }

  @ParameterizedTest
  @MethodSource("logisticSolvers")
  void logistic(Solver solver) {
    Problem problem = problem(CLASSES, new LogisticLoss());
    assertThat(betaMax(problem)).isCloseTo(1.5811388301, within(1e-9));
    double tol = tolerance(solver);
    Solver.Solution solution = solve(solver, problem, 0.1, tol);
    Problem.Bounds bounds = problem.certify(solution.weights(), solution.dual(), 0.1 / N);
    assertThat(N * bounds.primal()).isCloseTo(1.1105690156, within(1.2 * tol + 1e-10));
    assertThat(N * bounds.dual()).isCloseTo(1.1105690156, within(1.2 * tol + 1e-10));
    double[] gradient = problem.evaluate("", solution.weights(), true).gradient();
    assertThat(N * problem.groups().max(gradient)).isCloseTo(0.1, within(Math.sqrt(tol)));
  }

  static Stream<Solver> softmaxSolvers() {
    return Stream.of(new AdmmSolver(1, false), new GradientSolver(), new LbfgsSolver(1));
  }

  /** Three classes, a group for each (docs/theory/golden.md#classes). */
  @ParameterizedTest
  @MethodSource("softmaxSolvers")
  void softmaxPerClass(Solver solver) {
    Problem problem = problem(LABELS, new SoftmaxLoss(3), true);
    assertThat(betaMax(problem)).isCloseTo(1.8856180832, within(1e-9));
    double tol = solver instanceof AdmmSolver ? 1e-9 : 1e-5;
    Solver.Solution solution = solve(solver, problem, 0.1, tol);
    Problem.Bounds bounds = problem.certify(solution.weights(), solution.dual(), 0.1 / N);
    assertThat(N * bounds.primal()).isCloseTo(1.4283103496, within(1.5 * tol + 1e-10));
    assertThat(N * bounds.dual()).isCloseTo(1.4283103496, within(1.5 * tol + 1e-10));
  }

  /**
   * Frobenius groups have no golden with softmax. But ||U||_F <= ||U||_* <= sqrt(rank) ||U||_F, the
   * rank is 2 at most, and the nuclear norm has one.
   */
  @ParameterizedTest
  @MethodSource("softmaxSolvers")
  void softmaxFrobeniusAgainstNuclear(Solver solver) {
    double nuclear = 1.1803456497;
    double nuclearBetaMax = 2.3094010768;
    Problem problem = problem(LABELS, new SoftmaxLoss(3));
    assertThat(betaMax(problem)).isBetween(nuclearBetaMax - 1e-9, Math.sqrt(2) * nuclearBetaMax);
    assertThat(N * solve(solver, problem, 0.1, 1e-5).upper()).isLessThan(nuclear);
    assertThat(N * solve(solver, problem, 0.1 * Math.sqrt(2), 1e-5).lower()).isGreaterThan(nuclear);
  }

  /**
   * Squared loss of two outputs (docs/theory/golden.md#several-outputs): one program, two sets of
   * groups.
   */
  @ParameterizedTest
  @CsvSource({"true, 1.4398846889", "false, 1.2144020211"})
  void squaredLossOfTwoOutputs(boolean perClass, double golden) {
    double[][] labels = {{1, 0}, {-1, 1}, {2, 1}, {0.5, -1}, {-0.5, 0.5}};
    int q = (1 + PATTERNS.length) * 4;
    double[] gram = new double[q * q];
    double[] moments = new double[q];
    double labelSquare = 0;
    for (int r = 0; r < N; r++) {
      for (int c = 0; c < 2; c++) {
        double[] row = new double[q];
        for (int i = 0; i < PATTERNS.length; i++) {
          double active = PATTERNS[i].charAt(r) - '0';
          for (int j = 0; j < 2; j++) {
            row[(1 + i) * 4 + 2 * c + j] = active * X[r][j];
          }
        }
        Blas.gemm(false, false, q, q, 1, 1.0, row, 0, 1, row, 0, q, 1.0, gram, 0, q);
        Blas.axpy(labels[r][c], row, moments);
        labelSquare += labels[r][c] * labels[r][c];
      }
    }
    Solver.Solution solution =
        new QuadraticProgram(gram, moments, labelSquare, Groups.of(2, 2, perClass), 1)
            .solve(0.3, new double[q], new Solver.Stopping(1e-9, 1, 1e-9), ProblemTest.Quiet.WATCH);
    assertThat(solution.upper()).isCloseTo(golden, within(2e-9));
    assertThat(solution.lower()).isCloseTo(golden, within(2e-9));
  }

  /** At betaMax and above nothing is active; the objective is the loss at zero. */
  @ParameterizedTest
  @MethodSource("logisticSolvers")
  void nothingIsActiveAtBetaMax(Solver solver) {
    Problem problem = problem(CLASSES, new LogisticLoss());
    Solver.Solution solution = solve(solver, problem, 1.5811388301, 1e-9);
    assertThat(problem.groups().activeGates(solution.weights())).isZero();
    assertThat(solution.upper()).isCloseTo(Math.log(2), within(1e-12));
  }
}
