package org.convexnn.block.pass.gated;

import java.util.Optional;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.RowState;
import org.convexnn.block.kernel.RowKernel;
import org.convexnn.block.pass.StepPass;
import org.convexnn.block.pass.Sums;
import org.convexnn.linalg.CounterRandom;

/**
 * The weighted Gram matrix {@code sum_r w_r rho_r phi_r phi_r'} of the rows phi = [y~, s_1 y~, ...,
 * s_P y~] in row coordinates, or an unbiased estimate of it from sampled rows.
 *
 * <p>With a sketch, row r is taken with probability {@code pi_r = min(1, rate (rho_r / meanPenalty +
 * h_r / meanLeverage) / 2)}, h_r its leverage, and counts {@code 1 / pi_r} times. The leverage is
 * not multiplied by rho: rows that are alone in a direction must be met however small their rho. The draw is
 * a hash of (row key, occurrence, epoch): reproducible without shuffle or state.
 *
 * <p>Result: [0] = [rows taken], [1] = Q x Q row-major, Q = (1 + P) D, complete on and above the
 * diagonal.
 *
 * @param setting the rows' setting
 * @param penalty where rho comes from
 * @param sketch which rows are taken
 */
public record GramPass(RowSetting setting, Penalty penalty, Sketch sketch)
    implements StepPass<double[][]> {

  /** Where the factor rho_r of a row comes from. */
  public enum Penalty {
    /** rho = 1. */
    ONE,
    /** The penalty kept in the row state. */
    STATE
  }

  /**
   * Which rows are taken.
   *
   * @param rate expected share of rows, infinite for all rows
   * @param meanPenalty mean of rho over the rows
   * @param meanLeverage mean of h over the rows
   * @param uniform whether rows are drawn without regard to leverage: worse, for tests of the
   *     safeguard
   * @param epoch varies the draw
   */
  public record Sketch(
      double rate, double meanPenalty, double meanLeverage, boolean uniform, long epoch)
      implements java.io.Serializable {

    /** Every row: the exact matrix. */
    public static final Sketch ALL = new Sketch(Double.POSITIVE_INFINITY, 1, 1, false, 0);

    double probability(double rho, double leverage) {
      if (uniform) {
        return Math.min(1, rate);
      }
      return Math.min(1, rate * 0.5 * (rho / meanPenalty + leverage / meanLeverage));
    }
  }

  @Override
  public Worker<double[][]> worker() {
    return new GramWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class GramWorker implements Worker<double[][]> {

    private final GramPass pass;
    private final RowKernel kernel;
    private final double[] weights;
    private final double[] taken = new double[1];
    private final double[] gram;

    GramWorker(GramPass pass) {
      this.pass = pass;
      this.kernel = RowKernel.of(pass.setting, 0);
      this.weights = new double[kernel.capacity()];
      int q = (1 + pass.setting.groups()) * pass.setting.width();
      this.gram = new double[q * q];
    }

    @Override
    public RowState accept(GatedBlock gated, Optional<RowState> previous) {
      Block block = gated.block();
      long salt = CounterRandom.mix(pass.sketch.epoch);
      for (int from = 0; from < block.rows(); ) {
        int count = Math.min(kernel.capacity(), block.rows() - from);
        boolean any = false;
        for (int r = 0; r < count; r++) {
          int row = from + r;
          double rho = penalty(previous, row);
          double weight = rho * pass.setting.weight(block, row);
          double p = pass.sketch.probability(rho, gated.patterns().leverage()[row]);
          boolean take = weight > 0 && block.draw(row, salt) < p;
          weights[r] = take ? weight / p : 0;
          if (take) {
            taken[0]++;
            any = true;
          }
        }
        if (any) {
          kernel.load(gated, from);
          kernel.addGram(weights, 0, gram);
        }
        from += count;
      }
      return RowState.NONE;
    }

    private double penalty(Optional<RowState> previous, int row) {
      return switch (pass.penalty) {
        case ONE -> 1;
        // A partition that lost its state samples as if its rows had the largest curvature.
        case STATE ->
            previous.map(s -> (double) s.penalty()[row]).orElseGet(pass.setting.loss()::curvature);
      };
    }

    @Override
    public double[][] result() {
      return new double[][] {taken, gram};
    }
  }
}
