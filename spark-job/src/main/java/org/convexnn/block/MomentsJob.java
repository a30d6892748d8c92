package org.convexnn.block;

import org.convexnn.linalg.Blas;

/**
 * Weighted second moments of shifted and scaled columns and of the label:
 *
 * <pre>y = (x - mean) * inverseScale;   [0] = sum w y y' (d x d),   [1] = [sum w t^2, sum w],   [2] = sum w y</pre>
 *
 * with t = (label - labelMean) * inverseLabelScale.
 *
 * @param mean the columns' shift
 * @param inverseScale the columns' scale
 * @param labelMean the label's shift
 * @param inverseLabelScale the label's scale
 */
public record MomentsJob(
    double[] mean, double[] inverseScale, double labelMean, double inverseLabelScale)
    implements RowJob<Block, double[][]> {

  @Override
  public Worker<Block, double[][]> worker() {
    return new MomentsWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class MomentsWorker implements Worker<Block, double[][]> {

    private static final int BATCH = 256;

    private final MomentsJob job;
    private final int features;
    private final double[] moments;
    private final double[] sums;
    private final double[] label = new double[2];
    private final double[] batch;
    private final double[] x;

    MomentsWorker(MomentsJob job) {
      this.job = job;
      this.features = job.mean.length;
      this.moments = new double[features * features];
      this.sums = new double[features];
      this.batch = new double[BATCH * features];
      this.x = new double[features];
    }

    @Override
    public void accept(Block block) {
      for (int from = 0; from < block.rows(); from += BATCH) {
        int count = Math.min(BATCH, block.rows() - from);
        for (int r = 0; r < count; r++) {
          block.copyRow(from + r, x);
          double w = block.weight(from + r);
          double root = Math.sqrt(w);
          for (int j = 0; j < features; j++) {
            double y = (x[j] - job.mean[j]) * job.inverseScale[j];
            sums[j] += w * y;
            batch[r * features + j] = root * y;
          }
          double t = (block.label(from + r) - job.labelMean) * job.inverseLabelScale;
          label[0] += w * t * t;
          label[1] += w;
        }
        Blas.gemm(
            true, false, features, features, count, 1.0, batch, 0, features, batch, 0, features,
            1.0, moments, 0, features);
      }
    }

    @Override
    public double[][] result() {
      return new double[][] {moments, label, sums};
    }
  }
}
