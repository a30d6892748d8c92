package org.convexnn.block.pass.cone;

import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.pass.RowPass;

/**
 * How the activations h_j = (z~.u_j)_+ of some neurons depend on each other. Result: [0] = {@code sum_r
 * w_r h_j h_k}, m x m; [1] = {@code max_r min(z~.u_j, -z~.u_k) / ||z~||}, m x m and not negative:
 * where it is zero for (j, k) and (k, j), both neurons are in a common cone and {@code h_j + h_k =
 * (z~.(u_j + u_k))_+} on all rows.
 *
 * @param setting the rows' setting; its cones are not read
 * @param neurons u_j, m x D
 */
public record ActivationPass(ConeSetting setting, double[] neurons)
    implements RowPass<GatedBlock, double[][]> {

  @Override
  public Worker<GatedBlock, double[][]> worker() {
    return new ActivationWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return ConeSums.merge(left, right);
  }

  private static final class ActivationWorker implements Worker<GatedBlock, double[][]> {

    private final ActivationPass pass;
    private final ConeKernel kernel;
    private final int m;
    private final double[] products;
    private final double[] gram;
    private final double[] conflicts;

    ActivationWorker(ActivationPass pass) {
      this.pass = pass;
      this.kernel = new ConeKernel(pass.setting);
      this.m = pass.neurons.length / pass.setting.width();
      this.products = new double[kernel.capacity() * m];
      this.gram = new double[m * m];
      this.conflicts = new double[m * m];
    }

    @Override
    public void accept(GatedBlock gated) {
      RowSetting rows = pass.setting.rows();
      for (int from = 0; from < gated.block().rows(); ) {
        int count = kernel.load(gated, from);
        kernel.products(pass.neurons, 0, m, products);
        for (int r = 0; r < count; r++) {
          double weight = rows.weight(gated.block(), from + r);
          if (weight > 0 && kernel.norm(r) > 0) {
            row(r * m, weight, kernel.norm(r));
          }
        }
        from += count;
      }
    }

    private void row(int at, double weight, double norm) {
      for (int j = 0; j < m; j++) {
        double h = products[at + j];
        for (int k = 0; h > 0 && k < m; k++) {
          double other = products[at + k];
          gram[j * m + k] += weight * h * Math.max(0, other);
          conflicts[j * m + k] = Math.max(conflicts[j * m + k], Math.min(h, -other) / norm);
        }
      }
    }

    @Override
    public double[][] result() {
      return new double[][] {gram, conflicts};
    }
  }
}
