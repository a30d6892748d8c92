package org.convexnn.relu.cone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.convexnn.block.Block;
import org.convexnn.block.Precision;
import org.convexnn.block.RowSetting;
import org.convexnn.block.pass.cone.ConeSetting;
import org.convexnn.block.pass.cone.ConeStepPass;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SoftmaxLoss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.ReluNetwork;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.rows.LocalRows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pieces of the cone program on random rows, and what all its solvers must agree on. */
class ConeProgramTest {

  private static final int ROWS = 60;
  private static final int D = 3;
  private static final int P = 4;
  private static final double BETA = 0.02;

  private static double[][] features(long seed) {
    Random random = new Random(seed);
    double[][] x = new double[ROWS][];
    Arrays.setAll(x, r -> random.doubles(D, -1, 1).toArray());
    return x;
  }

  private static HalfSpaces gates(long seed) {
    Random random = new Random(seed + 100);
    return new HalfSpaces(
        D,
        random.doubles(P * D, -1, 1).toArray(),
        random.doubles(P, -0.3, 0.3).toArray(),
        new double[P]);
  }

  /** Labels of a small ReLU network. */
  private static double[] labels(double[][] x, boolean binary) {
    return Arrays.stream(x)
        .mapToDouble(
            r -> {
              double f = Math.max(0, r[0] + r[1]) - 2 * Math.max(0, r[2] - 0.2) + 0.3 * r[1];
              return binary ? (f > 0 ? 1 : 0) : f;
            })
        .toArray();
  }

  private static ConeProgram program(long seed, Loss loss, boolean full, int blockRows) {
    double[][] x = features(seed);
    double[] y = labels(x, loss instanceof LogisticLoss);
    return ConeE1.program(x, y, gates(seed), loss, full, full, blockRows);
  }

  /** The rows of F and of G for all cones, as the definition has them. */
  private static double[] fitRow(double[] x, boolean[] active) {
    int width = D + 1;
    double[] row = new double[width + 2 * P * width];
    System.arraycopy(x, 0, row, 0, D);
    row[D] = 1;
    for (int i = 0; i < P; i++) {
      for (int j = 0; active[i] && j < width; j++) {
        row[width + i * width + j] = j < D ? x[j] : 1;
        row[width + (P + i) * width + j] = j < D ? -x[j] : -1;
      }
    }
    return row;
  }

  /**
   * p and q solve what H does (docs/theory/cones.md#admm-with-cones), with a linear block and a
   * bias.
   */
  @Test
  void rotatedFactorsInvertTheWholeMatrix() {
    double[][] x = features(1);
    HalfSpaces gates = gates(1);
    ConeProgram program = program(1, new SquaredLoss(), true, ROWS);
    int length = program.length();
    int width = D + 1;
    AdmmPenalties rho = new AdmmPenalties(0.7, 0.3, 0.05);
    double[] h = new double[length * length];
    for (double[] row : x) {
      boolean[] active = new boolean[P];
      for (int i = 0; i < P; i++) {
        double score = 0;
        for (int j = 0; j < D; j++) {
          score += row[j] * gates.directions()[i * D + j];
        }
        active[i] = score >= gates.thresholds()[i];
      }
      double[] f = fitRow(row, active);
      double[] z = {row[0], row[1], row[2], 1};
      for (int i = 0; i < length; i++) {
        for (int j = 0; j < length; j++) {
          h[i * length + j] += rho.fit() * f[i] * f[j] / ROWS;
          if (i >= width && j >= width && i / width == j / width) {
            h[i * length + j] += rho.cone() * z[i % width] * z[j % width] / ROWS;
          }
        }
      }
    }
    for (int i = 0; i < length; i++) {
      h[i * length + i] += rho.norm();
    }
    double[][] grams = program.grams(false, GatedRows.NO_STATE);
    ConeMetric metric = new ConeMetric(program.setting(), grams[0], grams[1]);
    metric.factor(rho);
    double[] b = new Random(2).doubles(length, -1, 1).toArray();
    double[] u = metric.solve(b);
    double[] product = new double[length];
    Blas.gemm(false, false, length, 1, length, 1.0, h, 0, length, u, 0, 1, 0.0, product, 0, 1);
    assertThat(product).containsExactly(b, within(1e-11));
  }

