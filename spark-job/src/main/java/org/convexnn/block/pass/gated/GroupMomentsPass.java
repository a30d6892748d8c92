package org.convexnn.block.pass.gated;

import java.util.Arrays;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.Patterns;
import org.convexnn.block.RowSetting;
import org.convexnn.block.SparseCoordinates;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.Sums;
import org.convexnn.linalg.SecondMoments;

/**
 * The second moments of every group's rows in row coordinates, {@code A_i = sum_r w_r s_ri y~_r
 * y~_r'}: rows are gathered by group, so that each block costs one product per group; a sparse row costs
 * the square of its non-zeros for each of its groups.
 *
 * <p>Result: [0] = upper triangles ({@link SecondMoments}): all rows, then every half-space where they
 * are wanted, then every leaf.
 *
 * @param setting the rows' setting
 * @param halfSpaces whether moments of half-spaces are wanted
 */
public record GroupMomentsPass(RowSetting setting, boolean halfSpaces)
    implements RowPass<GatedBlock, double[][]> {

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
    private final int length;
    private final SecondMoments products;
    private final double[] moments;
    private final SparseCoordinates coordinates;
    // Of sparse rows: the same sums over e~ e~'.
    private double[] outer = new double[0];

    MomentsWorker(RowSetting setting, int halfSpaces) {
      this.setting = setting;
      this.halfSpaces = halfSpaces;
      this.width = setting.width();
      this.stride = SecondMoments.stride(width);
      this.length = SecondMoments.length(width);
      this.products = new SecondMoments(width);
      int groups = 1 + halfSpaces + setting.leaves();
      this.moments = new double[Math.multiplyExact(groups, length)];
      this.coordinates = new SparseCoordinates(setting.mean(), setting.inverseScale());
    }

    @Override
    public void accept(GatedBlock gated) {
      if (gated.sparse()) {
        addSparse(gated);
      } else {
        addDense(gated);
      }
    }

    private void addSparse(GatedBlock gated) {
      if (outer.length == 0) {
        outer = new double[moments.length];
      }
      int plain = setting.halfSpaces() - halfSpaces;
      for (int r = 0; r < gated.block().rows(); r++) {
        double weight = setting.weight(gated.block(), r);
        coordinates.load(gated.block(), r);
        for (int group : gated.patterns().activeGroups(r, setting)) {
          if (group == 0 || group > plain) {
            int at = group == 0 ? 0 : group - plain;
            coordinates.addOuterTriangle(weight, outer, at * length);
          }
        }
      }
    }

    private void addDense(GatedBlock gated) {
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
        Arrays.fill(start, 0);
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
      products.add(rows, count, moments, group * length);
    }

    @Override
    public double[][] result() {
      for (int at = 0; at < outer.length; at += length) {
        coordinates.addTransformedTriangle(outer, moments, at);
      }
      return new double[][] {moments};
    }
  }
}
