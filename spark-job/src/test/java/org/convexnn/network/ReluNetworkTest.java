package org.convexnn.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The value and what leaves its function as it is. */
class ReluNetworkTest {

  private static final int FEATURES = 3;

  private static ReluNetwork random(long seed, int features, int neurons, int outputs) {
    Random random = new Random(seed);
    return new ReluNetwork(
        random.doubles(features * neurons, -1, 1).toArray(),
        random.doubles(neurons, -1, 1).toArray(),
        random.doubles(neurons * outputs, -1, 1).toArray(),
        random.doubles(outputs, -1, 1).toArray(),
        random.doubles(features * outputs, -1, 1).toArray());
  }

  /** b2 + x.w0 + sum_j (x.v_j + b_j)_+ a_j, term by term. */
  private static double[] direct(ReluNetwork network, double[] x) {
    double[] f = network.b2().clone();
    for (int k = 0; k < f.length; k++) {
      for (int i = 0; i < x.length; i++) {
        f[k] += x[i] * network.skip()[i * f.length + k];
      }
      for (int j = 0; j < network.neurons(); j++) {
        double score = network.b1()[j];
        for (int i = 0; i < x.length; i++) {
          score += x[i] * network.w1()[i * network.neurons() + j];
        }
        f[k] += Math.max(0, score) * network.w2()[j * f.length + k];
      }
    }
    return f;
  }

  private static double[] value(ReluNetwork network, double[] x) {
    double[] f = new double[network.outputs()];
    network.evaluate(x, f);
    return f;
  }

  private static double[] value(Network network, double[] x) {
    double[] f = new double[network.outputs()];
    network.evaluator().evaluate(x, f);
    return f;
  }

  private static double[] row(Random random) {
    return random.doubles(FEATURES, -2, 2).toArray();
  }

  @ParameterizedTest
  @CsvSource({"0,1", "1,1", "7,1", "7,3"})
  void sameFunctionInAllForms(int neurons, int outputs) {
    ReluNetwork network = random(neurons, FEATURES, neurons, outputs);
    Random random = new Random(5);
    for (int i = 0; i < 50; i++) {
      double[] x = row(random);
      double[] f = direct(network, x);
      assertThat(value(network, x)).containsExactly(f, within(1e-13));
      assertThat(value(network.toNetwork(), x)).containsExactly(f, within(1e-12));
      assertThat(value(network.rebalanced(), x)).containsExactly(f, within(1e-12));
      assertThat(value(network.normalized(), x)).containsExactly(f, within(1e-12));
      assertThat(value(network.merged(0), x)).containsExactly(f, within(1e-12));
      assertThat(
              value(
                  ReluNetwork.stacked(
                      network.hidden(), network.w2(), network.linear(), network.outputs()),
                  x))
          .containsExactly(f);
    }
  }

  /** On the map's coordinates and beyond them, whatever their number. */
  @ParameterizedTest
  @CsvSource({"3", "2", "0"})
  void composesWithAFeatureMap(int dimension) {
    Random random = new Random(9);
    FeatureMap map =
        new FeatureMap(
            random.doubles(FEATURES, -1, 1).toArray(),
            random.doubles(FEATURES, 0.5, 2).toArray(),
            random.doubles(dimension * FEATURES, -1, 1).toArray());
    ReluNetwork network = random(4, map.dimension(), 5, 2);
    Network stored = network.toNetwork(map, new double[] {0.5, -0.25}, 3, 2);
    ReluNetwork onRows = network.onRowCoordinates(map);
    for (int i = 0; i < 50; i++) {
      double[] x = row(random);
      double[] f = direct(network, map.apply(x));
      assertThat(value(onRows, map.rowCoordinates(x))).containsExactly(f, within(1e-12));
      double[] scaled = {3 + 2 * (0.5 + f[0]), 3 + 2 * (-0.25 + f[1])};
      assertThat(value(stored, x)).containsExactly(scaled, within(1e-11));
    }
  }

  /** Norms become equal, and half the sum of squares becomes the penalty, which nothing lowers. */
  @Test
  void rebalancingIsTheCheapestScaling() {
    ReluNetwork network = random(1, FEATURES, 6, 2);
    ReluNetwork balanced = network.rebalanced();
    double decay = 0;
    for (int j = 0; j < 6; j++) {
      assertThat(balanced.hiddenNorm(j)).isCloseTo(balanced.outputNorm(j), within(1e-14));
      assertThat(network.normalized().hiddenNorm(j)).isCloseTo(1, within(1e-14));
      decay += 0.5 * (Math.pow(balanced.hiddenNorm(j), 2) + Math.pow(balanced.outputNorm(j), 2));
    }
    assertThat(decay).isCloseTo(network.penalty(), within(1e-13));
    assertThat(balanced.penalty()).isCloseTo(network.penalty(), within(1e-13));
  }

