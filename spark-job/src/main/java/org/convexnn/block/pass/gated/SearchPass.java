package org.convexnn.block.pass.gated;

import java.util.Optional;
import java.util.stream.IntStream;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.RowState;
import org.convexnn.block.kernel.DualValue;
import org.convexnn.block.kernel.RowKernel;
import org.convexnn.block.pass.StepPass;
import org.convexnn.block.pass.Sums;
import org.convexnn.loss.Loss;

/**
 * A pass along a direction d. First half: rows keep F d, and the slope of the loss is summed at a grid
 * of step lengths a,
 *
 * <pre>slope(a) = sum_r w_r l'(f_r + a F d_r) . (F d)_r,</pre>
 *
 * which tells the best of them. On the way the averaged dual point moves, {@code rbar += average
 * (l'(f) - rbar)}, and its dual value is summed. Second half: the rows move by a length guessed
 * beforehand, {@code f += length F d}, and loss and gradient are summed there, so that a step whose
 * guess was good takes no pass more. One that was not is corrected by a {@link MovePass}.
 *
 * <p>Result: [0] = [rows that had no average, dual sums of rbar], [1] = slopes, [2] and [3] = what
 * {@link MovePass} sums where the rows have moved to. The next state holds f there, F d and rbar.
 *
 * @param setting the rows' setting
 * @param direction d in row coordinates
 * @param weights u in row coordinates, from which lost rows rebuild f
 * @param average how far rbar moves, in [0, 1]
 * @param length the step length guessed
 * @param floor lowest row curvature as a share of the loss's
 */
public record SearchPass(
    RowSetting setting,
    double[] direction,
    double[] weights,
    double average,
    double length,
    double floor)
    implements StepPass<double[][]> {

  /** Index of the sums of the line search. */
  public static final int SEARCH = 0;

  /** Index of the slopes. */
  public static final int SLOPES = 1;

  /** Index of the sums of the move, the first of {@link MovePass}'s result. */
  public static final int MOVE = 2;

  /** Index of the number of rows that had no averaged dual point. */
  public static final int LOST = 0;

  /** Index of the first dual sum. */
  public static final int DUAL = 1;

  private static final double STEP = 0.25;
  private static final int STEPS = 10;

  /** The grid of step lengths, ascending. */
  public static double[] steps() {
    return IntStream.rangeClosed(1, STEPS).mapToDouble(s -> s * STEP).toArray();
  }

  @Override
  public Worker<double[][]> worker() {
    return new SearchWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class SearchWorker implements Worker<double[][]> {

    private static final int DIRECTION = 0;
    private static final int WEIGHTS = 1;
    private static final double[] UNUSED = new double[0];

    private final SearchPass pass;
    private final RowSetting setting;
    private final int outputs;
    private final RowKernel kernel;
    private final double[] scalars = new double[DUAL + DualValue.length()];
    private final double[] slopes = new double[STEPS];
    private final MovedRows moved;
    private final double[] along;
    private final double[] f;
    private final double[] r;
    private final double[] q;
    private boolean rebuilding;

    SearchWorker(SearchPass pass) {
      this.pass = pass;
      this.setting = pass.setting;
      this.outputs = setting.outputs();
      this.kernel = RowKernel.of(setting, 2);
      kernel.weights(DIRECTION, pass.direction);
      int size = kernel.capacity() * outputs;
      this.along = new double[size];
      this.f = new double[size];
      this.r = new double[outputs];
      this.q = new double[size];
      this.moved = new MovedRows(setting, pass.floor);
    }

    @Override
    public RowState accept(GatedBlock gated, Optional<RowState> previous) {
      Block block = gated.block();
      Loss loss = setting.loss(block);
      int size = block.rows() * outputs;
      double[] response = new double[size];
      double[] fitted = new double[size];
      double[] dual = new double[size];
      for (int from = 0; from < block.rows(); ) {
        int count = kernel.load(gated, from);
        int start = from * outputs;
        kernel.forward(DIRECTION, along, 0);
        if (previous.isPresent()) {
          System.arraycopy(previous.get().response(), start, f, 0, count * outputs);
        } else {
          rebuild(count);
          moved.lost(count);
        }
        boolean averaged = previous.isPresent() && previous.get().dual().length > 0;
        for (int i = 0; i < count; i++) {
          int at = i * outputs;
          double weight = setting.weight(block, from + i);
          if (weight > 0) {
            double y = setting.label(block, from + i);
            loss.derivative(y, f, at, r, 0);
            if (averaged) {
              for (int k = 0; k < outputs; k++) {
                double before = previous.get().dual()[start + at + k];
                r[k] = before + pass.average * (r[k] - before);
              }
            } else {
              scalars[LOST]++;
            }
            System.arraycopy(r, 0, dual, start + at, outputs);
            DualValue.add(loss, y, setting.offset(), r, 0, weight, scalars, DUAL);
            loss.addSlopes(y, f, along, at, STEP, weight, slopes);
          }
          for (int k = 0; k < outputs; k++) {
            f[at + k] += pass.length * along[at + k];
          }
          moved.add(gated, from + i, f, q, at, UNUSED, 0);
        }
        System.arraycopy(f, 0, response, start, count * outputs);
        System.arraycopy(along, 0, fitted, start, count * outputs);
        kernel.backward(0, q, 0);
        from += count;
      }
      return RowState.ofSearch(response, fitted, dual);
    }

    private void rebuild(int count) {
      if (!rebuilding) {
        kernel.weights(WEIGHTS, pass.weights);
        rebuilding = true;
      }
      double[] offset = setting.offset();
      kernel.forward(WEIGHTS, f, 0);
      for (int i = 0; i < count * outputs; i++) {
        f[i] += offset[i % outputs];
      }
    }

    @Override
    public double[][] result() {
      return new double[][] {scalars, slopes, moved.sums(), kernel.gradient(0)};
    }
  }
}
