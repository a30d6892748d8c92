package org.convexnn.solver.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.convexnn.linalg.Blas;
import org.convexnn.network.FeatureMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CoordinatesTest {

  private static final int FEATURES = 3;
  private static final int WIDTH = FEATURES + 1;
  private static final double[] CENTRES = {0.5, 0, 0.5, 0.25};

  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of(1, true, true, true, true, false),
        Arguments.of(1, false, true, true, true, true),
        Arguments.of(3, true, true, true, true, true),
        Arguments.of(2, true, false, true, true, false),
        Arguments.of(2, true, true, false, true, true),
        Arguments.of(1, false, false, false, false, false),
        Arguments.of(1, true, true, true, false, true));
  }

  private static Coordinates coordinates(
      int outputs,
      boolean matrix,
      boolean linear,
      boolean intercept,
      boolean groupBias,
      boolean norms) {
    Random random = new Random(outputs);
    FeatureMap map =
        new FeatureMap(
            random.doubles(FEATURES, -1, 1).toArray(),
            random.doubles(FEATURES, 1, 2).toArray(),
            matrix ? random.doubles(FEATURES * FEATURES, -1, 1).toArray() : new double[0]);
    double[][] n = new double[norms ? CENTRES.length : 0][WIDTH * WIDTH];
    for (double[] norm : n) {
      for (int i = 0; i < WIDTH; i++) {
        for (int j = 0; j <= i; j++) {
          norm[i * WIDTH + j] = random.nextGaussian();
          norm[j * WIDTH + i] = norm[i * WIDTH + j];
        }
      }
    }
    return new Coordinates(
        map, CENTRES, outputs, n, new Coordinates.Skip(linear, intercept), groupBias);
  }

  /** The matrix of toRows, column by column. */
  private static double[][] columns(Coordinates map) {
    double[][] t = new double[map.length()][];
    for (int k = 0; k < t.length; k++) {
      double[] unit = new double[t.length];
      unit[k] = 1;
      t[k] = map.toRows(unit);
    }
    return t;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void toSolverIsTheTransposeOfToRows(
      int outputs, boolean matrix, boolean linear, boolean bias, boolean groupBias, boolean norms) {
    Coordinates map = coordinates(outputs, matrix, linear, bias, groupBias, norms);
    assertThat(map.blockLength()).isEqualTo(outputs * WIDTH);
    assertThat(map.length()).isEqualTo(5 * outputs * WIDTH);
    for (int seed = 0; seed < 20; seed++) {
      double[] w = new Random(seed).doubles(map.length(), -1, 1).toArray();
      double[] g = new Random(100 + seed).doubles(map.length(), -1, 1).toArray();
      double[] kept = g.clone();
      assertThat(Blas.dot(map.toRows(w), g)).isCloseTo(Blas.dot(w, map.toSolver(g)), within(1e-12));
      assertThat(g).as("the argument").containsExactly(kept);
    }
  }

  /** v_0 = T_0 w_0 - sum_i c_i v_i: the uncentred indicators with v give the centred model. */
  @ParameterizedTest
  @MethodSource("kinds")
  void rowsSeeTheCentredModel(
      int outputs, boolean matrix, boolean linear, boolean bias, boolean groupBias, boolean norms) {
    Coordinates map = coordinates(outputs, matrix, linear, bias, groupBias, norms);
    double[] w = new Random(4).doubles(map.length(), -1, 1).toArray();
    double[] v = map.toRows(w);
    double[] only = w.clone();
    Arrays.fill(only, map.blockLength(), only.length, 0);
    double[] linearPart = map.toRows(only);
    int span = map.blockLength();
    for (int k = 0; k < span; k++) {
      double expected = linearPart[k];
      for (int i = 0; i < CENTRES.length; i++) {
        expected -= CENTRES[i] * v[(1 + i) * span + k];
      }
      assertThat(v[k]).isCloseTo(expected, within(1e-13));
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void switchedOffCoordinatesAreDead(
      int outputs, boolean matrix, boolean linear, boolean bias, boolean groupBias, boolean norms) {
    if (norms) {
      return;
    }
    Coordinates map = coordinates(outputs, matrix, linear, bias, groupBias, false);
    double[] h = map.toSolver(new Random(4).doubles(map.length(), 1, 2).toArray());
    for (int k = 0; k < h.length; k++) {
      boolean last = k % WIDTH == FEATURES;
      boolean first = k < map.blockLength();
      boolean on = first ? last ? bias : linear : !last || groupBias;
      assertThat(h[k] != 0).as("coordinate %d", k).isEqualTo(on);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void gramIsTheExplicitProduct(
      int outputs, boolean matrix, boolean linear, boolean bias, boolean groupBias, boolean norms) {
    Coordinates map = coordinates(outputs, matrix, linear, bias, groupBias, norms);
    Coordinates single = coordinates(1, matrix, linear, bias, groupBias, norms);
    if (outputs > 1) {
      // The matrices are drawn from the number of outputs.
      single = null;
    }
    int q = 5 * WIDTH;
    Random random = new Random(6);
    double[] gram = new double[q * q];
    for (int i = 0; i < q; i++) {
      for (int j = i; j < q; j++) {
        gram[i * q + j] = random.nextGaussian();
        gram[j * q + i] = gram[i * q + j];
      }
    }
    double[][] t = single == null ? firstOutput(map, outputs) : columns(single);
    double[] upper = gram.clone();
    for (int i = 0; i < q; i++) {
      for (int j = 0; j < i; j++) {
        upper[i * q + j] = Double.NaN;
      }
    }
    double[] result = map.toSolverGram(upper);
    assertThat(result).isSameAs(upper);
    for (int a = 0; a < q; a++) {
      for (int b = 0; b < q; b++) {
        double sum = 0;
        for (int i = 0; i < q; i++) {
          for (int j = 0; j < q; j++) {
            sum += t[a][i] * gram[i * q + j] * t[b][j];
          }
        }
        assertThat(result[a * q + b]).isCloseTo(sum, within(1e-10));
      }
    }
  }

  /** The action of the map on the first output's coordinates alone. */
  private static double[][] firstOutput(Coordinates map, int outputs) {
    int q = 5 * WIDTH;
    double[][] t = new double[q][q];
    for (int k = 0; k < q; k++) {
      double[] unit = new double[map.length()];
      unit[k / WIDTH * outputs * WIDTH + k % WIDTH] = 1;
      double[] v = map.toRows(unit);
      for (int i = 0; i < q; i++) {
        t[k][i] = v[i / WIDTH * outputs * WIDTH + i % WIDTH];
      }
    }
    return t;
  }

  @Test
  void networksStoreTheNormsAppliedAndNoNegativeZero() {
    Coordinates map = coordinates(1, true, true, true, true, true);
    double[] w = new double[map.length()];
    w[0] = -0.0;
    w[5] = 2;
    double[] u = map.toNetwork(w);
    assertThat(Double.doubleToRawLongBits(u[0])).isZero();
    assertThat(u[4]).isNotZero();
    assertThat(w[4]).isZero();
  }

  /** What is switched off stays zero; all the rest comes back. */
  @ParameterizedTest
  @MethodSource("kinds")
  void fromNetworkIsTheInverseOfToNetwork(
      int outputs, boolean matrix, boolean linear, boolean bias, boolean groupBias, boolean norms) {
    Coordinates map = coordinates(outputs, matrix, linear, bias, groupBias, norms);
    double[] w = new Random(4).doubles(map.length(), -1, 1).toArray();
    for (int k = 0; k < w.length; k++) {
      boolean isBias = k % WIDTH == WIDTH - 1;
      boolean inGroup = k >= map.blockLength();
      boolean free = inGroup ? !isBias || groupBias : isBias ? bias : linear;
      w[k] = free || norms && inGroup ? w[k] : 0;
    }
    if (!norms || groupBias) {
      assertThat(map.fromNetwork(map.toNetwork(w))).containsExactly(w, within(1e-9));
    }
    double[] rows = map.toRows(map.fromNetwork(w));
    assertThat(rows).doesNotContain(Double.NaN);
  }
}
