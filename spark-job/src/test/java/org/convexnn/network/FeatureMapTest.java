package org.convexnn.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.convexnn.linalg.Blas;
import org.junit.jupiter.api.Test;

class FeatureMapTest {

  private static FeatureMap random(int d, long seed) {
    Random random = new Random(seed);
    return new FeatureMap(
        random.doubles(d, -1, 1).toArray(),
        random.doubles(d, 0.5, 2).toArray(),
        random.doubles(d * d, -1, 1).toArray());
  }

  @Test
  void appliesShiftScaleAndMatrixInThisOrder() {
    FeatureMap map =
        new FeatureMap(new double[] {1, 2}, new double[] {10, 0.5}, new double[] {1, 2, 3, 4});
    // y = (10, 1); z = (1 * 10 + 2 * 1, 3 * 10 + 4 * 1): M is row-major and not symmetric here.
    assertThat(map.apply(new double[] {2, 4})).containsExactly(12, 34);
    assertThat(map.multiplyTransposed(new double[] {1, 10})).containsExactly(31, 42);
    assertThat(map.features()).isEqualTo(2);
  }

  @Test
  void weightsFoldBack() {
    for (int d : new int[] {1, 3, 8}) {
      FeatureMap map = random(d, d);
      double[] x = new Random(9).doubles(d, -3, 3).toArray();
      double[] u = new Random(8).doubles(d, -3, 3).toArray();
      double[] y = new double[d];
      map.scale(x, y);
      assertThat(Blas.dot(map.apply(x), u))
          .isCloseTo(Blas.dot(y, map.multiplyTransposed(u)), within(1e-12));
      assertThat(map.apply(x)).containsExactly(map.multiply(y));
    }
  }

  @Test
  void identityAndMapsWithoutMatrix() {
    double[] x = {3, -0.5};
    assertThat(FeatureMap.identity(2).apply(x)).containsExactly(x).isNotSameAs(x);
    FeatureMap scaled = new FeatureMap(new double[] {1, 1}, new double[] {2, 0}, new double[0]);
    assertThat(scaled.apply(x)).containsExactly(4, -0.0);
    assertThat(scaled.multiplyTransposed(x)).containsExactly(x).isNotSameAs(x);
  }

  /** z = (y_0 + 2 y_1 + 3 y_2, -y_2) with y = ((x_0 - 1) / 2, x_1, 10 x_2). */
  @Test
  void fewerCoordinatesThanFeatures() {
    FeatureMap map =
        new FeatureMap(
            new double[] {1, 0, 0}, new double[] {0.5, 1, 10}, new double[] {1, 2, 3, 0, 0, -1});
    double[] x = {5, 1, 0.1};
    assertThat(map.features()).isEqualTo(3);
    assertThat(map.dimension()).isEqualTo(2);
    assertThat(map.apply(x)).containsExactly(7, -1);
    assertThat(map.applyRows(new double[] {5, 1, 0.1, 3, 2, 0.2}, 2))
        .containsExactly(7, -1, 11, -2);
    assertThat(map.multiplyTransposed(new double[] {1, 10})).containsExactly(1, 2, -7);
    // Rows see z: weights on it are weights on rows.
    assertThat(map.mapsRows()).isTrue();
    assertThat(map.rowCoordinates(x)).containsExactly(7, -1);
    assertThat(map.toRowWeights(new double[] {1, 10})).containsExactly(1, 10);
    assertThat(map.clipped(2).rowCoordinates(x)).containsExactly(2, -1);
    FeatureMap square = random(3, 1);
    assertThat(square.mapsRows()).isFalse();
    assertThat(square.clipped(2).mapsRows()).isTrue();
    assertThat(square.dimension()).isEqualTo(FeatureMap.identity(3).dimension()).isEqualTo(3);
  }

  @Test
  void shapesAreChecked() {
    assertThatThrownBy(() -> new FeatureMap(new double[2], new double[3], new double[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 scales");
    assertThatThrownBy(() -> new FeatureMap(new double[2], new double[2], new double[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 numbers");
    assertThatThrownBy(() -> new FeatureMap(new double[2], new double[2], new double[6]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("6 numbers");
  }
}
