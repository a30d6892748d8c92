package org.convexnn.block.pass.cone;

import org.convexnn.block.GatedBlock;
import org.convexnn.block.pass.RowPass;

/**
 * The objective's data part at some weights of the cone program: both losses and the cone violation,
 * see {@link ConeSums}. Result: [0] = scalars, [1] = maxima. Half a pass.
 *
 * @param setting the rows' setting
 * @param weights [u_0, v, w]
 */
public record ConeValuePass(ConeSetting setting, double[] weights)
    implements RowPass<GatedBlock, double[][]> {

  @Override
  public Worker<GatedBlock, double[][]> worker() {
    return new ValueWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return ConeSums.merge(left, right);
  }

  private static final class ValueWorker implements Worker<GatedBlock, double[][]> {

    private final ConeValuePass pass;
    private final ConeKernel kernel;
    private final double[] products;
    private final double[] scalars = new double[ConeSums.VALUES];
    private final double[] maxima = new double[ConeSums.MAXIMA];

    ValueWorker(ConeValuePass pass) {
      this.pass = pass;
      this.kernel = new ConeKernel(pass.setting);
      this.products = new double[kernel.capacity() * pass.setting.cones()];
    }

    @Override
    public void accept(GatedBlock gated) {
      for (int from = 0; from < gated.block().rows(); ) {
        int count = kernel.load(gated, from);
        kernel.products(pass.weights, products);
        ConeSums.evaluate(
            kernel, pass.setting, gated, from, count, pass.weights, products, scalars, maxima);
        from += count;
      }
    }

    @Override
    public double[][] result() {
      return new double[][] {scalars, maxima};
    }
  }
}
