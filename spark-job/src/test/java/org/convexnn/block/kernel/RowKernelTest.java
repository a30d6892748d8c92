package org.convexnn.block.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.Precision;
import org.convexnn.block.RandomRows;
import org.convexnn.block.RowSelection;
import org.convexnn.block.RowSetting;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.WeightLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Products with F and F' against F built in full, at gate counts around bytes and words. */
class RowKernelTest {

  private static final int FEATURES = 3;
  private static final int WIDTH = FEATURES + 1;

  static Stream<Arguments> shapes() {
    return Stream.of(0, 1, 7, 8, 9, 63, 64, 65, 130)
        .flatMap(
            p ->
                Stream.of(1, 3)
                    .flatMap(
                        c ->
                            Stream.of(Precision.values())
                                .flatMap(
                                    precision ->
                                        Stream.of(false, true)
                                            .map(t -> Arguments.of(p, c, precision, t)))));
  }

  private static final class Case {
    final GateSet gates;
    final FeatureMap map;
    final RowSetting setting;
    final RowKernel kernel;
    final GatedBlock gated;
    final double[][] full;
    final double ulp;

    Case(int halfSpaces, int outputs, Precision precision, boolean trees, int batches) {
      gates = RandomRows.gates(halfSpaces, FEATURES, halfSpaces, trees);
      map = RandomRows.map(halfSpaces, FEATURES);
      setting = RandomRows.setting(map, gates, new SquaredLoss(), new double[outputs], precision);
      kernel = RowKernel.of(setting, 2);
      int rows = (batches - 1) * kernel.capacity() + 37;
      Block block = RandomRows.block(halfSpaces, rows, FEATURES);
      gated = RandomRows.gated(block, gates, map);
      full = RandomRows.expanded(block, gates, map);
      ulp = precision == Precision.FLOAT32 ? 0x1.0p-23 : 0x1.0p-52;
    }

    int outputs() {
      return setting.outputs();
    }

    double[] random(long seed, int length) {
      return new Random(seed).doubles(length, -1, 1).toArray();
    }

    /** Entry (r, block, j) of F for output c has weights at block C D + c D + j. */
    int weight(int phi, int output) {
      return phi / WIDTH * outputs() * WIDTH + output * WIDTH + phi % WIDTH;
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void forwardAndBackward(int halfSpaces, int outputs, Precision precision, boolean trees) {
    Case test = new Case(halfSpaces, outputs, precision, trees, 3);
    int rows = test.full.length;
    double[][] v = {test.random(1, test.setting.length()), test.random(2, test.setting.length())};
    test.kernel.weights(0, v[0]);
    test.kernel.weights(1, v[1]);
    double[] q = test.random(3, rows * outputs);
    double[][] f = new double[2][rows * outputs + 5];
    int batches = 0;
    for (int from = 0; from < rows; ) {
      int count = test.kernel.load(test.gated, from);
      test.kernel.forward(0, f[0], 5 + from * outputs);
      test.kernel.forward(1, f[1], 5 + from * outputs);
      test.kernel.backward(1, q, from * outputs);
      from += count;
      batches++;
    }
    assertThat(batches).isEqualTo(3);
    double[] gradient = new double[test.setting.length()];
    double[] size = new double[gradient.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < outputs; c++) {
        for (int slot = 0; slot < 2; slot++) {
          double sum = 0;
          double total = 0;
          for (int k = 0; k < test.full[r].length; k++) {
            double term = test.full[r][k] * v[slot][test.weight(k, c)];
            sum += term;
            total += Math.abs(term);
          }
          assertThat(Math.abs(f[slot][5 + r * outputs + c] - sum))
              .isLessThanOrEqualTo((halfSpaces + 10) * test.ulp * total);
        }
        for (int k = 0; k < test.full[r].length; k++) {
          double term = test.full[r][k] * q[r * outputs + c];
          gradient[test.weight(k, c)] += term;
          size[test.weight(k, c)] += Math.abs(term);
        }
      }
    }
    for (int i = 0; i < gradient.length; i++) {
      assertThat(Math.abs(test.kernel.gradient(1)[i] - gradient[i]))
          .as("entry %d", i)
          .isLessThanOrEqualTo(rows * test.ulp * size[i]);
    }
    assertThat(test.kernel.gradient(0)).as("the other slot").containsOnly(0.0);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void gram(int halfSpaces, int outputs, Precision precision, boolean trees) {
    Case test = new Case(halfSpaces, outputs, precision, trees, 2);
    int rows = test.full.length;
    int q = (1 + test.gates.size()) * WIDTH;
    double[] weights = test.random(4, rows);
    for (int r = 0; r < rows; r++) {
      weights[r] = r % 4 == 0 ? Math.abs(weights[r]) : 0;
    }
    double[] gram = new double[q * q];
    gram[0] = 1;
    for (int from = 0; from < rows; ) {
      int count = test.kernel.load(test.gated, from);
      test.kernel.addGram(weights, from, gram);
      from += count;
    }
    gram[0] -= 1;
    for (int i = 0; i < q; i++) {
      for (int j = i; j < q; j++) {
        double sum = 0;
        double size = 1;
        for (int r = 0; r < rows; r += 4) {
          double term = weights[r] * test.full[r][i] * test.full[r][j];
          sum += term;
          size += Math.abs(term);
        }
        assertThat(Math.abs(gram[i * q + j] - sum))
            .as("entry (%d, %d)", i, j)
            .isLessThanOrEqualTo(rows * test.ulp * size);
      }
    }
  }

  /** More rows of weight than one expansion holds, and more columns than a panel. */
  @Test
  void gramOfManyRowsAndColumns() {
    Case test = new Case(130, 1, Precision.FLOAT64, true, 2);
    int rows = test.full.length;
    int q = (1 + test.gates.size()) * WIDTH;
    double[] weights = new double[rows];
    Arrays.fill(weights, 1);
    double[] gram = new double[q * q];
    for (int from = 0; from < rows; ) {
      int count = test.kernel.load(test.gated, from);
      test.kernel.addGram(weights, from, gram);
      from += count;
    }
    for (int i = 0; i < q; i += 7) {
      for (int j = i; j < q; j += 11) {
        double sum = 0;
        for (double[] row : test.full) {
          sum += row[i] * row[j];
        }
        assertThat(Math.abs(gram[i * q + j] - sum)).isLessThan(1e-9);
      }
    }
  }

  @Test
  void capacityIsAMultipleOfAWordAndAtLeast128() {
    for (int p : new int[] {0, 1, 64, 130, 1000, 100_000}) {
      RowSetting setting =
          new RowSetting(
              new double[1],
              new double[] {1},
              p,
              WeightLayout.wide(1, 2, p),
              new int[1],
              new SquaredLoss(),
              new double[1],
              0,
              1,
              Precision.FLOAT32,
              RowSelection.ALL);
      RowKernel kernel = RowKernel.of(setting, 0);
      assertThat(kernel.capacity()).isBetween(128, 2048);
      assertThat(kernel.capacity() % 64).isZero();
    }
  }
}
