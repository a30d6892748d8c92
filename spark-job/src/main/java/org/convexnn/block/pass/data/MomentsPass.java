package org.convexnn.block.pass.data;

import org.convexnn.block.Block;
import org.convexnn.block.SparseCoordinates;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.Sums;
import org.convexnn.linalg.Blas;

/**
 * Weighted second moments of shifted and scaled columns and of the label:
 *
 * <pre>y = (x - mean) * inverseScale;   [0] = sum w y y' (d x d),   [1] = [sum w t^2, sum w],   [2] = sum w y</pre>
 *
 * with t = (label - labelMean) * inverseLabelScale. A sparse row of s non-zeros costs s^2.
 *
 * @param mean the columns' shift; empty where the label's moments alone are wanted
 * @param inverseScale the columns' scale
 * @param labelMean the label's shift
 * @param inverseLabelScale the label's scale
 * @param diagonal whether of [0] the diagonal alone is wanted, d numbers
 */
public record MomentsPass(
    double[] mean,
    double[] inverseScale,
    double labelMean,
    double inverseLabelScale,
    boolean diagonal)
    implements RowPass<Block, double[][]> {

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

    private final MomentsPass pass;
    private final int features;
    private final double[] moments;
    private final double[] sums;
    private final double[] label = new double[2];
    private final double[] batch;
    private final double[] x;
    private final SparseCoordinates coordinates;
    // Of sparse rows: sum w e~ e~', or its diagonal and last row.
    private double[] outer = new double[0];
    private double[] along = new double[0];

    MomentsWorker(MomentsPass pass) {
      this.pass = pass;
      this.features = pass.mean.length;
      this.moments = new double[pass.diagonal ? features : Math.multiplyExact(features, features)];
      this.sums = new double[features];
      this.batch = new double[pass.diagonal ? 0 : BATCH * features];
      this.x = new double[features];
      this.coordinates = new SparseCoordinates(pass.mean, pass.inverseScale);
    }

    @Override
    public void accept(Block block) {
      for (int r = 0; r < block.rows(); r++) {
        double w = block.weight(r);
        double t = (block.label(r) - pass.labelMean) * pass.inverseLabelScale;
        label[0] += w * t * t;
        label[1] += w;
      }
      if (features == 0) {
        return;
      }
      if (block.sparse()) {
        addSparse(block);
      } else if (pass.diagonal) {
        addDiagonal(block);
      } else {
        addDense(block);
      }
    }

    private void addSparse(Block block) {
      int width = features + 1;
      if (along.length == 0) {
        outer = new double[pass.diagonal ? width : width * width];
        along = new double[width];
      }
      for (int r = 0; r < block.rows(); r++) {
        double w = block.weight(r);
        int nonZeros = coordinates.load(block, r);
        if (!pass.diagonal) {
          coordinates.addOuter(w, outer, 0, width);
        }
        for (int k = 0; k < nonZeros; k++) {
          double e = coordinates.value(k);
          along[coordinates.column(k)] += w * e;
          if (pass.diagonal) {
            outer[coordinates.column(k)] += w * e * e;
          }
        }
      }
    }

    private void addDiagonal(Block block) {
      for (int r = 0; r < block.rows(); r++) {
        block.copyRow(r, x);
        double w = block.weight(r);
        for (int j = 0; j < features; j++) {
          double y = (x[j] - pass.mean[j]) * pass.inverseScale[j];
          sums[j] += w * y;
          moments[j] += w * y * y;
        }
      }
    }

    private void addDense(Block block) {
      for (int from = 0; from < block.rows(); from += BATCH) {
        int count = Math.min(BATCH, block.rows() - from);
        for (int r = 0; r < count; r++) {
          block.copyRow(from + r, x);
          double w = block.weight(from + r);
          double root = Math.sqrt(w);
          for (int j = 0; j < features; j++) {
            double y = (x[j] - pass.mean[j]) * pass.inverseScale[j];
            sums[j] += w * y;
            batch[r * features + j] = root * y;
          }
        }
        Blas.gemm(
            true, false, features, features, count, 1.0, batch, 0, features, batch, 0, features,
            1.0, moments, 0, features);
      }
    }

    @Override
    public double[][] result() {
      if (along.length > 0) {
        addSums();
      }
      return new double[][] {moments, label, sums};
    }

    /** What sparse rows add to the sums of y. */
    private void addSums() {
      double one = along[features];
      for (int j = 0; j < features; j++) {
        double b = coordinates.base(j);
        sums[j] += along[j] + b * one;
        if (pass.diagonal) {
          moments[j] += outer[j] + b * (2 * along[j] + b * one);
        }
      }
      if (!pass.diagonal) {
        int width = features + 1;
        double[] whole = new double[width * width];
        coordinates.addTransformed(outer, whole, 0, width);
        for (int i = 0; i < features; i++) {
          for (int j = 0; j < features; j++) {
            moments[i * features + j] += whole[i * width + j];
          }
        }
      }
    }
  }
}
