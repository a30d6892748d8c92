package org.convexnn.block;

import java.util.Optional;
import java.util.stream.IntStream;
import org.convexnn.loss.Loss;

/**
 * Half a pass along a direction d: rows keep F d, and the slope of the loss is summed at a grid of
 * step lengths a,
 *
 * <pre>slope(a) = sum_r w_r l'(f_r + a F d_r) . (F d)_r,</pre>
 *
 * so that a near-exact line search needs no further pass. On the way the averaged dual point moves,
 * {@code rbar += average (l'(f) - rbar)}, and its dual value is summed.
 *
 * <p>Result: [0] = [rows that had no average, dual sums of rbar], [1] = slopes. The next state holds
 * f, F d and rbar.
 *
 * @param setting the rows' setting
 * @param direction d in row coordinates
 * @param weights u in row coordinates, from which lost rows rebuild f
 * @param average how far rbar moves, in [0, 1]
 */
public record SearchJob(RowSetting setting, double[] direction, double[] weights, double average)
    implements StepJob<double[][]> {

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

    private final SearchJob job;
    private final RowSetting setting;
    private final int outputs;
    private final RowKernel kernel;
    private final double[] scalars = new double[DUAL + DualValue.length()];
    private final double[] slopes = new double[STEPS];
    private final double[] along;
    private final double[] f;
    private final double[] r;
    private boolean rebuilding;

    SearchWorker(SearchJob job) {
      this.job = job;
      this.setting = job.setting;
      this.outputs = setting.outputs();
      this.kernel = RowKernel.of(setting, 2);
      kernel.weights(DIRECTION, job.direction);
      int size = kernel.capacity() * outputs;
      this.along = new double[size];
      this.f = new double[size];
      this.r = new double[outputs];
    }

    @Override
    public RowState accept(GatedBlock gated, Optional<RowState> previous) {
      Block block = gated.block();
      Loss loss = setting.loss();
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
        }
        boolean averaged = previous.isPresent() && previous.get().dual().length > 0;
        for (int i = 0; i < count; i++) {
          int at = i * outputs;
          double weight = setting.weight(block, from + i);
          if (weight == 0) {
            continue;
          }
          double y = setting.label(block, from + i);
          loss.derivative(y, f, at, r, 0);
          if (averaged) {
            for (int k = 0; k < outputs; k++) {
              double before = previous.get().dual()[start + at + k];
              r[k] = before + job.average * (r[k] - before);
            }
          } else {
            scalars[LOST]++;
          }
          System.arraycopy(r, 0, dual, start + at, outputs);
          DualValue.add(loss, y, setting.offset(), r, 0, weight, scalars, DUAL);
          loss.addSlopes(y, f, along, at, STEP, weight, slopes);
        }
        System.arraycopy(f, 0, response, start, count * outputs);
        System.arraycopy(along, 0, fitted, start, count * outputs);
        from += count;
      }
      return RowState.ofSearch(response, fitted, dual);
    }

    private void rebuild(int count) {
      if (!rebuilding) {
        kernel.weights(WEIGHTS, job.weights);
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
      return new double[][] {scalars, slopes};
    }
  }
}
