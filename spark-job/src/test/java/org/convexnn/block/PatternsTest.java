package org.convexnn.block;

import static org.assertj.core.api.Assertions.assertThat;

import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.Tree;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatternsTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 63, 64, 65, 130})
  void bitsLeavesAndLeverage(int halfSpaces) {
    int d = 4;
    Block block = RandomRows.block(halfSpaces, 50, d);
    GateSet gates = RandomRows.gates(halfSpaces, d, halfSpaces, true);
    FeatureMap map = RandomRows.map(3, d);
    Patterns patterns = Patterns.of(block, gates, map);
    assertThat(patterns.words()).isEqualTo((halfSpaces + 63) / 64);
    assertThat(patterns.bytes())
        .isEqualTo(50 * Patterns.bytesOfRow(gates, map) + 4 * (gates.trees().size() + 1));
    double[] x = new double[d];
    for (int r = 0; r < block.rows(); r++) {
      block.copyRow(r, x);
      int active = 0;
      for (int p = 0; p < halfSpaces; p++) {
        double score = 0;
        for (int j = 0; j < d; j++) {
          score += x[j] * gates.halfSpaces().directions()[p * d + j];
        }
        boolean expected = score >= gates.halfSpaces().thresholds()[p];
        assertThat(patterns.active(r, p)).isEqualTo(expected);
        active += expected ? 1 : 0;
      }
      int bits = 0;
      for (int w = 0; w < patterns.words(); w++) {
        bits += Long.bitCount(patterns.bits()[r * patterns.words() + w]);
      }
      assertThat(bits).as("no stray bits").isEqualTo(active);
      Tree first = gates.trees().get(0);
      assertThat(patterns.leaf(r, 0)).isEqualTo(first.leaf(x));
      assertThat(patterns.leaf(r, 1)).isEqualTo(first.leaves() + gates.trees().get(1).leaf(x));
      double leverage = 1;
      for (double z : map.apply(x)) {
        leverage += z * z;
      }
      assertThat(patterns.leverage()[r]).isEqualTo((float) leverage);
    }
  }
}
