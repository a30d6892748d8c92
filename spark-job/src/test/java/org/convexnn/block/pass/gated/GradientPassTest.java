package org.convexnn.block.pass.gated;

import static org.assertj.core.api.Assertions.assertThat;

import org.convexnn.block.Precision;
import org.convexnn.block.RowSelection;
import org.convexnn.block.RowSetting;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.network.WeightLayout;
import org.junit.jupiter.api.Test;

/** The curvature is sized only where it is wanted: Q x Q may be beyond any array. */
class GradientPassTest {

  /** Q = 62,130, whose square is negative as an int. */
  private static final RowSetting WIDE =
      new RowSetting(
          new double[113],
          new double[113],
          64,
          WeightLayout.wide(1, 114, 64 + 480),
          new int[] {0, 480},
          new LogisticLoss(),
          new double[1],
          0,
          1,
          Precision.FLOAT32,
          RowSelection.ALL);

  @Test
  void manyGatesNeedNoGram() {
    double[] weights = new double[WIDE.length()];
    for (GradientPass.Order order :
        new GradientPass.Order[] {GradientPass.Order.VALUE, GradientPass.Order.GRADIENT}) {
      GradientPass pass = new GradientPass(WIDE, weights, order, 1);
      assertThat(pass.worker().result().length).isEqualTo(2);
    }
  }
}
