package org.convexnn.block.pass.gated;

import java.util.Optional;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.RowState;
import org.convexnn.block.kernel.RowKernel;
import org.convexnn.block.pass.StepPass;
import org.convexnn.block.pass.Sums;

/**
 * Half a pass that moves the rows along the direction of the last {@link SearchPass}, {@code f += length
 * F d}, and sums loss and gradient there. Without state, f = b0 + F u: a whole pass.
 *
 * <p>Rows that the selection leaves out move too: their loss comes free, where they choose beta.
 *
 * <p>Result: [0] = scalars (see the constants), [1] = {@code F' w l'(f)}. The next state holds f and
 * the averaged dual point, at the start l'(f) itself.
 *
 * @param setting the rows' setting
 * @param weights u before the step, in row coordinates
 * @param direction d in row coordinates, for rows that lost F d
 * @param length the step length
 * @param floor lowest row curvature as a share of the loss's
 */
public record MovePass(
    RowSetting setting, double[] weights, double[] direction, double length, double floor)
    implements StepPass<double[][]> {

  /** Index of sum w l(f). */
  public static final int LOSS = MovedRows.LOSS;

  /** Index of sum w rho, rho the row curvature. */
  public static final int PENALTY = MovedRows.PENALTY;

  /** Index of sum w h, h the leverage. */
  public static final int LEVERAGE = MovedRows.LEVERAGE;

  /** Index of the number of rows that found no state. */
  public static final int LOST = MovedRows.LOST;

  /** Index of sum w l(f) over the rows that the selection leaves out. */
  public static final int LEFT_OUT = MovedRows.LEFT_OUT;

  /** Index of the first dual sum. */
  public static final int DUAL = MovedRows.DUAL;

  @Override
  public Worker<double[][]> worker() {
    return new MoveWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class MoveWorker implements Worker<double[][]> {

    private static final int WEIGHTS = 0;
    private static final int DIRECTION = 1;

    private final MovePass pass;
    private final RowSetting setting;
    private final int outputs;
    private final RowKernel kernel;
    private final MovedRows moved;
    private final double[] f;
    private final double[] along;
    private final double[] q;
    private boolean rebuilding;

    MoveWorker(MovePass pass) {
      this.pass = pass;
      this.setting = pass.setting;
      this.outputs = setting.outputs();
      this.moved = new MovedRows(setting, pass.floor);
      this.kernel = RowKernel.of(setting, 2);
      int size = kernel.capacity() * outputs;
      this.f = new double[size];
      this.along = new double[size];
      this.q = new double[size];
    }

    @Override
    public RowState accept(GatedBlock gated, Optional<RowState> previous) {
      Block block = gated.block();
      int size = block.rows() * outputs;
      double[] response = new double[size];
      double[] dual = new double[size];
      for (int from = 0; from < block.rows(); ) {
        int count = kernel.load(gated, from);
        int start = from * outputs;
        if (previous.isPresent()) {
          System.arraycopy(previous.get().response(), start, f, 0, count * outputs);
          System.arraycopy(previous.get().fitted(), start, along, 0, count * outputs);
        } else {
          rebuild(count);
          moved.lost(count);
        }
        for (int i = 0; i < count; i++) {
          int at = i * outputs;
          for (int k = 0; k < outputs; k++) {
            f[at + k] += pass.length * along[at + k];
          }
          moved.add(gated, from + i, f, q, at, dual, start + at);
        }
        if (previous.isPresent()) {
          System.arraycopy(previous.get().dual(), start, dual, start, count * outputs);
        }
        System.arraycopy(f, 0, response, start, count * outputs);
        kernel.backward(0, q, 0);
        from += count;
      }
      return RowState.ofSearch(response, new double[0], dual);
    }

    private void rebuild(int count) {
      if (!rebuilding) {
        kernel.weights(WEIGHTS, pass.weights);
        kernel.weights(DIRECTION, pass.direction);
        rebuilding = true;
      }
      double[] offset = setting.offset();
      kernel.forward(WEIGHTS, f, 0);
      for (int i = 0; i < count * outputs; i++) {
        f[i] += offset[i % outputs];
      }
      if (pass.length != 0) {
        kernel.forward(DIRECTION, along, 0);
      }
    }

    @Override
    public double[][] result() {
      return new double[][] {moved.sums(), kernel.gradient(0)};
    }
  }
}