  /** The vector that the recursion keeps is the one that a reduction over rows gives. */
  @Test
  void dualVectorNeedsNoReduction() {
    ConeProgram program = program(3, new LogisticLoss(), true, 17);
    AdmmPenalties rho = new AdmmPenalties(0.2, 0.1, 0.01);
    ConeAdmm admm = new ConeAdmm(program, BETA, 1.6, Optional.of(rho));
    for (int k = 0; k < 30; k++) {
      admm.advance(false);
    }
    ConeStepPass pass =
        new ConeStepPass(
            program.setting(),
            ConeStepPass.Step.ALIGN,
            new double[program.length()],
            new double[0],
            rho.fit(),
            rho.cone(),
            1.6);
    double[] direct = program.divide(program.step("", pass, admm.state(), GatedRows.NO_STATE)[3]);
    double[] rest = admm.stationarity();
    assertThat(rest).containsExactly(direct, within(1e-13));
  }

  /** A loss of row state costs iterations, not the bound: it stays below the optimum. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void boundsHoldAfterALossOfState(boolean squared) {
    Loss loss = squared ? new SquaredLoss() : new LogisticLoss();
    double[][] x = features(4);
    HalfSpaces gates = gates(4);
    FeatureMap map = FeatureMap.identity(D);
    LocalRows.LocalGatedRows rows =
        ConeE1.rows(x, labels(x, !squared), 20).activate(GateSet.of(gates), map);
    RowSetting setting =
        RowSetting.of(map, GateSet.of(gates), loss, new double[1], 0, 1, Precision.FLOAT64);
    ConeProgram program =
        new ConeProgram(rows, new ConeSetting(setting, map, true, true), ROWS, 1e-3);
    double optimum = new ConeNewton(program, BETA).solve(1e-8, 100).lower();
    ConeAdmm admm = new ConeAdmm(program, BETA);
    double last = 0;
    for (int k = 0; k < 600; k++) {
      if (k == 50) {
        rows.lose(admm.state(), 1);
      }
      last = admm.advance(false).bound();
      assertThat(last).isLessThanOrEqualTo(optimum * (1 + 1e-7));
    }
    assertThat(last).isCloseTo(optimum, within(1e-3 * optimum));
  }

  /** Two solvers that share no step, with linear block and bias, in blocks. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void solversAgree(boolean squared) {
    Loss loss = squared ? new SquaredLoss() : new LogisticLoss();
    ConeProgram program = program(5, loss, true, 13);
    ConeSolution newton = new ConeNewton(program, BETA).solve(1e-7, 100);
    ConeSolution admm = new ConeAdmm(program, BETA).solve(1e-5, 20_000);
    assertThat(newton.relativeGap()).isLessThan(1e-6);
    assertThat(admm.reason()).isEqualTo(StopReason.GAP);
    assertThat(admm.point().objective())
        .isCloseTo(newton.point().objective(), within(2e-5 * newton.point().objective()));
    assertThat(admm.lower()).isLessThanOrEqualTo(newton.point().objective() * (1 + 1e-9));
    for (ConeSolution solution : List.of(newton, admm)) {
      assertThat(solution.point().violation()).isLessThanOrEqualTo(1e-6);
      // In their cones neurons are ReLU neurons.
      assertThat(solution.point().networkObjective())
          .isCloseTo(solution.point().objective(), within(1e-6));
    }
  }

  /** The objective of a solution is that of its decoded network, evaluated from its definition. */
  @Test
  void decodedNetworkHasTheObjective() {
    double[][] x = features(6);
    ConeProgram program = program(6, new SquaredLoss(), true, ROWS);
    ConeSolution solution = new ConeNewton(program, BETA).solve(1e-7, 100);
    ReluNetwork network = new ConeDecoder(program).decodeSparsely(solution.weights());
    double[] y = labels(x, false);
    double objective = BETA * network.penalty();
    double[] f = new double[1];
    for (int r = 0; r < ROWS; r++) {
      network.evaluate(x[r], f);
      objective += 0.5 * (f[0] - y[r]) * (f[0] - y[r]) / ROWS;
    }
    for (double w : network.linear()) {
      objective += 0.5 * 1e-3 * w * w;
    }
    assertThat(objective).isCloseTo(solution.point().networkObjective(), within(1e-6));
    assertThat(objective).isGreaterThanOrEqualTo(solution.lower() * (1 - 1e-6));
  }

