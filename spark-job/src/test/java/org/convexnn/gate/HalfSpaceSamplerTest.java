package org.convexnn.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.SubNetwork;
import org.junit.jupiter.api.Test;

class HalfSpaceSamplerTest {

  private static final int D = 3;
  private static final FeatureMap MAP =
      new FeatureMap(
          new double[] {10, -1, 0.5},
          new double[] {0.1, 2, 1},
          new double[] {2, 0.5, 0, 0.5, 1, 0, 0, 0, 1});

  private final HalfSpaceSampler sampler = new HalfSpaceSampler(MAP, 5);
  private final List<double[]> sample = sample();

  private static List<double[]> sample() {
    Random random = new Random(2);
    return Stream.generate(() -> random.doubles(D, -5, 20).toArray()).limit(400).toList();
  }

  private static double score(HalfSpaces gates, int i, double[] x) {
    return IntStream.range(0, D).mapToDouble(j -> gates.directions()[i * D + j] * x[j]).sum()
        - gates.thresholds()[i];
  }

  /** Each from its own stream; a tree's weights have a positive one for each neuron. */
  @Test
  void subNetworksAreStreamsOfTheirOwn() {
    int[] widths = {2, 3};
    List<SubNetwork> few = sampler.subNetworks(20, widths);
    assertThat(sampler.subNetworks(40, widths).subList(0, 20))
        .usingRecursiveComparison()
        .isEqualTo(few);
    for (SubNetwork s : few) {
      assertThat(s.paths()).isEqualTo(6);
      assertThat(s.neurons().centres()).containsOnly(0);
      assertThat(s.weights()).hasSize(6 + 3);
      for (int k = 0; k < 4; k++) {
        int from = k < 3 ? 2 * k : 6;
        int m = k < 3 ? 2 : 3;
        assertThat(IntStream.range(from, from + m).anyMatch(j -> s.weights()[j] >= 0)).isTrue();
      }
    }
    assertThat(few.stream().flatMapToDouble(s -> Arrays.stream(s.weights())).filter(w -> w < 0))
        .isNotEmpty();
  }

  /**
   * One neuron below each: the path is active where the first neuron is
   * (docs/theory/depth.md#relations).
   */
  @Test
  void widthsOfOneAreTheGaussianHalfSpaces() {
    HalfSpaces gaussian = sampler.gaussian(30);
    List<SubNetwork> deep = sampler.subNetworks(30, new int[] {1, 1});
    GateSet.Evaluator two = GateSet.of(gaussian).evaluator();
    GateSet.Evaluator four = GateSet.of(deep).evaluator();
    for (double[] x : sample) {
      assertThat(four.active(x)).isEqualTo(two.active(x));
    }
  }

  /** z.g - t is an affine function of x: its gradient in z has length 1, its value at z = 0 is -t. */
  @Test
  void sphereHasUnitDirectionsAndBoundedThresholds() {
    HalfSpaces gates = sampler.sphere(200);
    double least = 1;
    double most = -1;
    for (int i = 0; i < gates.size(); i++) {
      int gate = i;
      assertThat(gates.centres()[i]).isEqualTo(0.5);
      // Rows x_j with z = e_j, by Cramer's rule on the 2 x 2 block of M.
      double[][] units = {
        {10 + 1 / 1.75 / 0.1, -1 - 0.5 / 1.75 / 2, 0.5},
        {10 - 0.5 / 1.75 / 0.1, -1 + 2 / 1.75 / 2, 0.5},
        {10, -1, 1.5}
      };
      double atMean = score(gates, i, MAP.mean());
      double square =
          Stream.of(units).mapToDouble(x -> score(gates, gate, x) - atMean).map(g -> g * g).sum();
      assertThat(square).isCloseTo(1, within(1e-9));
      assertThat(atMean).isBetween(-1 - 1e-9, 1 + 1e-9);
      least = Math.min(least, atMean);
      most = Math.max(most, atMean);
    }
    assertThat(least).isLessThan(-0.9);
    assertThat(most).isGreaterThan(0.9);
  }

  @Test
  void moreGatesNeverChangeTheFirst() {
    int[] first = {0, 1, 2, 3, 4};
    assertThat(sampler.sphere(9).select(first))
        .usingRecursiveComparison()
        .isEqualTo(sampler.sphere(5));
    assertThat(sampler.raw(9, sample).select(first))
        .usingRecursiveComparison()
        .isEqualTo(sampler.raw(5, sample));
  }

  @Test
  void rawCutsUseNoColumnOneOrTwoAndSplitTheSample() {
    HalfSpaces gates = sampler.raw(30, sample);
    for (int i = 0; i < gates.size(); i++) {
      int gate = i;
      long columns =
          IntStream.range(0, D).filter(j -> gates.directions()[gate * D + j] != 0).count();
      if (i % 3 == 0) {
        assertThat(columns).isEqualTo(D);
      } else {
        assertThat(columns).isBetween(1L, (long) i % 3);
        assertThat(sample.stream().filter(x -> score(gates, gate, x) >= 0).count())
            .isBetween(20L, 380L);
      }
    }
  }

  /** Where no cut is balanced the gate is Gaussian. */
  @Test
  void constantColumnsHaveNoCut() {
    HalfSpaces gates = sampler.raw(3, List.of(new double[D], new double[D]));
    assertThat(IntStream.range(0, 3 * D).filter(k -> gates.directions()[k] != 0).count())
        .isEqualTo(9);
  }

  @Test
  void gatesInTheMapAreThoseOfItsCoordinates() {
    double[] w = {1, -2, 0.5, 0.3};
    HalfSpaces gate = sampler.inMap(w);
    for (double[] x : sample) {
      double[] z = MAP.apply(x);
      double expected = z[0] - 2 * z[1] + 0.5 * z[2] + 0.3;
      assertThat(score(gate, 0, x)).isCloseTo(expected, within(1e-9));
    }
  }

  /** A map of 3 features to 2 coordinates: gates see the features through these alone. */
  @Test
  void gatesHaveTheCoordinatesOfTheMap() {
    FeatureMap narrow =
        new FeatureMap(MAP.mean(), MAP.inverseScale(), new double[] {2, 0.5, 0, 0.5, 1, 0});
    HalfSpaceSampler here = new HalfSpaceSampler(narrow, 5);
    HalfSpaces gate = here.inMap(new double[] {1, -2, 0.3});
    HalfSpaces sphere = here.sphere(20);
    assertThat(gate.size()).isEqualTo(1);
    for (double[] x : sample) {
      double[] z = narrow.apply(x);
      assertThat(score(gate, 0, x)).isCloseTo(z[0] - 2 * z[1] + 0.3, within(1e-9));
    }
    for (int i = 0; i < sphere.size(); i++) {
      assertThat(sphere.directions()[i * D]).isNotZero();
      assertThat(sphere.directions()[i * D + 2]).isZero();
    }
  }
}
