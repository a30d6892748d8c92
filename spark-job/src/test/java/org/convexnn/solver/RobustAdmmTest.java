package org.convexnn.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.Precision;
import org.convexnn.block.RowSetting;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.StepPass;
import org.convexnn.gate.HalfSpaceSampler;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.solver.method.AdmmSolver;
import org.convexnn.solver.method.GramSolver;
import org.convexnn.solver.program.Coordinates;
import org.convexnn.solver.program.PassCounter;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.rows.LocalRows;
import org.convexnn.solver.setup.Groups;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ADMM on blocks of any number, with lost row state, and with a bad sketch. */
class RobustAdmmTest {

  private static final double BETA = 0.002;

  /** Loses the state of some blocks before some steps. */
  private record Losing(LocalRows.LocalGatedRows rows, List<Integer> count, int every, int blocks)
      implements GatedRows {

    @Override
    public <A> A sum(String description, RowPass<GatedBlock, A> pass) {
      return rows.sum(description, pass);
    }

    @Override
    public <A> A step(String description, StepPass<A> pass, int from, int to) {
      count.add(from);
      if (count.size() % every == 0) {
        for (int b = 0; b < blocks; b++) {
          rows.lose(from, b);
        }
      }
      return rows.step(description, pass, from, to);
    }

    @Override
    public void release(int state) {
      rows.release(state);
    }

    @Override
    public void close() {
      rows.close();
    }
  }

  private static Problem problem(Training.Data data, Loss loss, int blocks, int every, int lost) {
    int d = data.x()[0].length;
    int n = data.y().length;
    FeatureMap map = FeatureMap.identity(d);
    GateSet gates = GateSet.of(new HalfSpaceSampler(map, 3).gaussian(8));
    RowSetting setting = RowSetting.of(map, gates, loss, new double[1], 0, 1, Precision.FLOAT64);
    Coordinates coordinates =
        new Coordinates(
            map, gates.centres(), 1, new double[0][], new Coordinates.Skip(true, true), true);
    LocalRows.LocalGatedRows rows = data.rows((n + blocks - 1) / blocks).activate(gates, map);
    return new Problem(
        every > 0 ? new Losing(rows, new ArrayList<>(), every, lost) : rows,
        setting,
        coordinates,
        Groups.of(1, d + 1, false),
        n,
        n,
        1e-3,
        new PassCounter());
  }

  private static Solver.Solution solve(
      Solver solver, Problem problem, double tol, double passes, List<double[]> trace) {
    return solver.solve(
        problem,
        BETA,
        Solver.Start.at(new double[problem.length()]),
        new Solver.Stopping(tol, passes, 1e-9),
        new Solver.Watch() {
          @Override
          public void iteration(int iteration, double upper, double lower, double[] weights) {
            trace.add(new double[] {upper, lower});
          }

          @Override
          public void message(String text) {}
        });
  }

  /** The optimum to 1e-8, proved by its own certificate whatever solver found it. */
  private static double reference(Training.Data data, Loss loss) {
    Problem problem = problem(data, loss, 1, 0, 0);
    Solver solver = problem.quadratic() ? new GramSolver() : new AdmmSolver(99, false);
    Solver.Solution solution = solve(solver, problem, 1e-8, 5000, new ArrayList<>());
    Problem.Bounds bounds = problem.certify(solution.weights(), solution.dual(), BETA);
    assertThat(bounds.primal() - bounds.dual()).isBetween(-1e-14, 1.1e-8 * bounds.primal());
    return bounds.primal();
  }

  static Stream<Arguments> losses() {
    return Stream.of(Arguments.of(new SquaredLoss()), Arguments.of(new LogisticLoss()));
  }

