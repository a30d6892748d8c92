package org.convexnn.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlimNormTest {

  private static final int D = 3;
  private static final double[] MATRIX = {1, 0.2, 0, 0.2, 1.5, -0.1, 0, -0.1, 0.7};

  private static FeatureMap map(boolean identity) {
    return new FeatureMap(
        new double[] {0.5, -1, 20}, new double[] {1, 0.5, 3}, identity ? new double[0] : MATRIX);
  }

  private static HalfSpaces gates(double... directions) {
    int p = directions.length / D;
    return new HalfSpaces(D, directions, new double[p], new double[p]);
  }

  /** x.g moves with z.e by the same positive factor from any row to any other. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theDirectionIsTheGatesOwnInTheMap(boolean identity) {
    FeatureMap map = map(identity);
    double[] g = {0.3, -2, 0.7};
    double[] e = SlimNorm.of(map, gates(g))[0];
    assertThat(e).hasSize(2 * (D + 1));
    assertThat(e[0] * e[0] + e[1] * e[1] + e[2] * e[2]).isCloseTo(1, within(1e-14));
    assertThat(Arrays.copyOfRange(e, D, 2 * (D + 1))).containsExactly(0, 0, 0, 0, 1);
    Random random = new Random(1);
    double[] x = random.doubles(D).toArray();
    double factor = Double.NaN;
    for (int k = 0; k < 5; k++) {
      double[] y = random.doubles(D).toArray();
      double raw = 0;
      double mapped = 0;
      for (int j = 0; j < D; j++) {
        raw += (y[j] - x[j]) * g[j];
        mapped += (map.apply(y)[j] - map.apply(x)[j]) * e[j];
      }
      factor = k == 0 ? raw / mapped : factor;
      assertThat(raw).isCloseTo(factor * mapped, within(1e-13));
    }
    assertThat(factor).isPositive();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aConstantColumnHasNoDirection(boolean identity) {
    FeatureMap map =
        new FeatureMap(new double[D], new double[] {1, 0, 1}, identity ? new double[0] : MATRIX);
    double[][] norms = SlimNorm.of(map, gates(0, 1, 0, 1, 1, 0));
    assertThat(norms[0]).containsExactly(0, 0, 0, 0, 0, 0, 0, 1);
    assertThat(norms[1]).isEqualTo(SlimNorm.of(map, gates(1, 0, 0))[0]);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void projectionKeepsWhatIsInTheSpan(int from) {
    double[] norm = {0.6, 0, 0.8, 0, 0, 0, 0, 1};
    double[] q = new double[6];
    System.arraycopy(new double[] {5, 7, 10, 2}, 0, q, from, 4);
    SlimNorm.project(norm, q, from);
    // 0.6 * 5 + 0.8 * 10 = 11.
    double[] out = {6.6, 0, 8.8, 2};
    for (int j = 0; j < 4; j++) {
      assertThat(q[from + j]).isCloseTo(out[j], within(1e-14));
    }
  }
}