  /** Three neurons of one direction, scaled, and one of another; the signs of outputs differ. */
  @Test
  void mergesNeuronsOfOneDirection() {
    double[] w1 = {-1, 1, -3, -0.5, 0, 0, 0, 0};
    ReluNetwork network =
        new ReluNetwork(
            w1, new double[4], new double[] {1, 2, 0.5, -8}, new double[1], new double[2]);
    ReluNetwork merged = network.merged(1e-12);
    assertThat(merged.neurons()).isEqualTo(2);
    // (-1, 0): 1 + 3 / 2 - 8 / 2 = -3 / 2; (1, 0): 2
    assertThat(merged.penalty()).isCloseTo(1.5 + 2, within(1e-14));
    for (double t = -2; t <= 2; t += 0.25) {
      assertThat(value(merged, new double[] {t, 7}))
          .containsExactly(value(network, new double[] {t, 7}), within(1e-13));
    }
  }

  @Test
  void dropsWhatCancelsAndWhatIsZero() {
    ReluNetwork network =
        new ReluNetwork(
            new double[] {1, 2, 0, 1},
            new double[] {1, 2, 0, -1},
            new double[] {2, -1, 5, 0},
            new double[] {0.5},
            new double[1]);
    assertThat(network.rebalanced().hiddenNorm(2)).isZero();
    assertThat(network.rebalanced().outputNorm(2)).isZero();
    assertThat(network.merged(0).neurons()).isZero();
    assertThat(value(network, new double[] {3})).containsExactly(0.5);
  }

  /** The largest and the smallest weights rebalance without overflow. */
  @Test
  void extremeScales() {
    ReluNetwork network =
        new ReluNetwork(
            new double[] {1e150},
            new double[1],
            new double[] {1e-150},
            new double[1],
            new double[1]);
    assertThat(network.rebalanced().w1()[0]).isCloseTo(1, within(1e-12));
    assertThat(network.rebalanced().w2()[0]).isCloseTo(1, within(1e-12));
  }

  @Test
  void selectsAndJoins() {
    ReluNetwork network = random(1, FEATURES, 5, 2);
    ReluNetwork none = ReluNetwork.constant(FEATURES, new double[2]);
    ReluNetwork both = network.select(new int[] {4, 0}).and(network.select(new int[] {1, 2, 3}));
    double[] x = {0.3, -1, 0.7};
    assertThat(value(both, x)).containsExactly(value(network, x), within(1e-14));
    assertThat(both.direction(0)).containsExactly(network.direction(4));
    assertThat(both.output(4)).containsExactly(network.output(3));
    assertThat(value(none.and(network), x)[0])
        .isCloseTo(value(network, x)[0] - linear(network, x)[0], within(1e-13));
  }

  private static double[] linear(ReluNetwork network, double[] x) {
    return value(network.select(new int[0]), x);
  }

  @Test
  void shapesAndValuesAreChecked() {
    double[] two = new double[2];
    double[] one = new double[1];
    assertThatThrownBy(() -> new ReluNetwork(one, one, one, new double[0], two))
        .hasMessageContaining("b2 is empty");
    assertThatThrownBy(() -> new ReluNetwork(one, one, two, two, new double[3]))
        .hasMessageContaining("skip has 3 numbers; it must have d x 2");
    assertThatThrownBy(() -> new ReluNetwork(one, one, one, one, two))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("w1 has 1 numbers; it must have 2 x 1");
    assertThatThrownBy(() -> new ReluNetwork(two, one, two, one, two))
        .hasMessageContaining("w2 has 2 numbers; it must have 1 x 1");
    assertThatThrownBy(() -> new ReluNetwork(two, new double[] {Double.NaN}, one, one, two))
        .hasMessageContaining("b1[0] is NaN");
    ReluNetwork network = random(1, FEATURES, 2, 1);
    assertThatThrownBy(() -> network.merged(-1)).hasMessageContaining("tolerance is -1.0");
    assertThatThrownBy(() -> network.toNetwork(FeatureMap.identity(FEATURES).clipped(8), one, 0, 1))
        .hasMessageContaining("clipped at 8.0");
    assertThatThrownBy(() -> network.toNetwork(FeatureMap.identity(2), one, 0, 1))
        .hasMessageContaining("2 coordinates");
  }
}
