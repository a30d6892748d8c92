package org.convexnn.block.pass.neuron;

import java.util.Arrays;
import org.convexnn.block.Block;
import org.convexnn.block.RowSetting;
import org.convexnn.block.kernel.DualValue;
import org.convexnn.loss.Loss;

/**
 * From outputs f of a batch of rows to the sums [sum w l(b0 + f), dual sums of t l'(b0 + f)] and the
 * weighted derivatives {@code w t l'(b0 + f)}, zero on rows that do not count.
 */
final class RowResponse {

  private final RowSetting setting;
  private final double scale;
  private final double[] f;
  private final double[] r;
  private final double[] sums = new double[1 + DualValue.length()];

  /**
   * For batches of at most so many rows.
   *
   * @param scale t, the scaling of the dual point
   */
  RowResponse(RowSetting setting, int capacity, double scale) {
    this.setting = setting;
    this.scale = scale;
    this.f = new double[capacity * setting.outputs()];
    this.r = new double[f.length];
  }

  /** Where to write the outputs, count x C. */
  double[] outputs() {
    return f;
  }

  /** The derivatives of the batch, count x C. */
  double[] derivative() {
    return r;
  }

  /** The sums so far. */
  double[] sums() {
    return sums;
  }

  /** Derives rows {@code from .. from + count} of a block. */
  void derive(Block block, int from, int count) {
    int c = setting.outputs();
    Loss loss = setting.loss(block);
    double[] offset = setting.offset();
    for (int i = 0; i < count; i++) {
      int at = i * c;
      double weight = setting.weight(block, from + i);
      if (weight == 0) {
        Arrays.fill(r, at, at + c, 0);
        continue;
      }
      for (int k = 0; k < c; k++) {
        f[at + k] += offset[k];
      }
      double y = setting.label(block, from + i);
      sums[0] += weight * loss.value(y, f, at);
      loss.derivative(y, f, at, r, at);
      for (int k = 0; k < c; k++) {
        r[at + k] *= scale;
      }
      DualValue.add(loss, y, offset, r, at, weight, sums, 1);
      for (int k = 0; k < c; k++) {
        r[at + k] *= weight;
      }
    }
  }
}
