package org.convexnn.block.pass.gated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.Precision;
import org.convexnn.block.RandomRows;
import org.convexnn.block.RowSelection;
import org.convexnn.block.RowSetting;
import org.convexnn.block.RowState;
import org.convexnn.block.pass.StepPass;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.junit.jupiter.api.Test;

class GramPassTest {

  private static final int ROWS = 300;
  private static final GateSet GATES = RandomRows.gates(1, 2, 3, true);
  private static final FeatureMap MAP = RandomRows.map(1, 2);
  private static final Block BLOCK = RandomRows.block(1, ROWS, 2);
  private static final GatedBlock GATED = RandomRows.gated(BLOCK, GATES, MAP);
  private static final RowSetting SETTING =
      RandomRows.setting(MAP, GATES, new LogisticLoss(), new double[1], Precision.FLOAT64);
  private static final int Q = (1 + GATES.size()) * 3;

  private static RowState state() {
    Random random = new Random(4);
    float[] penalty = new float[ROWS];
    for (int r = 0; r < ROWS; r++) {
      penalty[r] = 0.01f + random.nextFloat();
    }
    return new RowState(new double[ROWS], new double[ROWS], penalty, new double[ROWS]);
  }

  private static double[][] run(
      RowSetting setting, GramPass.Penalty penalty, GramPass.Sketch sketch, RowState state) {
    StepPass.Worker<double[][]> worker = new GramPass(setting, penalty, sketch).worker();
    worker.accept(GATED, Optional.ofNullable(state));
    return worker.result();
  }

  private static double[] exact(RowSetting setting, double[] rho) {
    double[] gram = new double[Q * Q];
    double[][] full = RandomRows.expanded(BLOCK, GATES, MAP);
    for (int r = 0; r < ROWS; r++) {
      for (int i = 0; i < Q; i++) {
        for (int j = 0; j < Q; j++) {
          gram[i * Q + j] += setting.weight(BLOCK, r) * rho[r] * full[r][i] * full[r][j];
        }
      }
    }
    return gram;
  }

  private static double[] penalties(RowState state) {
    double[] rho = new double[ROWS];
    for (int r = 0; r < ROWS; r++) {
      rho[r] = state.penalty()[r];
    }
    return rho;
  }

  private static void assertUpper(double[] gram, double[] expected, double tolerance) {
    for (int i = 0; i < Q; i++) {
      for (int j = i; j < Q; j++) {
        assertThat(gram[i * Q + j]).isCloseTo(expected[i * Q + j], within(tolerance));
      }
    }
  }

  @Test
  void allRowsGiveTheExactMatrix() {
    double[] ones = new double[ROWS];
    Arrays.fill(ones, 1);
    double[][] plain = run(SETTING, GramPass.Penalty.ONE, GramPass.Sketch.ALL, state());
    assertThat(plain[0]).containsExactly(ROWS);
    assertUpper(plain[1], exact(SETTING, ones), 1e-10);
    RowState state = state();
    assertUpper(
        run(SETTING, GramPass.Penalty.STATE, GramPass.Sketch.ALL, state)[1],
        exact(SETTING, penalties(state)),
        1e-10);
    Arrays.fill(ones, 0.25);
    assertUpper(
        run(SETTING, GramPass.Penalty.STATE, GramPass.Sketch.ALL, null)[1],
        exact(SETTING, ones),
        1e-10);
  }

  @Test
  void rowsThatAreNotSelectedDoNotCount() {
    RowSetting fold = SETTING.on(new RowSelection(3, 1, true, 5));
    double[] ones = new double[ROWS];
    Arrays.fill(ones, 1);
    double[][] sums = run(fold, GramPass.Penalty.ONE, GramPass.Sketch.ALL, null);
    assertThat(sums[0][0]).isBetween(60.0, 140.0);
    assertUpper(sums[1], exact(fold, ones), 1e-10);
  }

  /** The mean over epochs tends to the matrix, the number of rows to its expectation. */
  @Test
  void sketchesAreUnbiased() {
    RowState state = state();
    double[] rho = penalties(state);
    double[] expected = exact(SETTING, rho);
    double meanPenalty = 0;
    double meanLeverage = 0;
    for (int r = 0; r < ROWS; r++) {
      meanPenalty += rho[r] / ROWS;
      meanLeverage += GATED.patterns().leverage()[r] / ROWS;
    }
    for (boolean uniform : new boolean[] {false, true}) {
      int epochs = 3000;
      double[] mean = new double[Q * Q];
      double[] square = new double[Q * Q];
      double taken = 0;
      for (int epoch = 0; epoch < epochs; epoch++) {
        GramPass.Sketch sketch =
            new GramPass.Sketch(0.2, meanPenalty, meanLeverage, uniform, epoch);
        double[][] sums = run(SETTING, GramPass.Penalty.STATE, sketch, state);
        taken += sums[0][0] / epochs;
        for (int i = 0; i < mean.length; i++) {
          mean[i] += sums[1][i] / epochs;
          square[i] += sums[1][i] * sums[1][i] / epochs;
        }
      }
      double wanted = 0;
      for (int r = 0; r < ROWS; r++) {
        wanted +=
            uniform
                ? 0.2
                : Math.min(
                    1,
                    0.1 * (rho[r] / meanPenalty + GATED.patterns().leverage()[r] / meanLeverage));
      }
      assertThat(taken).isCloseTo(wanted, within(5 * Math.sqrt(wanted / epochs)));
      for (int i = 0; i < Q; i++) {
        for (int j = i; j < Q; j++) {
          int at = i * Q + j;
          double error = Math.sqrt(Math.max(0, square[at] - mean[at] * mean[at]) / epochs);
          assertThat(mean[at])
              .as("entry (%d, %d), uniform %s", i, j, uniform)
              .isCloseTo(expected[at], within(5 * error + 1e-9));
        }
      }
    }
  }

  @Test
  void aSketchIsReproducible() {
    GramPass.Sketch sketch = new GramPass.Sketch(0.2, 1, 4, false, 9);
    double[][] first = run(SETTING, GramPass.Penalty.ONE, sketch, null);
    assertThat(run(SETTING, GramPass.Penalty.ONE, sketch, null)[1]).containsExactly(first[1]);
    GramPass.Sketch other = new GramPass.Sketch(0.2, 1, 4, false, 10);
    assertThat(run(SETTING, GramPass.Penalty.ONE, other, null)[1]).isNotEqualTo(first[1]);
  }
}
