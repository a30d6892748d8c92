package org.convexnn.block.pass.cone;

import java.util.Optional;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.RowState;
import org.convexnn.block.pass.StepPass;
import org.convexnn.block.pass.Sums;

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
public record ConeGramPass(ConeSetting setting, boolean curved) implements StepPass<double[][]> {

  @Override
  public Worker<double[][]> worker() {
    return new GramWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class GramWorker implements Worker<double[][]> {

    private final ConeGramPass pass;
    private final ConeKernel kernel;
    private final double[] weights;
    private final double[] plain;
    private final double[] gram;
    private final double[] moments;

    GramWorker(ConeGramPass pass) {
      this.pass = pass;
      this.kernel = new ConeKernel(pass.setting);
      int width = pass.setting.width();
      int q = pass.setting.linear() + pass.setting.gates() * width;
      this.weights = new double[kernel.capacity()];
      this.plain = new double[kernel.capacity()];
      this.gram = new double[q * q];
      this.moments = new double[width * width];
    }

    @Override
    public RowState accept(GatedBlock gated, Optional<RowState> previous) {
      RowSetting rows = pass.setting.rows();
      for (int from = 0; from < gated.block().rows(); ) {
        int count = kernel.load(gated, from);
        for (int r = 0; r < count; r++) {
          int row = from + r;
          plain[r] = rows.weight(gated.block(), row);
          // A row that lost its state counts with the largest curvature there is.
          double lost = rows.loss().curvature();
          double h = pass.curved ? previous.map(s -> (double) s.penalty()[row]).orElse(lost) : 1;
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
