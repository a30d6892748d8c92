package org.convexnn.block.pass.gated;

import java.util.Arrays;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.kernel.DualValue;
import org.convexnn.loss.Loss;

/** Sums of loss, curvature and dual value over rows whose outputs have moved. */
final class MovedRows {

  /** Index of sum w l(f). */
  static final int LOSS = 0;

  /** Index of sum w rho, rho the row curvature. */
  static final int PENALTY = 1;

  /** Index of sum w h, h the leverage. */
  static final int LEVERAGE = 2;

  /** Index of the number of rows that found no state. */
  static final int LOST = 3;

  /** Index of sum w l(f) over the rows that the selection leaves out. */
  static final int LEFT_OUT = 4;

  /** Index of the first dual sum. */
  static final int DUAL = 5;

  private final RowSetting setting;
  private final double floor;
  private final double[] sums = new double[DUAL + DualValue.length()];

  /** Sums that are zero; floor is the lowest row curvature as a share of the loss's. */
  MovedRows(RowSetting setting, double floor) {
    this.setting = setting;
    this.floor = floor;
  }

  double[] sums() {
    return sums;
  }

  void lost(int rows) {
    sums[LOST] += rows;
  }

  /**
   * Adds a row and writes w l'(f), zeros for a row that is left out.
   *
   * @param row its number in the block
   * @param f outputs, its own from {@code at} on
   * @param q takes w l'(f) there
   * @param dual takes l'(f) from {@code dualAt} on; empty where it is not wanted
   */
  void add(GatedBlock gated, int row, double[] f, double[] q, int at, double[] dual, int dualAt) {
    Block block = gated.block();
    Loss loss = setting.loss(block);
    int outputs = setting.outputs();
    double weight = setting.weight(block, row);
    double y = setting.label(block, row);
    if (weight == 0) {
      sums[LEFT_OUT] += block.weight(row) * loss.value(y, f, at);
      Arrays.fill(q, at, at + outputs, 0);
      return;
    }
    sums[LOSS] += weight * loss.value(y, f, at);
    loss.derivative(y, f, at, q, at);
    double rho = Math.max(loss.rowCurvature(y, f, at, q, at), floor * loss.curvature());
    sums[PENALTY] += weight * rho;
    sums[LEVERAGE] += weight * gated.patterns().leverage()[row];
    DualValue.add(loss, y, setting.offset(), q, at, weight, sums, DUAL);
    if (dual.length > 0) {
      System.arraycopy(q, at, dual, dualAt, outputs);
    }
    for (int k = 0; k < outputs; k++) {
      q[at + k] *= weight;
    }
  }
}
