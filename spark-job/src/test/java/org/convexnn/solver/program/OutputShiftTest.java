package org.convexnn.solver.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class OutputShiftTest {

  @Test
  void takesTheMeanOverOutputsOffEveryBlock() {
    // Two blocks of three outputs and two numbers.
    double[] a = {1, 10, 2, 20, 6, 60, 0, 1, 0, 1, 0, 4};
    assertThat(OutputShift.remove(a, 3, 2))
        .containsExactly(new double[] {3, 30, 0, 2}, within(1e-14));
    double[] expected = {-2, -20, -1, -10, 3, 30, 0, -1, 0, -1, 0, 2};
    assertThat(a).containsExactly(expected, within(1e-14));
  }

  @Test
  void leavesOneOutputAlone() {
    double[] a = {1, 2, 3};
    assertThat(OutputShift.remove(a, 1, 3)).containsOnly(0);
    assertThat(a).containsExactly(1, 2, 3);
  }
}
