package org.convexnn.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.convexnn.network.Network;
import org.junit.jupiter.api.Test;

/** Forward passes and path norms against sums over all paths. */
class LayeredNetworkTest {

  private static LayeredNetwork random(long seed, int layers) {
    Random random = new Random(seed);
    int[] widths = new int[layers + 1];
    for (int l = 0; l < layers; l++) {
      widths[l] = 1 + random.nextInt(3);
    }
    widths[layers] = 1;
    double[][] weights = new double[layers][];
    for (int l = 0; l < layers; l++) {
      weights[l] = random.doubles(widths[l] * widths[l + 1], -1, 1).toArray();
    }
    return new LayeredNetwork(widths, weights);
  }

  /** The sum of squared weight products over the paths from neuron j below layer l on. */
  private static double squares(LayeredNetwork net, int l, int j) {
    if (l == net.layers()) {
      return 1;
    }
    int m = net.widths()[l + 1];
    double sum = 0;
    for (int k = 0; k < m; k++) {
      double w = net.weights()[l][j * m + k];
      sum += w * w * squares(net, l + 1, k);
    }
    return sum;
  }

  @Property(tries = 100)
  void pathNormIsTheSumOverPaths(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int layers) {
    LayeredNetwork net = random(seed, layers);
    double sum = 0;
    for (int j = 0; j < net.widths()[0]; j++) {
      sum += squares(net, 0, j);
    }
    assertThat(net.pathNorm() * net.pathNorm()).isCloseTo(sum, within(1e-12 * (1 + sum)));
  }

  /** A neuron's inputs times c and its outputs by c: the same function, the same path norm. */
  @Property(tries = 100)
  void rescalingANeuronChangesNothing(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 5) int layers,
      @ForAll @DoubleRange(min = 0.01, max = 100) double c) {
    LayeredNetwork net = random(seed, layers);
    int l = layers / 2;
    int m = net.widths()[l];
    double[][] weights = new double[layers][];
    for (int i = 0; i < layers; i++) {
      weights[i] = net.weights()[i].clone();
    }
    for (int i = 0; i < net.widths()[l - 1]; i++) {
      weights[l - 1][i * m] *= c;
    }
    for (int k = 0; k < net.widths()[l + 1]; k++) {
      weights[l][k] /= c;
    }
    LayeredNetwork scaled = new LayeredNetwork(net.widths(), weights);
    double norm = net.pathNorm();
    assertThat(scaled.pathNorm()).isCloseTo(norm, within(1e-12 * (1 + norm)));
    double[] x = new Random(seed).doubles(net.widths()[0], -2, 2).toArray();
    assertThat(scaled.evaluate(x)).isCloseTo(net.evaluate(x), within(1e-12));
  }

  /** By hand: (2 (x_1 - x_2)_+ - (x_1)_+)_+ * 3. */
  @Test
  void twoNeuronsThenOne() {
    LayeredNetwork net =
        new LayeredNetwork(new int[] {2, 2, 1, 1}, new double[][] {{1, 1, -1, 0}, {2, -1}, {3}});
    assertThat(net.evaluate(new double[] {3, 1})).isEqualTo(3.0);
    assertThat(net.evaluate(new double[] {1, 3})).isZero();
    assertThat(net.pathNorm()).isCloseTo(3 * Math.sqrt(2 * 4 + 1), within(1e-14));
  }

  /** As a gated network, which is what is saved and scored: its gates are its own activations. */
  @Property(tries = 50)
  void theGatedNetworkIsTheSame(@ForAll long seed, @ForAll boolean bias) {
    Random random = new Random(seed);
    List<LayeredNetwork> branches =
        java.util.stream.Stream.generate(
                () ->
                    new LayeredNetwork(
                        new int[] {3, 2, 1, 1},
                        new double[][] {
                          random.doubles(6, -1, 1).toArray(),
                          random.doubles(2, -1, 1).toArray(),
                          random.doubles(1, -1, 1).toArray()
                        }))
            .limit(4)
            .toList();
    ParallelNetwork parallel = new ParallelNetwork(3, 2, branches);
    Network gated = parallel.toNetwork(bias);
    assertThat(gated.features()).isEqualTo(bias ? 2 : 3);
    double[] f = new double[1];
    for (int r = 0; r < 20; r++) {
      double[] x = random.doubles(3, -2, 2).toArray();
      if (bias) {
        x[2] = 1;
      }
      gated.evaluator().evaluate(Arrays.copyOf(x, gated.features()), f);
      assertThat(f[0]).isCloseTo(parallel.evaluate(x), within(1e-13));
    }
  }

  /** The same on the rows, fewer branches, no larger norm; others keep their directions. */
  @Property(tries = 50)
  void pruningKeepsOutputsAndDoesNotRaiseTheNorm(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int n) {
    Random random = new Random(seed);
    List<LayeredNetwork> branches =
        java.util.stream.Stream.generate(
                () ->
                    new LayeredNetwork(
                        new int[] {2, 2, 1, 1},
                        new double[][] {
                          random.doubles(4, -1, 1).toArray(),
                          random.doubles(2, -0.5, 1).toArray(),
                          random.doubles(1, -1, 1).toArray()
                        }))
            .limit(9)
            .toList();
    double[] x = random.doubles(2L * n, -1, 1).toArray();
    ParallelNetwork all = new ParallelNetwork(2, 2, branches);
    ParallelNetwork few = all.pruned(x);
    assertThat(few.branches()).hasSizeLessThanOrEqualTo(n);
    assertThat(few.pathNorm()).isLessThanOrEqualTo(all.pathNorm() * (1 + 1e-12));
    for (int r = 0; r < n; r++) {
      double[] row = {x[2 * r], x[2 * r + 1]};
      assertThat(few.evaluate(row)).isCloseTo(all.evaluate(row), within(1e-9));
    }
    assertThat(few.pruned(x)).isEqualTo(few);
  }

  @Test
  void noBranchIsTheZeroFunction() {
    ParallelNetwork none = new ParallelNetwork(2, 3, List.of());
    double[] f = {1};
    none.toNetwork(false).evaluator().evaluate(new double[] {1, 2}, f);
    assertThat(f[0]).isEqualTo(none.evaluate(new double[] {1, 2})).isZero();
    assertThat(none.pathNorm()).isZero();
  }

  @Test
  void shapesAndValuesAreChecked() {
    assertThatThrownBy(() -> new LayeredNetwork(new int[] {2, 3, 1}, new double[][] {{1}, {1}}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2, 3, 1]");
    assertThatThrownBy(() -> new LayeredNetwork(new int[] {1, 2}, new double[][] {{1, 2}}))
        .hasMessageContaining("the last width 1");
    assertThatThrownBy(() -> new LayeredNetwork(new int[] {1, 1}, new double[][] {{Double.NaN}}))
        .hasMessageContaining("a weight is NaN");
    LayeredNetwork two = new LayeredNetwork(new int[] {1, 1, 1}, new double[][] {{1}, {1}});
    assertThatThrownBy(() -> new ParallelNetwork(1, 1, List.of(two)))
        .hasMessageContaining("[1, 1, 1, 1]");
  }
}
