package org.convexnn.block.pass.neuron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.Precision;
import org.convexnn.block.RandomRows;
import org.convexnn.block.RowSetting;
import org.convexnn.block.kernel.DualValue;
import org.convexnn.block.pass.RowPass;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SoftmaxLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.ReluNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Passes at a network's dual point against plain loops, and against finite differences. */
class DualMomentsPassTest {

  private static final int FEATURES = 3;
  private static final int WIDTH = FEATURES + 1;
  private static final int ROWS = 700;
  private static final double STEP = 1e-5;

  private final FeatureMap map = RandomRows.map(3, FEATURES);
  private final Block block = RandomRows.block(4, ROWS, FEATURES);
  private final GatedBlock gated =
      RandomRows.gated(block, GateSet.of(HalfSpaces.none(FEATURES)), map);

  private RowSetting setting(int outputs) {
    Loss loss = outputs == 1 ? new LogisticLoss() : new SoftmaxLoss(outputs);
    double[] offset = new Random(outputs).doubles(outputs, -0.5, 0.5).toArray();
    GateSet none = GateSet.of(HalfSpaces.none(FEATURES));
    // Of a float32 setting too: these passes are always in float64.
    return RowSetting.of(map, none, loss, offset, 0, 1, Precision.FLOAT32);
  }

  private static ReluNetwork network(int neurons, int outputs) {
    Random random = new Random(neurons);
    return ReluNetwork.stacked(
        random.doubles(WIDTH * neurons, -1, 1).toArray(),
        random.doubles(neurons * outputs, -1, 1).toArray(),
        random.doubles(WIDTH * outputs, -1, 1).toArray(),
        outputs);
  }

  private <A> A run(RowPass<GatedBlock, A> pass) {
    RowPass.Worker<GatedBlock, A> worker = pass.worker();
    worker.accept(gated);
    return worker.result();
  }

  private double[] row(int r) {
    double[] x = new double[FEATURES];
    block.copyRow(r, x);
    double[] y = Arrays.copyOf(map.rowCoordinates(x), WIDTH);
    y[FEATURES] = 1;
    return y;
  }

  /** w l'(b0 + f) of row r. */
  private double[] derivative(RowSetting setting, ReluNetwork network, int r) {
    double[] f = new double[setting.outputs()];
    network.evaluate(Arrays.copyOf(row(r), FEATURES), f);
    Blas.axpy(1, setting.offset(), f);
    double[] derivative = new double[f.length];
    setting.loss().derivative(block.label(r), f, 0, derivative, 0);
    return Arrays.stream(derivative).map(v -> v * block.weight(r)).toArray();
  }

  @ParameterizedTest
  @CsvSource({"1, 1, true, true", "3, 0.4, false, true", "3, 1, true, false"})
  void sumsOfAPlainLoop(int outputs, double scale, boolean bias, boolean byOutput) {
    RowSetting setting = setting(outputs);
    ReluNetwork network = network(5, outputs);
    double[][] sums =
        run(new DualMomentsPass(setting, network, scale, map.matrix(), bias, byOutput));
    int matrices = byOutput ? 1 + 4 * outputs : 1;
    assertThat(sums.length).isEqualTo(3 + matrices);
    double[] radii = new double[1 + 2 * outputs];
    double[][] expected = new double[matrices][WIDTH * WIDTH];
    double[] linear = new double[WIDTH * outputs];
    double[] dual = new double[DualValue.length()];
    for (int r = 0; r < ROWS; r++) {
      double[] d = derivative(setting, network, r);
      double[] y = row(r);
      double[] point = new double[outputs];
      for (int k = 0; k < outputs; k++) {
        d[k] *= scale;
        point[k] = d[k] / block.weight(r);
        for (int i = 0; i < WIDTH; i++) {
          linear[i * outputs + k] += d[k] * y[i];
        }
      }
      DualValue.add(
          setting.loss(), block.label(r), setting.offset(), point, 0, block.weight(r), dual, 0);
      double[] x = new double[FEATURES];
      block.copyRow(r, x);
      double[] z = map.apply(x);
      double radius = Math.sqrt(Blas.dot(z, z) + (bias ? 1 : 0));
      radii[0] += Blas.norm(d, 0, outputs) * radius;
      for (int m = 0; m < matrices; m++) {
        int k = (m - 1) % (2 * outputs);
        double part = m == 0 ? 0 : Math.max(0, (k % 2 == 0 ? 1 : -1) * d[k / 2]);
        double weight = m == 0 ? Blas.norm(d, 0, outputs) : m <= 2 * outputs ? part : part / radius;
        if (m > 2 * outputs) {
          radii[1 + k] += part * radius;
        }
        for (int i = 0; i < WIDTH; i++) {
          for (int j = 0; j < WIDTH; j++) {
            expected[m][i * WIDTH + j] += weight * y[i] * y[j];
          }
        }
      }
    }
    assertThat(Arrays.copyOfRange(sums[0], 1, sums[0].length)).containsExactly(dual, within(1e-9));
    assertThat(sums[1]).containsExactly(linear, within(1e-9));
    for (int m = 0; m < matrices; m++) {
      assertThat(sums[m == 0 ? 2 : 3 + m])
          .as("matrix %d", m)
          .containsExactly(expected[m], within(1e-9));
    }
    assertThat(sums[3])
        .containsExactly(Arrays.copyOf(radii, byOutput ? radii.length : 1), within(1e-9));
  }

