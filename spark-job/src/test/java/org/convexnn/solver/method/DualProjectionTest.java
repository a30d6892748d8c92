package org.convexnn.solver.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.convexnn.block.Precision;
import org.convexnn.block.RowSetting;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Tree;
import org.convexnn.solver.Training;
import org.convexnn.solver.program.Coordinates;
import org.convexnn.solver.program.DualPoint;
import org.convexnn.solver.program.PassCounter;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.ProblemTest;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.setup.Groups;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DualProjectionTest {

  private static final double BETA = 0.004;
  private static final int ROWS = 600;

  static List<Loss> losses() {
    return List.of(new LogisticLoss(), new SquaredLoss());
  }

  private static Problem problem(Loss loss) {
    FeatureMap map = new FeatureMap(new double[2], new double[] {1, 1}, new double[] {1, 0, 0, 1});
    Tree quarters =
        new Tree(
            new int[] {0, 1, 1},
            new double[] {0, 0, 0},
            new int[] {1, ~0, ~2},
            new int[] {2, ~1, ~3});
    Tree halves = new Tree(new int[] {1}, new double[] {0.5}, new int[] {~0}, new int[] {~1});
    Tree thin = new Tree(new int[] {0}, new double[] {-1.5}, new int[] {~0}, new int[] {~1});
    GateSet gates = new GateSet(HalfSpaces.none(2), List.of(quarters, halves, thin));
    boolean squared = loss instanceof SquaredLoss;
    RowSetting setting =
        RowSetting.of(map, gates, loss, new double[1], squared ? 0.5 : 0, 1, Precision.FLOAT64);
    return new Problem(
        Training.xor(7, ROWS, 2, 0.1).rows(300).activate(gates, map),
        setting,
        new Coordinates(
            map, gates.centres(), 1, new double[0][], new Coordinates.Skip(true, true), true),
        Groups.of(1, 3, false),
        ROWS,
        ROWS,
        // Large, so that the linear block, which leaves cannot mend, has little part in the bound.
        1,
        new PassCounter());
  }

  private static Solver.Solution solved(Problem problem) {
    return new LbfgsSolver(1)
        .solve(
            problem,
            BETA,
            Solver.Start.at(new double[problem.length()]),
            new Solver.Stopping(1e-5, 400, 0.1),
            ProblemTest.Quiet.WATCH);
  }

  /** One leaf far from its optimum: its own rows pay less for it than all rows do. */
  @ParameterizedTest
  @MethodSource("losses")
  void oneLeafAstrayCostsItsOwnRowsOnly(Loss loss) {
    Problem problem = problem(loss);
    Solver.Solution optimum = solved(problem);
    double[] w = optimum.weights().clone();
    int thin = problem.groups().block() * (1 + 6);
    for (int k = thin; k < thin + problem.groups().block(); k++) {
      w[k] += 0.1;
    }
    Problem.Evaluation at = problem.evaluate("", w, true);
    double whole = problem.lowerBound(at.gradient(), at.dual(), BETA);
    double passes = problem.counter().passes();
    DualProjection.Bounded projected =
        projection(problem).from("", DualPoint.ofWeights(w), at.gradient(), optimum.upper());

    assertThat(projected.bound()).isLessThanOrEqualTo(optimum.upper());
    assertThat(projected.bound()).isGreaterThan(whole);
    // Each step is a forward product with w, one with the correction, and a backward one.
    assertThat((problem.counter().passes() - passes) / 1.5).isBetween(1.0, 8.0);
    // What a certificate makes of the same point, with a pass of its own.
    assertThat(problem.certify(w, projected.point(), BETA).dual())
        .isCloseTo(projected.bound(), within(1e-12));
  }

  /** Nothing to move: the bound is that of the point, after one step. */
  @Test
  void aPointThatIsAllowedStaysWhereItIs() {
    Problem problem = problem(new SquaredLoss());
    Solver.Solution optimum = solved(problem);
    double[] shorter = optimum.weights();
    Problem.Evaluation at = problem.evaluate("", shorter, true);
    double beta = 1.1 * problem.groups().max(at.gradient());
    DualProjection.Bounded projected =
        new DualProjection(problem, beta, 1e-2)
            .from("", DualPoint.ofWeights(shorter), at.gradient(), 0);
    assertThat(projected.point().correction()).containsOnly(new double[] {0}, within(0.0));
    assertThat(projected.bound())
        .isCloseTo(problem.lowerBound(at.gradient(), at.dual(), beta), within(1e-12));
  }

  private static DualProjection projection(Problem problem) {
    return new DualProjection(problem, BETA, 1e-2);
  }
}
