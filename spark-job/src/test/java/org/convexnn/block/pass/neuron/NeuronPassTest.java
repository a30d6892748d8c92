package org.convexnn.block.pass.neuron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.Precision;
import org.convexnn.block.RandomRows;
import org.convexnn.block.RowSelection;
import org.convexnn.block.RowSetting;
import org.convexnn.block.kernel.DualValue;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.Sums;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SoftmaxLoss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.ReluNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The neurons' pass against a plain loop over rows, and against finite differences. */
class NeuronPassTest {

  private static final int FEATURES = 3;

  /** Rows, their setting and random networks on them. */
  private record Case(GatedBlock gated, RowSetting setting, FeatureMap map) {

    static Case of(long seed, int rows, FeatureMap map, Loss loss, Precision precision) {
      GateSet none = GateSet.of(HalfSpaces.none(FEATURES));
      Block block = RandomRows.block(seed, rows, FEATURES);
      double[] offset = new Random(seed).doubles(loss.outputs(), -0.5, 0.5).toArray();
      RowSetting setting = RowSetting.of(map, none, loss, offset, 0, 1, precision);
      return new Case(RandomRows.gated(block, none, map), setting, map);
    }

    ReluNetwork network(long seed, int neurons) {
      Random random = new Random(seed);
      int c = setting.outputs();
      return ReluNetwork.stacked(
          random.doubles(setting.width() * neurons, -1, 1).toArray(),
          random.doubles(neurons * c, -1, 1).toArray(),
          random.doubles(setting.width() * c, -1, 1).toArray(),
          c);
    }

    double[][] run(NeuronPass pass) {
      RowPass.Worker<GatedBlock, double[][]> worker = pass.worker();
      worker.accept(gated);
      return worker.result();
    }

    /** What the pass must give, row by row. */
    double[][] direct(ReluNetwork network, ReluNetwork priced) {
      int c = setting.outputs();
      int width = setting.width();
      int q = priced.neurons();
      double[][] sums = {
        new double[1], new double[width * c], new double[q * c], new double[width * q]
      };
      double[] f = new double[c];
      double[] r = new double[c];
      double[] x = new double[FEATURES];
      for (int row = 0; row < gated.block().rows(); row++) {
        gated.block().copyRow(row, x);
        double[] y = map.rowCoordinates(x);
        network.evaluate(y, f);
        for (int k = 0; k < c; k++) {
          f[k] += setting.offset()[k];
        }
        double label = setting.label(gated.block(), row);
        double weight = gated.block().weight(row);
        sums[0][0] += weight * setting.loss().value(label, f, 0);
        setting.loss().derivative(label, f, 0, r, 0);
        for (int i = 0; i < width; i++) {
          double yi = i < width - 1 ? y[i] : 1;
          for (int k = 0; k < c; k++) {
            sums[1][i * c + k] += weight * r[k] * yi;
          }
        }
        for (int j = 0; j < q; j++) {
          double[] u = priced.direction(j);
          double h = u[width - 1];
          for (int i = 0; i < width - 1; i++) {
            h += y[i] * u[i];
          }
          double back = 0;
          for (int k = 0; k < c; k++) {
            sums[2][j * c + k] += weight * Math.max(0, h) * r[k];
            back += weight * r[k] * priced.w2()[j * c + k];
          }
          for (int i = 0; h > 0 && i < width; i++) {
            sums[3][i * q + j] += (i < width - 1 ? y[i] : 1) * back;
          }
        }
      }
      return sums;
    }
  }

  private static Loss loss(int outputs) {
    return outputs == 1 ? new LogisticLoss() : new SoftmaxLoss(outputs);
  }

  private static FeatureMap map(String kind) {
    FeatureMap map = RandomRows.map(3, FEATURES);
    return switch (kind) {
      case "clipped" -> map.clipped(0.7);
      case "identity" -> FeatureMap.identity(FEATURES);
      default -> map;
    };
  }

  /** More rows than a batch; maps that are applied to weights and to rows. */
  @ParameterizedTest
  @CsvSource({
    "1, 1, linear, FLOAT64",
    "5, 1, linear, FLOAT64",
    "5, 3, clipped, FLOAT64",
    "0, 2, identity, FLOAT64",
    "5, 1, linear, FLOAT32",
    "0, 1, identity, FLOAT32",
    "7, 3, clipped, FLOAT32"
  })
  void sumsOfAPlainLoop(int neurons, int outputs, String kind, Precision precision) {
    Case rows = Case.of(neurons, 1100, map(kind), loss(outputs), precision);
    double tolerance = precision == Precision.FLOAT64 ? 1e-9 : 5e-3;
    ReluNetwork network = rows.network(1, neurons);
    compare(
        rows.run(NeuronPass.gradient(rows.setting, network)),
        rows.direct(network, network),
        tolerance);
    ReluNetwork candidates = rows.network(2, 9);
    compare(
        rows.run(new NeuronPass(rows.setting, network, candidates)),
        rows.direct(network, candidates),
        tolerance);
  }

  private static void compare(double[][] sums, double[][] direct, double tolerance) {
    assertThat(sums.length).isEqualTo(4);
    assertThat(sums[0][0]).isCloseTo(direct[0][0], within(tolerance));
    for (int k = 1; k < 4; k++) {
      assertThat(sums[k]).as("sums %d", k).containsExactly(direct[k], within(tolerance));
    }
  }

