package org.convexnn.block;

/**
 * The objective's data part at some weights of the cone program: both losses and the cone violation,
 * see {@link ConeSums}. Result: [0] = scalars, [1] = maxima. Half a pass.
 *
 * @param setting the rows' setting
 * @param weights [u_0, v, w]
 */
public record ConeValueJob(ConeSetting setting, double[] weights)
    implements RowJob<GatedBlock, double[][]> {

  @Override
  public Worker<GatedBlock, double[][]> worker() {
    return new ValueWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return ConeSums.merge(left, right);
  }

  private static final class ValueWorker implements Worker<GatedBlock, double[][]> {

    private final ConeValueJob job;
    private final ConeKernel kernel;
    private final double[] products;
    private final double[] scalars = new double[ConeSums.VALUES];
    private final double[] maxima = new double[ConeSums.MAXIMA];

    ValueWorker(ConeValueJob job) {
      this.job = job;
      this.kernel = new ConeKernel(job.setting);
      this.products = new double[kernel.capacity() * job.setting.cones()];
    }

    @Override
    public void accept(GatedBlock gated) {
      for (int from = 0; from < gated.block().rows(); ) {
        int count = kernel.load(gated, from);
        kernel.products(job.weights, products);
        ConeSums.evaluate(
            kernel, job.setting, gated, from, count, job.weights, products, scalars, maxima);
        from += count;
      }
    }

    @Override
    public double[][] result() {
      return new double[][] {scalars, maxima};
    }
  }
}
