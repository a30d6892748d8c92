package org.convexnn.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The evaluator, which folds the feature map into weights, against the formula as it is written. */
class NetworkTest {

  private static final int FEATURES = 4;

  private static Network random(int halfSpaces, boolean trees, int outputs, boolean sparse) {
    return random(halfSpaces, trees, outputs, sparse, FEATURES);
  }

  private static Network random(
      int halfSpaces, boolean trees, int outputs, boolean sparse, int dimension) {
    Random random = new Random(halfSpaces * 10L + outputs);
    double[] centres = new double[halfSpaces];
    for (int i = 0; i < halfSpaces; i++) {
      centres[i] = i % 3 == 0 ? 0 : 0.5;
    }
    HalfSpaces half =
        new HalfSpaces(
            FEATURES,
            random.doubles(halfSpaces * FEATURES, -1, 1).toArray(),
            random.doubles(halfSpaces, -1, 1).toArray(),
            centres);
    Tree first =
        new Tree(new int[] {0, 2}, new double[] {0, 0.5}, new int[] {~1, ~0}, new int[] {1, ~2});
    Tree second = new Tree(new int[] {3}, new double[] {-0.2}, new int[] {~0}, new int[] {~1});
    Tree third = new Tree(new int[0], new double[0], new int[0], new int[0]);
    GateSet gates = new GateSet(half, trees ? List.of(first, second, third) : List.of());
    int size = outputs * (dimension + 1);
    double[] weights = random.doubles((1 + gates.size()) * size, -1, 1).toArray();
    if (sparse) {
      for (int i = 0; i < gates.size(); i++) {
        // Every other half-space, and the leaves of the second tree.
        boolean leafOfSecond = i >= halfSpaces + 3 && i < halfSpaces + 5;
        if (leafOfSecond || i < halfSpaces && i % 2 == 1) {
          Arrays.fill(weights, (1 + i) * size, (2 + i) * size, 0);
        }
      }
    }
    return new Network(
        new FeatureMap(
            random.doubles(FEATURES, -1, 1).toArray(),
            random.doubles(FEATURES, 0.5, 2).toArray(),
            random.doubles(dimension * FEATURES, -1, 1).toArray()),
        gates,
        weights,
        random.doubles(outputs, -1, 1).toArray(),
        3,
        0.25);
  }

  /** shift + scale (b0 + b + z.w0 + sum_i (s_i - c_i) z~.u_i), term by term. */
  private static double[] direct(Network network, double[] x) {
    int d = network.features();
    int c = network.outputs();
    double[] z = network.map().apply(x);
    HalfSpaces half = network.gates().halfSpaces();
    double[] pattern = new double[network.gates().size()];
    for (int p = 0; p < half.size(); p++) {
      double score = 0;
      for (int j = 0; j < d; j++) {
        score += x[j] * half.directions()[p * d + j];
      }
      pattern[p] = (score >= half.thresholds()[p] ? 1 : 0) - half.centres()[p];
    }
    int at = half.size();
    for (Tree tree : network.gates().trees()) {
      pattern[at + tree.leaf(x)] = 1;
      at += tree.leaves();
    }
    double[] f = new double[c];
    for (int k = 0; k < c; k++) {
      double sum = network.offset()[k];
      for (int block = 0; block <= pattern.length; block++) {
        int from = (block * c + k) * (z.length + 1);
        double affine = network.weights()[from + z.length];
        for (int j = 0; j < z.length; j++) {
          affine += z[j] * network.weights()[from + j];
        }
        sum += (block == 0 ? 1 : pattern[block - 1]) * affine;
      }
      f[k] = network.labelShift() + network.labelScale() * sum;
    }
    return f;
  }

  @ParameterizedTest
  @CsvSource({
    "0,false,1,4",
    "0,true,1,4",
    "1,false,1,4",
    "9,false,1,4",
    "9,true,1,4",
    "9,true,2,4",
    "70,true,3,4",
    "9,false,1,2",
    "70,true,3,1"
  })
  void evaluatorIsTheDefinition(int halfSpaces, boolean trees, int outputs, int dimension) {
    Network network = random(halfSpaces, trees, outputs, false, dimension);
    Network.Evaluator evaluator = network.evaluator();
    Random random = new Random(5);
    for (int row = 0; row < 100; row++) {
      double[] x = random.doubles(FEATURES, -2, 2).toArray();
      double[] f = new double[outputs];
      evaluator.evaluate(x, f);
      assertThat(f).containsExactly(direct(network, x), within(1e-12));
    }
  }

  @ParameterizedTest
  @CsvSource({"0,false,1,4", "9,false,2,4", "9,true,1,4", "70,true,3,4", "9,true,2,2"})
  void nonZerosAloneGiveTheSame(int halfSpaces, boolean trees, int outputs, int dimension) {
    Network network = random(halfSpaces, trees, outputs, false, dimension);
    Network clipped =
        new Network(
            network.map().clipped(0.5),
            network.gates(),
            network.weights(),
            network.offset(),
            network.labelShift(),
            network.labelScale());
    Random random = new Random(5);
    for (Network any : List.of(network, clipped)) {
      Network.Evaluator evaluator = any.evaluator();
      for (int row = 0; row < 50; row++) {
        int[] columns = random.ints(0, FEATURES).limit(2).distinct().sorted().toArray();
        double[] values = random.doubles(columns.length, -2, 2).toArray();
        values[0] = row % 10 == 0 ? 0 : values[0];
        double[] x = new double[FEATURES];
        for (int k = 0; k < columns.length; k++) {
          x[columns[k]] = values[k];
        }
        double[] f = new double[outputs];
        evaluator.evaluate(columns, values, f);
        assertThat(f).containsExactly(direct(any, x), within(1e-12));
      }
      double[] f = new double[outputs];
      evaluator.evaluate(new int[0], new double[0], f);
      assertThat(f).containsExactly(direct(any, new double[FEATURES]), within(1e-12));
    }
  }

