package org.convexnn.block.pass.cone;

import org.convexnn.block.GatedBlock;
import org.convexnn.block.pass.RowPass;

/**
 * How far gated weights u_i must move along a ray g_i inside the cone of their gate to get into it:
 * {@code t_i = max(0, max_r -(S_i z~.u_i)_r / (S_i z~.g_i)_r)}. Result: [0] = no scalars, [1] = t, P
 * numbers, infinite where a row with (S_i z~.g_i)_r &lt;= 0 wants a move.
 *
 * @param setting the rows' setting
 * @param weights u_1 .. u_P, P x D
 * @param rays g_1 .. g_P, P x D
 */
public record ConeRayPass(ConeSetting setting, double[] weights, double[] rays)
    implements RowPass<GatedBlock, double[][]> {

  @Override
  public Worker<GatedBlock, double[][]> worker() {
    return new RayWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return ConeSums.merge(left, right);
  }

  private static final class RayWorker implements Worker<GatedBlock, double[][]> {

    private final ConeRayPass pass;
    private final ConeKernel kernel;
    private final int gates;
    private final double[] products;
    private final double[] along;
    private final double[] lengths;

    RayWorker(ConeRayPass pass) {
      this.pass = pass;
      this.kernel = new ConeKernel(pass.setting);
      this.gates = pass.setting.gates();
      this.products = new double[kernel.capacity() * gates];
      this.along = new double[kernel.capacity() * gates];
      this.lengths = new double[gates];
    }

    @Override
    public void accept(GatedBlock gated) {
      for (int from = 0; from < gated.block().rows(); ) {
        int count = kernel.load(gated, from);
        kernel.products(pass.weights, 0, gates, products);
        kernel.products(pass.rays, 0, gates, along);
        for (int r = 0; r < count; r++) {
          for (int i = 0; i < gates; i++) {
            double sign = kernel.sign(r, i);
            double inside = sign * products[r * gates + i];
            double ray = Math.max(0, sign * along[r * gates + i]);
            if (inside < 0) {
              lengths[i] = Math.max(lengths[i], -inside / ray);
            }
          }
        }
        from += count;
      }
    }

    @Override
    public double[][] result() {
      return new double[][] {new double[0], lengths};
    }
  }
}
