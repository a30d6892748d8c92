package org.convexnn.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HalfSpacesTest {

  private static HalfSpaces random(int d, int p) {
    Random random = new Random(d * 100 + p);
    double[] centres = new double[p];
    Arrays.fill(centres, 0.5);
    return new HalfSpaces(
        d, random.doubles(p * d, -1, 1).toArray(), random.doubles(p, -1, 1).toArray(), centres);
  }

  /** A sparse evaluation skips zeros; a dense one may meet 0 and -0. All give the same bits. */
  @Test
  void zerosDoNotChangeASingleBit() {
    int d = 30;
    HalfSpaces gates = random(d, 65);
    double[] transposed = gates.transposed();
    Random random = new Random(1);
    for (int row = 0; row < 50; row++) {
      double[] x = new double[d];
      for (int j = 0; j < d; j++) {
        x[j] = random.nextInt(3) == 0 ? random.nextGaussian() : random.nextBoolean() ? 0.0 : -0.0;
      }
      double[] scores = random.doubles(65).toArray();
      gates.scores(transposed, x, scores);
      for (int p = 0; p < 65; p++) {
        double skipping = 0;
        double adding = 0;
        for (int j = 0; j < d; j++) {
          adding += x[j] * gates.directions()[p * d + j];
          if (x[j] != 0) {
            skipping += x[j] * gates.directions()[p * d + j];
          }
        }
        assertThat(scores[p]).isEqualTo(skipping);
        assertThat(scores[p] + 0.0).isEqualTo(adding + 0.0);
      }
    }
  }

  @Test
  void activeAtTheThreshold() {
    HalfSpaces gate = new HalfSpaces(1, new double[] {1}, new double[] {0.5}, new double[] {0.5});
    assertThat(gate.active(0, 0.5)).isTrue();
    assertThat(gate.active(0, Math.nextDown(0.5))).isFalse();
    assertThat(gate.active(0, 1)).isTrue();
  }

  @Test
  void selectKeepsTheOrderAsked() {
    HalfSpaces gates = random(3, 5);
    HalfSpaces some = gates.select(new int[] {4, 1});
    assertThat(some.size()).isEqualTo(2);
    assertThat(some.thresholds()).containsExactly(gates.thresholds()[4], gates.thresholds()[1]);
    assertThat(some.directions()).startsWith(Arrays.copyOfRange(gates.directions(), 12, 15));
    assertThat(some.directions()).endsWith(Arrays.copyOfRange(gates.directions(), 3, 6));
    assertThat(gates.select(new int[0]).size()).isZero();
    assertThat(HalfSpaces.none(3).size()).isZero();
  }

  @Test
  void shapesAreChecked() {
    assertThatThrownBy(() -> new HalfSpaces(2, new double[3], new double[2], new double[2]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HalfSpaces(2, new double[4], new double[2], new double[1]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