  /** Outputs among others, by half-spaces, linear leaves and leaves of one output. */
  @ParameterizedTest
  @CsvSource({"9,true,1", "9,false,3", "3,true,3"})
  void outputsSpreadAmongOthers(int halfSpaces, boolean trees, int outputs) {
    Network network = random(halfSpaces, trees, outputs, false);
    int[] places = outputs == 1 ? new int[] {2} : new int[] {0, 2, 3};
    double[] constants = {7, 8, 9, 10, 11};
    Network spread = network.spread(places, constants);
    Random random = new Random(5);
    double[] before = new double[outputs];
    double[] after = new double[5];
    for (int row = 0; row < 20; row++) {
      double[] x = random.doubles(FEATURES, -2, 2).toArray();
      network.evaluator().evaluate(x, before);
      spread.evaluator().evaluate(x, after);
      for (int k = 0; k < 5; k++) {
        int from = Arrays.binarySearch(places, k);
        double expected = from < 0 ? 3 + 0.25 * constants[k] : before[from];
        assertThat(after[k]).isCloseTo(expected, within(1e-13));
      }
    }
  }

  /** Rows without their zeros keep the digits of columns far from zero, as years and times are. */
  @ParameterizedTest
  @CsvSource({"0,false,1", "9,false,2", "70,true,3"})
  void nonZerosFarFromZeroKeepTheirDigits(int halfSpaces, boolean trees, int outputs) {
    Network near = random(halfSpaces, trees, outputs, false);
    double[] mean = near.map().mean().clone();
    mean[0] = 1e9;
    mean[2] = -3e12;
    Network network =
        new Network(
            new FeatureMap(mean, near.map().inverseScale(), near.map().matrix()),
            near.gates(),
            near.weights(),
            near.offset(),
            near.labelShift(),
            near.labelScale());
    Network.Evaluator evaluator = network.evaluator();
    Random random = new Random(5);
    int[] columns = {0, 2, 3};
    for (int row = 0; row < 50; row++) {
      double[] values = {
        1e9 + random.nextDouble(), random.nextDouble() - 3e12, random.nextDouble()
      };
      double[] f = new double[outputs];
      evaluator.evaluate(columns, values, f);
      double[] x = {values[0], 0, values[1], values[2]};
      assertThat(f).containsExactly(direct(network, x), within(1e-11));
      evaluator.evaluate(new int[] {1, 2}, new double[] {0.5, values[1]}, f);
      double[] expected = direct(network, new double[] {0, 0.5, values[1], 0});
      for (int k = 0; k < outputs; k++) {
        assertThat(f[k]).isCloseTo(expected[k], within(1e-12 * Math.abs(expected[k])));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"9,false,1,4", "9,true,1,4", "9,true,2,4", "9,true,2,3"})
  void pruningKeepsTheFunction(int halfSpaces, boolean trees, int outputs, int dimension) {
    Network network = random(halfSpaces, trees, outputs, true, dimension);
    Network pruned = network.pruned();
    assertThat(pruned.gates().halfSpaces().size()).isEqualTo(5);
    assertThat(pruned.gates().trees()).hasSize(trees ? 2 : 0);
    assertThat(pruned.activeGroups()).isEqualTo(network.activeGroups()).isEqualTo(trees ? 9 : 5);
    assertThat(pruned.pruned().weights()).containsExactly(pruned.weights());
    Random random = new Random(5);
    double[] before = new double[outputs];
    double[] after = new double[outputs];
    for (int row = 0; row < 100; row++) {
      double[] x = random.doubles(FEATURES, -2, 2).toArray();
      network.evaluator().evaluate(x, before);
      pruned.evaluator().evaluate(x, after);
      assertThat(after).containsExactly(before, within(1e-13));
    }
  }

  @Test
  void aNetworkWithoutActiveGroupsIsLinear() {
    Network network = random(4, true, 1, false);
    double[] weights = new double[network.weights().length];
    System.arraycopy(network.weights(), 0, weights, 0, FEATURES + 1);
    Network linear = new Network(network.map(), network.gates(), weights, network.offset(), 0, 1);
    assertThat(linear.activeGroups()).isZero();
    assertThat(linear.pruned().gates().size()).isZero();
    double[] x = {1, 2, 3, 4};
    double[] f = new double[1];
    linear.pruned().evaluator().evaluate(x, f);
    assertThat(f).containsExactly(direct(linear, x), within(1e-13));
  }

  @Test
  void shapesAndValuesAreChecked() {
    Network good = random(2, false, 1, false);
    assertThatThrownBy(
            () -> new Network(good.map(), good.gates(), new double[3], good.offset(), 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected 15");
    double[] weights = good.weights().clone();
    weights[4] = Double.NaN;
    assertThatThrownBy(() -> new Network(good.map(), good.gates(), weights, good.offset(), 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NaN");
  }
}
