package org.convexnn.solver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.convexnn.block.Precision;
import org.convexnn.block.RowSetting;
import org.convexnn.block.pass.cone.ConeSetting;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.relu.cone.ConeDecomposition;
import org.convexnn.relu.cone.ConeNewton;
import org.convexnn.relu.cone.ConePoint;
import org.convexnn.relu.cone.ConeProgram;
import org.convexnn.relu.cone.ConeSolution;
import org.convexnn.solver.method.AdmmSolver;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.ProblemTest;
import org.convexnn.solver.program.Solver;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gated and exact ReLU on the same random patterns: p_gated &lt;= p_relu &lt;= p_gated + cost of any
 * cone decomposition (docs/theory/cones.md#cone-decomposition). Gates without threshold, so that
 * they are rays of their cones.
 */
class ConeRelationsTest {

  private static final int ROWS = 25;
  private static final int D = 3;
  private static final int P = 5;
  private static final double BETA = 0.02;

  static LongStream seeds() {
    return LongStream.range(0, 10);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void gatedReluAndDecompositionsAreInOrder(long seed) {
    Random random = new Random(seed);
    boolean squared = seed % 2 == 0;
    Loss loss = squared ? new SquaredLoss() : new LogisticLoss();
    double[][] x = new double[ROWS][];
    Arrays.setAll(x, r -> random.doubles(D, -1, 1).toArray());
    double[] y = new double[ROWS];
    Arrays.setAll(y, r -> squared ? random.nextGaussian() : random.nextInt(2));
    double[] directions = random.doubles(P * D, -1, 1).toArray();
    HalfSpaces gates = new HalfSpaces(D, directions, new double[P], new double[P]);
    Problem problem = LocalProblem.plain(x, y, gates, loss, Precision.FLOAT64);
    Solver.Solution gated =
        new AdmmSolver(1, false)
            .solve(
                problem,
                BETA,
                Solver.Start.at(new double[problem.length()]),
                new Solver.Stopping(1e-8, 20_000, 1e-9),
                ProblemTest.Quiet.WATCH);
    FeatureMap map = FeatureMap.identity(D);
    GateSet set = GateSet.of(gates);
    ConeProgram program =
        new ConeProgram(
            LocalProblem.rows(x, y, Training.ones(ROWS), 10).activate(set, map),
            new ConeSetting(
                RowSetting.of(map, set, loss, new double[1], 0, 1, Precision.FLOAT64),
                map,
                false,
                false),
            ROWS,
            1);
    ConeSolution relu = new ConeNewton(program, BETA).solve(1e-7, 100);
    assertThat(relu.relativeGap()).isBetween(-1e-9, 1e-6);
    assertThat(gated.lower()).isLessThanOrEqualTo(relu.point().objective() * (1 + 1e-9));
    double[] weights = groups(gated.weights());
    ConeDecomposition decomposition = new ConeDecomposition(program);
    double[] least = decomposition.minimumNorm(weights);
    double[] ray = decomposition.oneRay(weights, directions);
    for (double[] decomposed : new double[][] {least, ray}) {
      ConePoint point = program.evaluate(decomposed, BETA);
      assertThat(point.violation()).isLessThanOrEqualTo(1e-9);
      double upper = gated.upper() + decomposition.cost(weights, decomposed, BETA);
      assertThat(point.objective()).isLessThanOrEqualTo(upper * (1 + 1e-7));
      assertThat(relu.lower()).isLessThanOrEqualTo(point.objective());
    }
    assertThat(decomposition.cost(weights, least, BETA))
        .isBetween(-1e-9, decomposition.cost(weights, ray, BETA) + 1e-9);
  }

  /** The groups without linear block and biases, which are zero. */
  private static double[] groups(double[] w) {
    double[] groups = new double[P * D];
    for (int i = 0; i < P; i++) {
      System.arraycopy(w, (1 + i) * (D + 1), groups, i * D, D);
    }
    return groups;
  }
}