  /** A constant b0 takes labels that are b0 higher to the same weights. */
  @Test
  void offsetShiftsTheLabels() {
    double[][] x = features(8);
    double[] y = labels(x, false);
    double b0 = 1.5;
    double[] higher = Arrays.stream(y).map(v -> v + b0).toArray();
    GateSet gates = GateSet.of(gates(8));
    FeatureMap map = FeatureMap.identity(D);
    RowSetting setting =
        RowSetting.of(map, gates, new SquaredLoss(), new double[] {b0}, 0, 1, Precision.FLOAT64);
    ConeProgram shifted =
        new ConeProgram(
            ConeE1.rows(x, higher, 11).activate(gates, map),
            new ConeSetting(setting, map, true, true),
            ROWS,
            1e-3);
    ConeProgram plain = program(8, new SquaredLoss(), true, ROWS);
    double optimum = new ConeNewton(plain, BETA).solve(1e-8, 100).lower();
    ConeSolution newton = new ConeNewton(shifted, BETA).solve(1e-8, 100);
    assertThat(newton.lower()).isCloseTo(optimum, within(1e-7 * optimum));
    assertThat(newton.point().objective()).isCloseTo(optimum, within(1e-7 * optimum));
    ConeSolution admm = new ConeAdmm(shifted, BETA).solve(1e-5, 20_000);
    assertThat(admm.lower()).isCloseTo(optimum, within(2e-5 * optimum));
    assertThat(admm.point().objective()).isCloseTo(optimum, within(2e-5 * optimum));
  }

  /** Weight 2 is the row twice, and weight 0 is no row. */
  @Test
  void weightsCountRows() {
    double[][] x = features(7);
    double[] y = labels(x, false);
    double[] w = new double[ROWS];
    Arrays.setAll(w, r -> r % 3);
    double[][] repeated = new double[ROWS][];
    double[] labels = new double[ROWS];
    int at = 0;
    for (int r = 0; r < ROWS; r++) {
      for (int k = 0; k < w[r]; k++) {
        repeated[at] = x[r];
        labels[at++] = y[r];
      }
    }
    double weighted = optimum(x, y, w);
    double[] ones = new double[at];
    Arrays.fill(ones, 1);
    double counted = optimum(Arrays.copyOf(repeated, at), Arrays.copyOf(labels, at), ones);
    assertThat(weighted).isCloseTo(counted, within(1e-7 * counted));
  }

  private static double optimum(double[][] x, double[] y, double[] w) {
    double[] values = new double[x.length * D];
    for (int r = 0; r < x.length; r++) {
      System.arraycopy(x[r], 0, values, r * D, D);
    }
    GateSet gates = GateSet.of(gates(7));
    FeatureMap map = FeatureMap.identity(D);
    LocalRows rows = new LocalRows(List.of(new Block(D, values, y, w)));
    RowSetting setting =
        RowSetting.of(map, gates, new SquaredLoss(), new double[1], 0, 1, Precision.FLOAT64);
    ConeProgram program =
        new ConeProgram(
            rows.activate(gates, map),
            new ConeSetting(setting, map, true, false),
            Arrays.stream(w).sum(),
            1);
    ConeSolution solution = new ConeNewton(program, BETA).solve(1e-8, 100);
    return 0.5 * (solution.point().objective() + solution.lower());
  }

  /**
   * At betaMax and above nothing is worth its penalty; just below something is
   * (docs/theory/certificates.md#betamax).
   */
  @Test
  void betaMax() {
    ConeProgram program = ConeE1.program(ConeE1.Y, new SquaredLoss());
    double betaMax = new ConePrices(program).betaMax(new double[program.length()]);
    assertThat(ConeE1.N * betaMax).isCloseTo(2.5, within(1e-8));
    double zero = program.evaluate(new double[program.length()], 1).objective();
    ConeSolution above = new ConeNewton(program, 1.001 * betaMax).solve(1e-8, 100);
    assertThat(above.point().objective()).isEqualTo(zero);
    assertThat(program.groups().sum(above.weights())).isZero();
    ConeSolution below = new ConeNewton(program, 0.9 * betaMax).solve(1e-8, 100);
    assertThat(below.point().objective()).isLessThan(zero * (1 - 1e-5));
  }