  @Property(tries = 50)
  void sumsOfAnyShape(
      @ForAll @IntRange(min = 1, max = 90) int rows,
      @ForAll @IntRange(min = 0, max = 6) int neurons,
      @ForAll @IntRange(min = 1, max = 6) int candidates,
      @ForAll @IntRange(min = 1, max = 4) int outputs,
      @ForAll long seed) {
    Case random = Case.of(seed, rows, map("linear"), loss(outputs), Precision.FLOAT64);
    ReluNetwork network = random.network(seed + 1, neurons);
    ReluNetwork priced = random.network(seed + 2, candidates);
    compare(
        random.run(new NeuronPass(random.setting, network, priced)),
        random.direct(network, priced),
        1e-10);
  }

  /** All gradients are derivatives of the loss. */
  @ParameterizedTest
  @CsvSource({"1", "3"})
  void finiteDifferences(int outputs) {
    Case rows = Case.of(7, 60, map("linear"), loss(outputs), Precision.FLOAT64);
    ReluNetwork network = rows.network(3, 4);
    double[][] sums = rows.run(NeuronPass.gradient(rows.setting, network));
    double[][] weights = {network.linear(), network.w2(), network.hidden()};
    double step = 1e-6;
    for (int part = 0; part < 3; part++) {
      for (int i = 0; i < weights[part].length; i++) {
        double[] values = new double[2];
        for (int side = 0; side < 2; side++) {
          double[][] moved = {weights[0].clone(), weights[1].clone(), weights[2].clone()};
          moved[part][i] += side == 0 ? step : -step;
          ReluNetwork other = ReluNetwork.stacked(moved[2], moved[1], moved[0], outputs);
          values[side] = rows.run(NeuronPass.gradient(rows.setting, other))[0][0];
        }
        assertThat(sums[1 + part][i])
            .as("part %d, entry %d", part, i)
            .isCloseTo((values[0] - values[1]) / (2 * step), within(1e-6));
      }
    }
  }

  /** The dual sums are those of the rows' derivatives. */
  @Test
  void dualSums() {
    Case rows = Case.of(7, 40, map("linear"), new SquaredLoss(), Precision.FLOAT64);
    ReluNetwork network = rows.network(3, 4);
    double[] expected = new double[1 + DualValue.length()];
    double[] f = new double[1];
    double[] r = new double[1];
    double[] x = new double[FEATURES];
    for (int row = 0; row < 40; row++) {
      rows.gated.block().copyRow(row, x);
      network.evaluate(rows.map.rowCoordinates(x), f);
      f[0] += rows.setting.offset()[0];
      double y = rows.gated.block().label(row);
      rows.setting.loss().derivative(y, f, 0, r, 0);
      DualValue.add(
          rows.setting.loss(),
          y,
          rows.setting.offset(),
          r,
          0,
          rows.gated.block().weight(row),
          expected,
          1);
    }
    double[] sums = rows.run(NeuronPass.gradient(rows.setting, network))[0];
    for (int k = 1; k < sums.length; k++) {
      assertThat(sums[k]).isCloseTo(expected[k], within(1e-10));
    }
  }

  /** Blocks of stored non-zeros give the same. */
  @ParameterizedTest
  @CsvSource({"linear, FLOAT64", "clipped, FLOAT64", "identity, FLOAT32"})
  void sparseBlocks(String kind, Precision precision) {
    Case dense = Case.of(7, 60, map(kind), new SoftmaxLoss(2), precision);
    Block thinned = RandomRows.thinned(dense.gated.block(), 0.3, 1);
    GateSet none = GateSet.of(HalfSpaces.none(FEATURES));
    Case thin = new Case(RandomRows.gated(thinned, none, dense.map), dense.setting, dense.map);
    Case sparse =
        new Case(
            RandomRows.gated(RandomRows.sparse(thinned), none, dense.map),
            dense.setting,
            dense.map);
    NeuronPass pass = new NeuronPass(dense.setting, dense.network(1, 3), dense.network(2, 4));
    compare(sparse.run(pass), thin.run(pass), precision == Precision.FLOAT64 ? 1e-12 : 1e-4);
  }

  /** Rows that are not selected take no part. */
  @Test
  void selectedRowsAlone() {
    Case rows = Case.of(7, 200, map("linear"), new LogisticLoss(), Precision.FLOAT64);
    ReluNetwork network = rows.network(3, 4);
    RowSelection fold = new RowSelection(3, 1, true, 5);
    double[][] all = rows.run(NeuronPass.gradient(rows.setting, network));
    double[][] in = rows.run(NeuronPass.gradient(rows.setting.on(fold), network));
    double[][] out = rows.run(NeuronPass.gradient(rows.setting.on(fold.complement()), network));
    assertThat(in[0][0]).isNotZero().isLessThan(0.6 * all[0][0]);
    compare(Sums.add(in, out), all, 1e-10);
  }

  @Test
  void refusesANetworkOfAnotherShape() {
    Case rows = Case.of(7, 5, map("linear"), new LogisticLoss(), Precision.FLOAT64);
    ReluNetwork other = ReluNetwork.constant(2, new double[1]);
    assertThatThrownBy(() -> NeuronPass.gradient(rows.setting, other).worker())
        .hasMessageContaining("2 features and 1 outputs on rows of 3 coordinates and 1 outputs");
  }
}
