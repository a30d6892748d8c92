package org.convexnn.block;

import org.convexnn.linalg.SecondMoments;

/**
 * The second moments of every group's rows in row coordinates, {@code A_i = sum_r w_r s_ri y~_r
 * y~_r'}: rows are gathered by group, so that each block costs one product per group.
 *
 * <p>Result: [0] = upper triangles ({@link SecondMoments}): all rows, then every half-space where they
 * are wanted, then every leaf.
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
    private final int stride;
    private final SecondMoments products;
    private final double[] moments;

    MomentsWorker(RowSetting setting, int halfSpaces) {
      this.setting = setting;
      this.halfSpaces = halfSpaces;
      this.width = setting.width();
      this.stride = SecondMoments.stride(width);
      this.products = new SecondMoments(width);
      int groups = 1 + halfSpaces + setting.leaves();
      this.moments = new double[Math.multiplyExact(groups, SecondMoments.length(width))];
    }

    @Override
    public void accept(GatedBlock gated) {
      int n = gated.block().rows();
      double[] rows = new double[n * stride];
      double[] x = new double[width - 1];
      for (int r = 0; r < n; r++) {
        double root = Math.sqrt(setting.weight(gated.block(), r));
        setting.rowCoordinates(gated, r, x);
        for (int j = 0; j < width - 1; j++) {
          rows[r * stride + j] = root * x[j];
        }
        rows[r * stride + width - 1] = root;
      }
      add(0, rows, n);
      double[] gathered = new double[rows.length];
      Patterns patterns = gated.patterns();
      for (int p = 0; p < halfSpaces; p++) {
        int count = 0;
        for (int r = 0; r < n; r++) {
          if (patterns.active(r, p)) {
            System.arraycopy(rows, r * stride, gathered, count++ * stride, stride);
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
              System.arraycopy(rows, order[start[leaf] + k] * stride, gathered, k * stride, stride);
            }
            add(1 + halfSpaces + leaf, gathered, count);
          }
        }
      }
    }

    private void add(int group, double[] rows, int count) {
      products.add(rows, count, moments, group * SecondMoments.length(width));
    }

    @Override
    public double[][] result() {
      return new double[][] {moments};
    }
  }
}