  /**
   * The optimum of the patterns 2 and 8 alone, priced over all ten
   * (docs/theory/golden.md#column-generation).
   */
  @Test
  void pricesOfTheOtherPatterns() {
    ConeProgram two =
        ConeE1.program(
            ConeE1.X, ConeE1.Y, ConeE1.gates().select(new int[] {2, 8}), new SquaredLoss());
    ConeSolution solution = new ConeNewton(two, 0.3 / ConeE1.N).solve(1e-9, 100);
    assertThat(ConeE1.N * solution.point().objective()).isCloseTo(2.106862852, within(1e-7));
    ConeProgram ten = ConeE1.program(ConeE1.Y, new SquaredLoss());
    double[] weights = new double[ten.length()];
    int[] from = {0, 1, 2, 3};
    int[] to = {2, 8, 12, 18};
    for (int k = 0; k < from.length; k++) {
      System.arraycopy(solution.weights(), 2 * from[k], weights, 2 * to[k], 2);
    }
    double[] prices = new ConePrices(ten).at(weights);
    double plus = Arrays.stream(prices, 0, 10).max().orElseThrow();
    double minus = Arrays.stream(prices, 10, 20).max().orElseThrow();
    assertThat(ConeE1.N * plus).isCloseTo(0.6006347619, within(1e-4));
    assertThat(ConeE1.N * minus).isCloseTo(1.2358138251, within(1e-4));
    for (int k : to) {
      assertThat(ConeE1.N * prices[k]).isLessThanOrEqualTo(0.3 + 1e-4);
    }
  }

  /** {1, 2, 7, 8} attain the optimum of all patterns (docs/theory/golden.md#column-generation). */
  @Test
  void fourPatternsAreEnough() {
    ConeProgram four =
        ConeE1.program(
            ConeE1.X, ConeE1.Y, ConeE1.gates().select(new int[] {1, 2, 7, 8}), new SquaredLoss());
    ConeSolution solution = new ConeNewton(four, 0.3 / ConeE1.N).solve(1e-9, 100);
    assertThat(ConeE1.N * solution.point().objective()).isCloseTo(1.7039696962, within(1e-7));
  }

  /** A cone that is a line has no central path; ADMM does not need one. v = 1 - 3 beta. */
  @Test
  void coneWithoutInterior() {
    double[][] x = {{1, 0}, {-1, 0}, {0, 1}};
    HalfSpaces gate = new HalfSpaces(2, new double[] {0, 1}, new double[1], new double[1]);
    ConeProgram program = ConeE1.program(x, new double[] {0, 0, 1}, gate, new SquaredLoss());
    ConeSolution solution = ConeSolver.solve(program, 0.1, 1e-6, 20_000);
    assertThat(solution.relativeGap()).isLessThanOrEqualTo(1e-6);
    assertThat(solution.point().objective()).isCloseTo(0.085, within(1e-7));
    assertThat(solution.weights()).containsExactly(new double[] {0, 0.7, 0, 0}, within(1e-3));
  }

  /** A row of zeros is in every cone and on every boundary. v = 1 - 2 beta. */
  @Test
  void rowOfZeros() {
    double[][] x = {{0, 1}, {0, 0}};
    HalfSpaces gate = new HalfSpaces(2, new double[] {0, 1}, new double[1], new double[1]);
    ConeProgram program = ConeE1.program(x, new double[] {1, 1}, gate, new SquaredLoss());
    ConeSolution solution = new ConeNewton(program, 0.1).solve(1e-8, 100);
    assertThat(solution.reason()).isEqualTo(StopReason.GAP);
    assertThat(solution.point().objective()).isCloseTo(0.34, within(1e-8));
  }

  @Test
  void badInputIsRefused() {
    ConeProgram program = program(1, new SquaredLoss(), true, ROWS);
    for (double beta : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new ConeNewton(program, beta))
          .hasMessage("regParam is " + beta + "; exact ReLU needs a positive, finite one");
      assertThatThrownBy(() -> new ConeAdmm(program, beta)).hasMessageContaining("regParam is");
    }
    FeatureMap map = FeatureMap.identity(D);
    RowSetting three =
        RowSetting.of(
            map, GateSet.of(gates(1)), new SoftmaxLoss(3), new double[3], 0, 1, Precision.FLOAT64);
    assertThatThrownBy(() -> new ConeSetting(three, map, true, true))
        .hasMessage(
            "exact ReLU with 0 leaves and 3 outputs; it takes half-spaces only and one output: fit"
                + " each output alone");
    assertThatThrownBy(() -> new ConeProgram(program.rows(), program.setting(), 0, 1))
        .hasMessage("total weight is 0.0; it must be positive");
    assertThatThrownBy(() -> new ConeProgram(program.rows(), program.setting(), 1, 0))
        .hasMessage("skipRidge is 0.0; it must be positive");
  }
}