  @ParameterizedTest
  @CsvSource({"1", "2"})
  void rowsOfThePlane(int outputs) {
    RowSetting setting = setting(outputs);
    ReluNetwork network = network(5, outputs);
    double[] rows = run(new PlaneRowsPass(setting, network));
    assertThat(rows).hasSize(ROWS * (FEATURES + outputs));
    for (int r = 0; r < ROWS; r += 99) {
      int at = r * (FEATURES + outputs);
      assertThat(Arrays.copyOfRange(rows, at, at + FEATURES))
          .containsExactly(Arrays.copyOf(row(r), FEATURES), within(1e-14));
      assertThat(Arrays.copyOfRange(rows, at + FEATURES, at + FEATURES + outputs))
          .containsExactly(derivative(setting, network, r), within(1e-12));
    }
  }

  /** Gradient and Hessian of the scale fit are derivatives of its loss. */
  @ParameterizedTest
  @CsvSource({"1, false", "1, true", "3, false", "3, true"})
  void derivativesOfTheScaleFit(int outputs, boolean biasesAlone) {
    RowSetting setting = setting(outputs);
    ReluNetwork network = network(4, outputs);
    double[][] sums = run(new ScaleFitPass(setting, network, 0.7, biasesAlone));
    int p = 1 + outputs * (biasesAlone ? 1 : WIDTH);
    assertThat(sums[1]).hasSize(p);
    assertThat(sums[2]).hasSize(p * p);
    for (int i = 0; i < p; i++) {
      double[][] above = run(moved(setting, network, i, STEP, biasesAlone));
      double[][] below = run(moved(setting, network, i, -STEP, biasesAlone));
      assertThat(sums[1][i])
          .as("gradient %d", i)
          .isCloseTo((above[0][0] - below[0][0]) / (2 * STEP), within(1e-5));
      for (int j = 0; j < p; j++) {
        assertThat(sums[2][i * p + j])
            .as("hessian (%d, %d)", i, j)
            .isCloseTo((above[1][j] - below[1][j]) / (2 * STEP), within(1e-5));
      }
    }
  }

  private static ScaleFitPass moved(
      RowSetting setting, ReluNetwork network, int i, double step, boolean biasesAlone) {
    double[] linear = network.linear();
    int c = network.outputs();
    int first = biasesAlone ? linear.length - c : 0;
    if (i > 0) {
      linear[first + i - 1] += step;
    }
    ReluNetwork other = ReluNetwork.stacked(network.hidden(), network.w2(), linear, c);
    return new ScaleFitPass(setting, other, i == 0 ? 0.7 + step : 0.7, biasesAlone);
  }
}
