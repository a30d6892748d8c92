package org.convexnn.block.kernel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DualValueRangeTest {

  @Test
  void tauBeyondOneIsRefusedWhereTheSumsDoNotReach() {
    double[] sums = new double[DualValue.length()];
    assertThatThrownBy(() -> DualValue.at(1.001, sums, 0, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1.001");
  }
}
