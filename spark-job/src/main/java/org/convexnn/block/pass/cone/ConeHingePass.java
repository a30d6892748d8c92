package org.convexnn.block.pass.cone;

import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.Sums;

/**
 * The misfit of a cone decomposition and its gradient: with h = max(0, -S_i z~.u_i),
 *
 * <pre>sum_i sum_r w_r ((h - S_i z~.w_i)_+)_r^2 / 2</pre>
 *
 * which is zero where w_i and u_i + w_i are both in the cone of gate i. Result: [0] = [misfit], [1] =
 * gradient by w, P x D.
 *
 * @param setting the rows' setting
 * @param weights u_1 .. u_P, P x D
 * @param shifts w_1 .. w_P, P x D
 */
public record ConeHingePass(ConeSetting setting, double[] weights, double[] shifts)
    implements RowPass<GatedBlock, double[][]> {

  @Override
  public Worker<GatedBlock, double[][]> worker() {
    return new HingeWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class HingeWorker implements Worker<GatedBlock, double[][]> {

    private final ConeHingePass pass;
    private final ConeKernel kernel;
    private final int gates;
    private final double[] products;
    private final double[] shifted;
    private final double[] misfit = new double[1];
    private final double[] gradient;

    HingeWorker(ConeHingePass pass) {
      this.pass = pass;
      this.kernel = new ConeKernel(pass.setting);
      this.gates = pass.setting.gates();
      this.products = new double[kernel.capacity() * gates];
      this.shifted = new double[kernel.capacity() * gates];
      this.gradient = new double[gates * pass.setting.width()];
    }

    @Override
    public void accept(GatedBlock gated) {
      RowSetting rows = pass.setting.rows();
      for (int from = 0; from < gated.block().rows(); ) {
        int count = kernel.load(gated, from);
        kernel.products(pass.weights, 0, gates, products);
        kernel.products(pass.shifts, 0, gates, shifted);
        for (int r = 0; r < count; r++) {
          double weight = rows.weight(gated.block(), from + r);
          for (int i = 0; i < gates; i++) {
            int at = r * gates + i;
            double sign = kernel.sign(r, i);
            double wanted = Math.max(0, -sign * products[at]);
            double missing = Math.max(0, wanted - sign * shifted[at]);
            misfit[0] += 0.5 * weight * missing * missing;
            products[at] = -weight * sign * missing;
          }
        }
        kernel.projectGates(products, gradient);
        from += count;
      }
    }

    @Override
    public double[][] result() {
      return new double[][] {misfit, gradient};
    }
  }
}
