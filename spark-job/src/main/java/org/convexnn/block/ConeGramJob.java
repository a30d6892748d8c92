package org.convexnn.block;

import java.util.Optional;

/**
 * The Gram matrices of exact ReLU: {@code K = sum_r w_r h_r phi_r phi_r'} with phi = [[z, 1], s_1 z~,
 * .., s_P z~] and {@code sum_r w_r z~_r z~_r'}, the Gram matrix of every cone: the signs square to
 * one (docs/theory/cones.md#admm-with-cones).
 *
 * <p>Result: [0] = K, Q x Q, Q = D_0 + P D, [1] = D x D.
 *
 * @param setting the rows' setting
 * @param curved whether h is the curvature kept in the row state, or 1
 */
public record ConeGramJob(ConeSetting setting, boolean curved) implements StepJob<double[][]> {

  @Override
  public Worker<double[][]> worker() {
    return new GramWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class GramWorker implements Worker<double[][]> {

    private final ConeGramJob job;
    private final ConeKernel kernel;
    private final double[] weights;
    private final double[] plain;
    private final double[] gram;
    private final double[] moments;

    GramWorker(ConeGramJob job) {
      this.job = job;
      this.kernel = new ConeKernel(job.setting);
      int width = job.setting.width();
      int q = job.setting.linear() + job.setting.gates() * width;
      this.weights = new double[kernel.capacity()];
      this.plain = new double[kernel.capacity()];
      this.gram = new double[q * q];
      this.moments = new double[width * width];
    }

    @Override
    public RowState accept(GatedBlock gated, Optional<RowState> previous) {
      RowSetting rows = job.setting.rows();
      for (int from = 0; from < gated.block().rows(); ) {
        int count = kernel.load(gated, from);
        for (int r = 0; r < count; r++) {
          int row = from + r;
          plain[r] = rows.weight(gated.block(), row);
          // A row that lost its state counts with the largest curvature there is.
          double lost = rows.loss().curvature();
          double h = job.curved ? previous.map(s -> (double) s.penalty()[row]).orElse(lost) : 1;
          weights[r] = plain[r] * h;
        }
        kernel.addGram(weights, plain, gram, moments);
        from += count;
      }
      return RowState.NONE;
    }

    @Override
    public double[][] result() {
      return new double[][] {gram, moments};
    }
  }
}
