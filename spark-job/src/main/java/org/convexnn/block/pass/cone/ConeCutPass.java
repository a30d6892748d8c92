package org.convexnn.block.pass.cone;

import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.pass.RowPass;

/**
 * The row that each neuron violates most: of cone c the row with the largest distance of u_c outside
 * the half-space (2 s - 1) z~.u &gt;= 0. Result: of each cone [distance, (2 s - 1) z~], 1 + D numbers,
 * distance 0 and no direction where no row is violated.
 *
 * @param setting the rows' setting
 * @param weights [u_0, v, w]
 */
public record ConeCutPass(ConeSetting setting, double[] weights)
    implements RowPass<GatedBlock, double[][]> {

  @Override
  public Worker<GatedBlock, double[][]> worker() {
    return new CutWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    for (int c = 0; c < left.length; c++) {
      if (right[c][0] > left[c][0]) {
        left[c] = right[c];
      }
    }
    return left;
  }

  private static final class CutWorker implements Worker<GatedBlock, double[][]> {

    private final ConeCutPass pass;
    private final ConeKernel kernel;
    private final int cones;
    private final double[] products;
    private final double[][] cuts;

    CutWorker(ConeCutPass pass) {
      this.pass = pass;
      this.kernel = new ConeKernel(pass.setting);
      this.cones = pass.setting.cones();
      this.products = new double[kernel.capacity() * cones];
      this.cuts = new double[cones][1 + pass.setting.width()];
    }

    @Override
    public void accept(GatedBlock gated) {
      RowSetting rows = pass.setting.rows();
      for (int from = 0; from < gated.block().rows(); ) {
        int count = kernel.load(gated, from);
        kernel.products(pass.weights, products);
        for (int r = 0; r < count; r++) {
          if (rows.weight(gated.block(), from + r) > 0 && kernel.norm(r) > 0) {
            row(r);
          }
        }
        from += count;
      }
    }

    private void row(int r) {
      for (int c = 0; c < cones; c++) {
        double sign = kernel.sign(r, c);
        double distance = -sign * products[r * cones + c] / kernel.norm(r);
        if (distance > cuts[c][0]) {
          cuts[c][0] = distance;
          kernel.copyRow(r, sign, cuts[c], 1);
        }
      }
    }

    @Override
    public double[][] result() {
      return cuts;
    }
  }
}