  /** The sketch is drawn by row keys, so blocks change nothing but the order of additions. */
  @ParameterizedTest
  @MethodSource("losses")
  void blocksDoNotMatter(Loss loss) {
    for (int n : new int[] {300, 1500}) {
      Training.Data data = Training.xor(2, n, 3, 0.1);
      double expected = Double.NaN;
      for (int blocks : new int[] {1, 3, 16}) {
        Problem problem = problem(data, loss, blocks, 0, 0);
        Solver.Solution solution =
            solve(new AdmmSolver(1, false), problem, 1e-15, 40, new ArrayList<>());
        assertThat(solution.reason()).isEqualTo(StopReason.MAX_PASSES);
        if (blocks == 1) {
          expected = solution.upper();
        }
        assertThat(solution.upper()).isCloseTo(expected, within(1e-8 * expected));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void lostRowStateCostsTimeAlone(Loss loss) {
    Training.Data data = Training.xor(2, 1500, 3, 0.1);
    double optimum = reference(data, loss);
    for (int[] faults : new int[][] {{11, 1}, {7, 3}, {13, 10}}) {
      Problem problem = problem(data, loss, 10, faults[0], faults[1]);
      List<double[]> trace = new ArrayList<>();
      Solver.Solution solution = solve(new AdmmSolver(1, false), problem, 1e-7, 2000, trace);
      assertThat(solution.reason())
          .as("every %d steps %d blocks", faults[0], faults[1])
          .isEqualTo(StopReason.GAP);
      assertThat(solution.upper()).isCloseTo(optimum, within(1.2e-7 * optimum));
      Problem.Bounds bounds = problem.certify(solution.weights(), solution.dual(), BETA);
      assertThat(bounds.primal()).isCloseTo(optimum, within(1.2e-7 * optimum));
      assertThat(bounds.dual()).isLessThanOrEqualTo(optimum * (1 + 1e-12));
      assertBracket(trace, optimum);
    }
  }

  private static void assertBracket(List<double[]> trace, double optimum) {
    for (double[] record : trace) {
      assertThat(record[0]).isGreaterThanOrEqualTo(optimum * (1 - 1.2e-8));
      assertThat(record[1]).isLessThanOrEqualTo(optimum * (1 + 1e-8));
    }
  }

  /** A state lost between the last check and the certificate: still a valid bound. */
  @ParameterizedTest
  @MethodSource("losses")
  void theCertificateSurvivesTheLossOfItsDualPoint(Loss loss) {
    Training.Data data = Training.xor(2, 600, 3, 0.1);
    Problem problem = problem(data, loss, 6, 0, 0);
    Solver.Solution solution =
        solve(new AdmmSolver(1, false), problem, 1e-4, 2000, new ArrayList<>());
    problem.rows().release(solution.dual().state());
    Problem.Bounds bounds = problem.certify(solution.weights(), solution.dual(), BETA);
    assertThat(bounds.primal()).isCloseTo(solution.upper(), within(1e-10));
    assertThat(bounds.dual()).isLessThanOrEqualTo(bounds.primal());
    assertThat(bounds.dual()).isGreaterThan(0.9 * solution.lower());
  }

  /** A few rows of huge leverage that a uniform sketch misses. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aBadSketchStillConverges(long seed) {
    Random random = new Random(seed);
    Training.Data data = Training.xor(seed, 3000, 3, 0.1);
    for (int k = 0; k < 6; k++) {
      int row = random.nextInt(3000);
      for (int j = 0; j < 3; j++) {
        data.x()[row][j] = 60 * random.nextGaussian();
      }
    }
    for (Loss loss : List.of(new LogisticLoss(), new SquaredLoss())) {
      double optimum = reference(data, loss);
      for (boolean uniform : new boolean[] {false, true}) {
        List<double[]> trace = new ArrayList<>();
        Solver.Solution solution =
            solve(new AdmmSolver(seed, uniform), problem(data, loss, 4, 0, 0), 1e-5, 600, trace);
        assertThat(solution.reason())
            .as(
                "%s, uniform %s: %s to %s, optimum %s",
                loss, uniform, solution.lower(), solution.upper(), optimum)
            .isEqualTo(StopReason.GAP);
        assertThat(solution.upper()).isCloseTo(optimum, within(1e-5 * optimum));
        assertBracket(trace, optimum);
        for (double[] record : trace) {
          assertThat(record[0]).as("never diverges").isLessThanOrEqualTo(trace.get(0)[0]);
        }
      }
    }
  }
}
