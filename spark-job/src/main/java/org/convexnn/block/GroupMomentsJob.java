package org.convexnn.block;

import org.convexnn.linalg.Blas;

/**
 * The second moments of every group's rows in row coordinates, {@code A_i = sum_r w_r s_ri y~_r
 * y~_r'}: rows are gathered by group, so that each block costs one product per group.
 *
 * <p>Result: [0] = blocks of D x D row-major: all rows, then every half-space where they are wanted,
 * then every leaf.
 *
 * @param setting the rows' setting
 * @param halfSpaces whether moments of half-spaces are wanted
 */
public record GroupMomentsJob(RowSetting setting, boolean halfSpaces)
    implements RowJob<GatedBlock, double[][]> {

  @Override
  public Worker<GatedBlock, double[][]> worker() {
    return new MomentsWorker(setting, halfSpaces ? setting.halfSpaces() : 0);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class MomentsWorker implements Worker<GatedBlock, double[][]> {

    private final RowSetting setting;
    private final int halfSpaces;
    private final int width;
    private final double[] moments;

    MomentsWorker(RowSetting setting, int halfSpaces) {
      this.setting = setting;
      this.halfSpaces = halfSpaces;
      this.width = setting.width();
      this.moments = new double[(1 + halfSpaces + setting.leaves()) * width * width];
    }

    @Override
    public void accept(GatedBlock gated) {
      int n = gated.block().rows();
      double[] rows = new double[n * width];
      double[] x = new double[width - 1];
      for (int r = 0; r < n; r++) {
        double root = Math.sqrt(setting.weight(gated.block(), r));
        setting.rowCoordinates(gated, r, x);
        for (int j = 0; j < width - 1; j++) {
          rows[r * width + j] = root * x[j];
        }
        rows[r * width + width - 1] = root;
      }
      add(0, rows, n);
      double[] gathered = new double[rows.length];
      Patterns patterns = gated.patterns();
      for (int p = 0; p < halfSpaces; p++) {
        int count = 0;
        for (int r = 0; r < n; r++) {
          if (patterns.active(r, p)) {
            System.arraycopy(rows, r * width, gathered, count++ * width, width);
          }
        }
        add(1 + p, gathered, count);
      }
      if (setting.leaves() > 0) {
        addLeaves(patterns, rows, n, gathered);
      }
    }

    private void addLeaves(Patterns patterns, double[] rows, int n, double[] gathered) {
      int[] start = new int[setting.leaves() + 1];
      int[] order = new int[n];
      for (int t = 0; t < patterns.trees(); t++) {
        java.util.Arrays.fill(start, 0);
        for (int r = 0; r < n; r++) {
          start[patterns.leaf(r, t) + 1]++;
        }
        for (int leaf = 0; leaf < setting.leaves(); leaf++) {
          start[leaf + 1] += start[leaf];
        }
        int[] next = start.clone();
        for (int r = 0; r < n; r++) {
          order[next[patterns.leaf(r, t)]++] = r;
        }
        for (int leaf = 0; leaf < setting.leaves(); leaf++) {
          int count = start[leaf + 1] - start[leaf];
          if (count > 0) {
            for (int k = 0; k < count; k++) {
              System.arraycopy(rows, order[start[leaf] + k] * width, gathered, k * width, width);
            }
            add(1 + halfSpaces + leaf, gathered, count);
          }
        }
      }
    }

    private void add(int group, double[] rows, int count) {
      Blas.gemm(
          true,
          false,
          width,
          width,
          count,
          1.0,
          rows,
          0,
          width,
          rows,
          0,
          width,
          1.0,
          moments,
          group * width * width,
          width);
    }

    @Override
    public double[][] result() {
      return new double[][] {moments};
    }
  }
}
