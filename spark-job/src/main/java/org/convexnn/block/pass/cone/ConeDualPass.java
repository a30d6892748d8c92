package org.convexnn.block.pass.cone;

import java.util.Optional;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.RowState;
import org.convexnn.block.pass.StepPass;
import org.convexnn.block.pass.Sums;
import org.convexnn.loss.Scalings;

/**
 * The dual value at one scaling tau of r = l'(f), f the row variable kept by {@link ConeStepPass}:
 * {@code sum_r w_r (tau r_r b0 - l*(y_r, tau r_r))}, where {@link org.convexnn.block.kernel.DualValue} interpolates. No product
 * with weights. A row without state adds 0 and is counted: its r would be another point.
 *
 * <p>Result: [0] = [value, rows without state].
 *
 * @param setting the rows' setting
 * @param tau in (0, 1]
 */
public record ConeDualPass(ConeSetting setting, double tau) implements StepPass<double[][]> {

  @Override
  public Worker<double[][]> worker() {
    return new DualWorker(setting.rows(), Scalings.of(tau));
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class DualWorker implements Worker<double[][]> {

    private final RowSetting rows;
    private final Scalings scaling;
    private final double[] result = new double[2];
    private final double[] r = new double[1];

    DualWorker(RowSetting rows, Scalings scaling) {
      this.rows = rows;
      this.scaling = scaling;
    }

    @Override
    public RowState accept(GatedBlock gated, Optional<RowState> previous) {
      Block block = gated.block();
      if (previous.isEmpty()) {
        result[1] += block.rows();
        return RowState.NONE;
      }
      for (int row = 0; row < block.rows(); row++) {
        double weight = rows.weight(block, row);
        double y = rows.label(block, row);
        rows.loss().derivative(y, previous.get().response(), row, r, 0);
        if (weight > 0) {
          rows.loss().addDualValues(y, r, 0, rows.offset(), scaling, weight, result, 0);
        }
      }
      return RowState.NONE;
    }

    @Override
    public double[][] result() {
      return new double[][] {result};
    }
  }
}
