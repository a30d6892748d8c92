package org.convexnn.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Paths against the pre-activations of every neuron, from the last layer down. */
class SubNetworkTest {

  private static final int D = 3;

  static SubNetwork random(long seed, int... widths) {
    Random random = new Random(seed);
    int paths = Arrays.stream(widths).reduce(1, (a, b) -> a * b);
    HalfSpaces neurons =
        new HalfSpaces(
            D,
            random.doubles(paths * D, -1, 1).toArray(),
            random.doubles(paths, -0.5, 0.5).toArray(),
            random.doubles(paths, 0, 0.5).toArray());
    return new SubNetwork(
        widths, neurons, random.doubles(SubNetwork.edges(widths), -0.4, 1).toArray());
  }

  /** h of neuron k of a layer; layer 0 is the first. */
  private static double preActivation(SubNetwork s, double[] x, int layer, int k) {
    if (layer == 0) {
      double h = 0;
      for (int j = 0; j < D; j++) {
        h += x[j] * s.neurons().directions()[k * D + j];
      }
      return h - s.neurons().thresholds()[k];
    }
    int first = edgesBelow(s.widths(), layer - 1);
    int m = s.widths()[layer - 1];
    double h = 0;
    for (int j = 0; j < m; j++) {
      double child = preActivation(s, x, layer - 1, k * m + j);
      h += s.weights()[first + k * m + j] * Math.max(child, 0);
    }
    return h;
  }

  /** The weights into the layers before: a neuron of layer l has prod_{i >= l} m_i fellows. */
  private static int edgesBelow(int[] widths, int layers) {
    int edges = 0;
    for (int l = 0; l < layers; l++) {
      int neurons = 1;
      for (int i = l; i < widths.length; i++) {
        neurons *= widths[i];
      }
      edges += neurons;
    }
    return edges;
  }

  static boolean active(SubNetwork s, double[] x, int path) {
    boolean active = true;
    int k = path;
    for (int layer = 0; layer <= s.widths().length; layer++) {
      active &= preActivation(s, x, layer, k) >= 0;
      k /= layer < s.widths().length ? s.widths()[layer] : 1;
    }
    return active;
  }

  static List<int[]> shapes() {
    return List.of(
        new int[] {1}, new int[] {4}, new int[] {2, 3}, new int[] {3, 1}, new int[] {2, 2, 2});
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void aPathIsActiveWhereAllItsNeuronsAre(int[] widths) {
    List<SubNetwork> both = List.of(random(1, widths), random(2, widths));
    GateSet gates = GateSet.of(both);
    int paths = both.get(0).paths();
    assertThat(gates.size()).isEqualTo(gates.overlapping()).isEqualTo(2 * paths);
    assertThat(gates.gatesPerGroup()).isEqualTo(paths);
    assertThat(gates.centres()[paths]).isEqualTo(both.get(1).neurons().centres()[0]);
    GateSet.Evaluator evaluator = gates.evaluator();
    Random random = new Random(3);
    int[] count = new int[2];
    for (int r = 0; r < 300; r++) {
      double[] x = random.doubles(D, -2, 2).toArray();
      int zero = r % D;
      x[zero] = 0;
      boolean[] active = evaluator.active(x).clone();
      int[] columns = IntStream.range(0, D).filter(j -> j != zero).toArray();
      double[] values = Arrays.stream(columns).mapToDouble(j -> x[j]).toArray();
      assertThat(evaluator.active(columns, values, D - 1)).as("non-zeros").isEqualTo(active);
      for (int i = 0; i < active.length; i++) {
        boolean expected = active(both.get(i / paths), x, i % paths);
        assertThat(active[i]).isEqualTo(expected);
        count[expected ? 1 : 0]++;
      }
    }
    assertThat(count[0]).isPositive();
    assertThat(count[1]).isPositive();
  }

  /** On a boundary a neuron is active; where nothing below is, its pre-activation is 0. */
  @Test
  void ties() {
    HalfSpaces neurons = new HalfSpaces(1, new double[] {1, -1}, new double[2], new double[2]);
    GateSet.Evaluator gates =
        GateSet.of(List.of(new SubNetwork(new int[] {2}, neurons, new double[] {1, -1})))
            .evaluator();
    assertThat(gates.active(new double[] {0})).containsExactly(true, true);
    assertThat(gates.active(new double[] {2})).containsExactly(true, false);
    assertThat(gates.active(new double[] {-2})).containsExactly(false, false);
  }

  static List<Arguments> wrong() {
    return List.of(
        Arguments.of(new int[0], 1, 0),
        Arguments.of(new int[] {0}, 0, 0),
        Arguments.of(new int[] {-2, -2}, 4, 6),
        Arguments.of(new int[] {2, 2}, 4, 4),
        Arguments.of(new int[] {3}, 2, 2),
        Arguments.of(new int[] {65536, 65536}, 0, 0));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void shapesAreChecked(int[] widths, int neurons, int weights) {
    HalfSpaces first =
        new HalfSpaces(1, new double[neurons], new double[neurons], new double[neurons]);
    assertThat(SubNetwork.fits(widths, neurons, weights)).isFalse();
    assertThatThrownBy(() -> new SubNetwork(widths, first, new double[weights]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Arrays.toString(widths));
  }

  @Test
  void description() {
    HalfSpaces half = random(1, 2).neurons();
    Tree leaf = new Tree(new int[0], new double[0], new int[0], new int[0]);
    assertThat(new GateSet(half, List.of(leaf, leaf)).description())
        .isEqualTo("2 half-spaces, 2 trees with 2 leaves");
    assertThat(GateSet.of(List.of(random(1, 2, 3))).description())
        .isEqualTo("1 sub-networks of 4 layers, widths [2, 3] below the last neuron, 6 paths each");
    assertThat(GateSet.of(HalfSpaces.none(D)).description()).isEqualTo("none, the model is linear");
  }

  @Test
  void subNetworksStandAloneAndAreOfOneShape() {
    SubNetwork two = random(1, 2);
    List<SubNetwork> mixed = List.of(two, random(1, 3));
    assertThatThrownBy(() -> GateSet.of(mixed)).hasMessageContainingAll("[2]", "[3]");
    HalfSpaces half = two.neurons();
    assertThatThrownBy(() -> new GateSet(half, List.of(two), List.of()))
        .hasMessageContaining("2 half-spaces");
    assertThatThrownBy(() -> new GateSet(HalfSpaces.none(D + 1), List.of(two), List.of()))
        .hasMessageContaining("on 4 features");
  }
}
