package org.convexnn.relu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.convexnn.block.Precision;
import org.convexnn.block.RowSetting;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.relu.cone.ConeE1;
import org.junit.jupiter.api.Test;

/**
 * docs/theory/golden.md#column-generation. That page sums the loss over 5 rows, this package takes
 * the mean.
 */
class ColumnGenerationTest {

  /** From two of the ten patterns of E1 to the optimum of all, proven. */
  @Test
  void reachesTheOptimumOfE1FromTwoPatterns() {
    FeatureMap map = FeatureMap.identity(2);
    RowSetting setting =
        RowSetting.of(
            map,
            GateSet.of(HalfSpaces.none(2)),
            new SquaredLoss(),
            new double[1],
            0,
            1,
            Precision.FLOAT64);
    ColumnGeneration generation =
        new ColumnGeneration(
            ConeE1.rows(ConeE1.X, ConeE1.Y, 5),
            map,
            setting,
            new ReluProblem.Sizes(5, 5),
            1e-3,
            false,
            false);
    HalfSpaces start = ConeE1.gates().select(new int[] {2, 8});
    ColumnGeneration.Result result =
        generation.run(start, 0.3 / 5, 1e-9, 10, new PriceSearch(16, 12, 1));
    assertThat(5 * result.objectives().get(0)).isCloseTo(2.106862852, within(1e-7));
    assertThat(result.objectives()).hasSizeGreaterThan(1);
    for (int k = 1; k < result.objectives().size(); k++) {
      assertThat(result.objectives().get(k))
          .isLessThanOrEqualTo(result.objectives().get(k - 1) + 1e-9);
    }
    double last = 5 * result.objectives().get(result.objectives().size() - 1);
    assertThat(last).isCloseTo(1.7039696962, within(1e-6));
    assertThat(5 * result.lower().orElseThrow()).isCloseTo(1.7039696962, within(1e-5));
    assertThat(result.price()).isCloseTo(0.06, within(1e-6));
  }
}
