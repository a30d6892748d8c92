package org.convexnn.solver.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.convexnn.solver.TrainingOptions.SolverKind;
import org.junit.jupiter.api.Test;

class DriverMemoryTest {

  private static final double GIGA = 1e9;

  @Test
  void countsWhatEachSolverKeeps() {
    double q = 257 * 55;
    assertThat(new DriverMemory(55, 1, 256, 0, 0, SolverKind.GRAM).matrices())
        .isEqualTo(8 * 4 * q * q);
    assertThat(new DriverMemory(55, 7, 256, 0, 0, SolverKind.LBFGS).vectors())
        .isEqualTo(8 * 80 * 7 * q);
    assertThat(new DriverMemory(55, 1, 0, 40, 1280, SolverKind.LBFGS).norms())
        .isEqualTo(8.0 * 1280 * (55 * 55 + 55 * 56));
    assertThat(new DriverMemory(55, 1, 256, 0, 0, SolverKind.GRADIENT).bytes())
        .isLessThan(GIGA / 100);
  }

  @Test
  void letsPassWhatFits() {
    assertThatCode(() -> new DriverMemory(55, 1, 64, 40, 1280, SolverKind.AUTO).check(GIGA))
        .doesNotThrowAnyException();
  }

  @Test
  void namesSizesAndWhatToLower() {
    assertThatThrownBy(() -> new DriverMemory(55, 1, 100_000, 0, 0, SolverKind.AUTO).check(GIGA))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("100000 gates with 55 x 1 weights")
        .hasMessageContaining("lower numGates (100000), or raise spark.driver.memory");
    assertThatThrownBy(() -> new DriverMemory(301, 1, 0, 600, 20_000, SolverKind.AUTO).check(GIGA))
        .hasMessageContaining("lower numTrees or numLeaves (at most 20000 leaves in all)");
    assertThatThrownBy(() -> new DriverMemory(55, 1, 1000, 0, 0, SolverKind.ADMM).check(GIGA))
        .hasMessageContaining("lower numGates (1000), use solver 'auto', or raise");
  }

  @Test
  void asManyHalfSpacesAsVectorsHaveRoomFor() {
    DriverMemory none = new DriverMemory(50_001, 1, 0, 0, 0, SolverKind.AUTO);
    int most = none.mostHalfSpaces(GIGA);
    DriverMemory full = new DriverMemory(50_001, 1, most, 0, 0, SolverKind.AUTO);
    assertThat(full.vectors() + full.gates())
        .isBetween(0.5 * GIGA - none.vectors() - 2 * none.width() * 8, 0.5 * GIGA);
    assertThatCode(() -> full.check(GIGA)).doesNotThrowAnyException();
    // the metric leaves less than half of a small heap
    DriverMemory small =
        new DriverMemory(50_001, 1, none.mostHalfSpaces(GIGA / 3), 0, 0, SolverKind.AUTO);
    assertThatCode(() -> small.check(GIGA / 3)).doesNotThrowAnyException();
    assertThat(none.mostHalfSpaces(GIGA / 10)).isNegative();
    assertThat(new DriverMemory(55, 1, 0, 0, 0, SolverKind.GRAM).mostHalfSpaces(GIGA))
        .isGreaterThan(256);
  }

  @Test
  void refusesWhatNoArrayHolds() {
    assertThatThrownBy(
            () -> new DriverMemory(1000, 100, 1_000_000, 0, 0, SolverKind.GRADIENT).check(1e18))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lower numGates");
  }
}
