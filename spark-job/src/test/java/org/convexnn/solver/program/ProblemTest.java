package org.convexnn.solver.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.convexnn.block.Precision;
import org.convexnn.block.RowSetting;
import org.convexnn.block.pass.gated.GramPass;
import org.convexnn.gate.HalfSpaceSampler;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.Training;
import org.convexnn.solver.method.AdmmSolver;
import org.convexnn.solver.method.GramSolver;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.setup.Groups;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The convex program with everything switched on: map, centres, weights, offset, label units. */
public class ProblemTest {

  static Stream<Loss> losses() {
    return Stream.of(new SquaredLoss(), new LogisticLoss());
  }

  static Problem problem(Loss loss, int blockRows, Precision precision) {
    Random random = new Random(3);
    int n = 120;
    Training.Data data = Training.xor(3, n, 3, 0.2);
    double[] w = random.doubles(n, 0.2, 3).toArray();
    double total = Arrays.stream(w).sum();
    FeatureMap map =
        new FeatureMap(
            new double[] {0.1, -0.2, 0.3},
            new double[] {0.6, 1.2, 0.9},
            new double[] {1, 0.2, 0.1, 0.2, 1.1, 0, 0.1, 0, 0.8});
    GateSet gates = GateSet.of(new HalfSpaceSampler(map, 5).gaussian(9));
    boolean squared = loss instanceof SquaredLoss;
    RowSetting setting =
        RowSetting.of(
            map,
            gates,
            loss,
            new double[] {squared ? 0 : 0.3},
            squared ? 0.4 : 0,
            squared ? 0.7 : 1,
            precision);
    Coordinates coordinates =
        new Coordinates(
            map, gates.centres(), 1, new double[0][], new Coordinates.Skip(true, true), true);
    return new Problem(
        data.weights(w).rows(blockRows).activate(gates, map),
        setting,
        coordinates,
        Groups.of(1, 4, false),
        total,
        n,
        1e-2,
        new PassCounter());
  }

  private static double[] random(long seed, int length) {
    return new Random(seed).doubles(length, -0.5, 0.5).toArray();
  }

