package org.convexnn.block;

/**
 * The row that each neuron violates most: of cone c the row with the largest distance of u_c outside
 * the half-space (2 s - 1) z~.u &gt;= 0. Result: of each cone [distance, (2 s - 1) z~], 1 + D numbers,
 * distance 0 and no direction where no row is violated.
 *
 * @param setting the rows' setting
 * @param weights [u_0, v, w]
 */
public record ConeCutJob(ConeSetting setting, double[] weights)
    implements RowJob<GatedBlock, double[][]> {

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

    private final ConeCutJob job;
    private final ConeKernel kernel;
    private final int cones;
    private final double[] products;
    private final double[][] cuts;

    CutWorker(ConeCutJob job) {
      this.job = job;
      this.kernel = new ConeKernel(job.setting);
      this.cones = job.setting.cones();
      this.products = new double[kernel.capacity() * cones];
      this.cuts = new double[cones][1 + job.setting.width()];
    }

    @Override
    public void accept(GatedBlock gated) {
      RowSetting rows = job.setting.rows();
      for (int from = 0; from < gated.block().rows(); ) {
        int count = kernel.load(gated, from);
        kernel.products(job.weights, products);
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
