package org.convexnn.block.pass.data;

import org.convexnn.block.Block;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.Sums;
import org.convexnn.linalg.SecondMoments;

/**
 * Weighted second moments of the products of two features and of the label,
 *
 * <pre>phi = [x_i x_j (i &lt;= j), y];   [0] = sum w phi phi', its upper triangle by rows,   [1] = [sum w]</pre>
 *
 * of which the driver holds about d^4 / 8 numbers.
 *
 * @param features d
 */
public record PairMomentsPass(int features) implements RowPass<Block, double[][]> {

  /** The numbers in phi. */
  public int width() {
    return features * (features + 1) / 2 + 1;
  }

  @Override
  public Worker<Block, double[][]> worker() {
    return new PairWorker(features, width());
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class PairWorker implements Worker<Block, double[][]> {

    private static final int BATCH = 64;

    private final int features;
    private final int stride;
    private final SecondMoments moments;
    private final double[][] sums;
    private final double[] batch;

    PairWorker(int features, int width) {
      this.features = features;
      this.stride = SecondMoments.stride(width);
      this.moments = new SecondMoments(width);
      this.sums = new double[][] {new double[SecondMoments.length(width)], new double[1]};
      this.batch = new double[BATCH * stride];
    }

    @Override
    public void accept(Block block) {
      double[] x = new double[features];
      for (int from = 0; from < block.rows(); from += BATCH) {
        int count = Math.min(BATCH, block.rows() - from);
        for (int r = 0; r < count; r++) {
          block.copyRow(from + r, x);
          double root = Math.sqrt(block.weight(from + r));
          int to = r * stride;
          for (int i = 0; i < features; i++) {
            for (int j = i; j < features; j++) {
              batch[to++] = root * x[i] * x[j];
            }
          }
          batch[to] = root * block.label(from + r);
          sums[1][0] += block.weight(from + r);
        }
        moments.add(batch, count, sums[0], 0);
      }
    }

    @Override
    public double[][] result() {
      return sums;
    }
  }
}