  @ParameterizedTest
  @MethodSource("losses")
  void gradientIsTheLimitOfDifferences(Loss loss) {
    Problem problem = problem(loss, 50, Precision.FLOAT64);
    double[] w = random(1, problem.length());
    double[] gradient = problem.evaluate("", w, true).gradient();
    double h = 1e-5;
    for (int k = 0; k < w.length; k++) {
      double[] up = w.clone();
      up[k] += h;
      double[] down = w.clone();
      down[k] -= h;
      double difference =
          (problem.evaluate("", up, false).loss() - problem.evaluate("", down, false).loss())
              / (2 * h);
      assertThat(gradient[k]).as("coordinate %d", k).isCloseTo(difference, within(2e-9));
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void lowerBoundsAreNeverAboveTheOptimum(Loss loss) {
    for (double beta : new double[] {0.001, 0.01, 0.05}) {
      Problem problem = problem(loss, 50, Precision.FLOAT64);
      Solver solver = problem.quadratic() ? new GramSolver() : new AdmmSolver(1, false);
      Solver.Solution best =
          solver.solve(
              problem,
              beta,
              Solver.Start.at(new double[problem.length()]),
              new Solver.Stopping(1e-8, 5000, 1e-9),
              Quiet.WATCH);
      assertThat(best.reason()).isEqualTo(StopReason.GAP);
      for (int seed = 0; seed < 200; seed++) {
        // Random points, and the optimum with growing noise: bounds from far below to tight.
        double size = Math.pow(10, -6 + seed % 8);
        double[] v = random(seed, problem.length());
        for (int k = 0; k < v.length; k++) {
          v[k] = size * v[k] + (seed % 2) * best.weights()[k];
        }
        Problem.Evaluation at = problem.evaluate("", v, true);
        double bound = problem.lowerBound(at.gradient(), at.dual(), beta);
        assertThat(bound).isFinite().isLessThanOrEqualTo(best.upper() * (1 + 1e-12));
        Problem.Bounds certified = problem.certify(v, DualPoint.ofWeights(v), beta);
        assertThat(certified.dual()).isCloseTo(bound, within(1e-12 * (1 + Math.abs(bound))));
        assertThat(certified.primal())
            .isCloseTo(
                at.loss() + problem.penalty(v, beta), within(1e-12 * (1 + certified.primal())))
            .isGreaterThanOrEqualTo(best.lower() * (1 - 1e-12));
      }
      assertThat(best.lower()).isGreaterThan(best.upper() * (1 - 1.1e-8));
    }
  }

  /** The sums of one pass determine objective and gap: docs/theory/solvers.md#gram-matrix. */
  @Test
  void gramObjectiveEqualsTheRowWiseOne() {
    Problem problem = problem(new SquaredLoss(), 50, Precision.FLOAT64);
    double[] gram =
        problem.gram(
            "", GramPass.Penalty.ONE, GramPass.Sketch.ALL, GatedRows.NO_STATE, Precision.FLOAT64);
    int q = problem.length();
    Problem.Evaluation zero = problem.evaluate("", new double[q], true);
    for (int seed = 0; seed < 10; seed++) {
      double[] w = random(seed, q);
      double[] product = new double[q];
      Blas.gemm(false, false, q, 1, q, 1.0, gram, 0, q, w, 0, 1, 0.0, product, 0, 1);
      Problem.Evaluation at = problem.evaluate("", w, true);
      assertThat(zero.loss() + Blas.dot(zero.gradient(), w) + 0.5 * Blas.dot(w, product))
          .isCloseTo(at.loss(), within(1e-12 * at.loss()));
      for (int k = 0; k < q; k++) {
        assertThat(product[k] + zero.gradient()[k]).isCloseTo(at.gradient()[k], within(1e-12));
      }
    }
  }

  @Test
  void gramSolverSeesTheBoundsThatAPassSees() {
    Problem problem = problem(new SquaredLoss(), 50, Precision.FLOAT64);
    Solver.Solution solution =
        new GramSolver()
            .solve(
                problem,
                0.01,
                Solver.Start.at(new double[problem.length()]),
                new Solver.Stopping(1e-6, 100, 1e-9),
                Quiet.WATCH);
    Problem.Bounds bounds = problem.certify(solution.weights(), solution.dual(), 0.01);
    assertThat(solution.upper()).isCloseTo(bounds.primal(), within(1e-12));
    assertThat(solution.lower()).isCloseTo(bounds.dual(), within(1e-12));
  }

  /** Both arithmetics and any blocks: the same numbers within their rounding. */
  @ParameterizedTest
  @MethodSource("losses")
  void precisionAndBlocksOnlyRound(Loss loss) {
    Problem exact = problem(loss, 120, Precision.FLOAT64);
    double[] w = random(1, exact.length());
    Problem.Evaluation expected = exact.evaluate("", w, true);
    for (int blockRows : new int[] {1, 7, 40}) {
      Problem.Evaluation at = problem(loss, blockRows, Precision.FLOAT64).evaluate("", w, true);
      assertThat(at.loss()).isCloseTo(expected.loss(), within(1e-13));
      assertThat(at.gradient()).containsExactly(expected.gradient(), within(1e-13));
      Problem.Evaluation single = problem(loss, blockRows, Precision.FLOAT32).evaluate("", w, true);
      assertThat(single.loss()).isCloseTo(expected.loss(), within(1e-5));
      assertThat(single.gradient()).containsExactly(expected.gradient(), within(1e-5));
    }
  }

  /** Hears nothing. */
  public enum Quiet implements Solver.Watch {
    WATCH;

    @Override
    public void iteration(int iteration, double upper, double lower, double[] weights) {}

    @Override
    public void message(String text) {}
  }
}
