package org.convexnn.block.pass.data;

import java.util.Arrays;
import org.convexnn.block.Block;
import org.convexnn.block.ColumnStats;
import org.convexnn.block.pass.RowPass;

/**
 * First look at the rows: counts, ranges and means by column.
 *
 * <p>Result: a {@link ColumnStats}.
 *
 * @param features d
 */
public record ColumnStatsPass(int features) implements RowPass<Block, ColumnStats> {

  @Override
  public Worker<Block, ColumnStats> worker() {
    return new StatsWorker(features);
  }

  @Override
  public ColumnStats merge(ColumnStats left, ColumnStats right) {
    return left.plus(right);
  }

  private static final class StatsWorker implements Worker<Block, ColumnStats> {

    private final int features;
    private ColumnStats sum;

    StatsWorker(int features) {
      double[] none = new double[features];
      this.features = features;
      this.sum = new ColumnStats(0, 0, 0, 0, 0, 0, none, none, none, none);
    }

    @Override
    public void accept(Block block) {
      double[] min = new double[features];
      double[] max = new double[features];
      double[] mean = new double[features];
      double[] missing = new double[features];
      Arrays.fill(min, Double.POSITIVE_INFINITY);
      Arrays.fill(max, Double.NEGATIVE_INFINITY);
      double labelMin = Double.POSITIVE_INFINITY;
      double labelMax = Double.NEGATIVE_INFINITY;
      double labelMean = 0;
      double weight = 0;
      double[] labels = block.table();
      int width = block.labels();
      for (int r = 0; r < block.rows(); r++) {
        weight += block.weight(r);
        for (int k = 0; k < width; k++) {
          double y = labels[r * width + k];
          labelMin = Math.min(labelMin, y);
          labelMax = Math.max(labelMax, y);
          // Running means, so that sums of huge values cannot overflow.
          double before = weight - (width - 1.0 - k) / width * block.weight(r);
          labelMean += block.weight(r) / width / before * (y - labelMean);
        }
      }
      long nonZeros =
          block.sparse()
              ? addSparse(block, weight, min, max, mean, missing)
              : add(block, min, max, mean, missing);
      sum =
          sum.plus(
              new ColumnStats(
                  block.rows(),
                  nonZeros,
                  weight,
                  labelMin,
                  labelMax,
                  labelMean,
                  min,
                  max,
                  mean,
                  missing));
    }

    private long add(Block block, double[] min, double[] max, double[] mean, double[] missing) {
      double[] x = new double[features];
      // Of columns that were missing before.
      double[] present = new double[features];
      double weight = 0;
      long nonZeros = 0;
      for (int r = 0; r < block.rows(); r++) {
        block.copyRow(r, x);
        double w = block.weight(r);
        double share = w / (weight + w);
        for (int j = 0; j < features; j++) {
          if (Double.isNaN(x[j])) {
            present[j] = missing[j] == 0 ? weight : present[j];
            missing[j] += w;
            nonZeros++;
            continue;
          }
          double own = share;
          if (missing[j] > 0) {
            present[j] += w;
            own = w / present[j];
          }
          min[j] = Math.min(min[j], x[j]);
          max[j] = Math.max(max[j], x[j]);
          mean[j] += own * (x[j] - mean[j]);
          nonZeros += x[j] != 0 ? 1 : 0;
        }
        weight += w;
      }
      return nonZeros;
    }

    private long addSparse(
        Block block, double weight, double[] min, double[] max, double[] mean, double[] missing) {
      int[] filled = new int[features];
      int[] columns = new int[features];
      double[] values = new double[features];
      long nonZeros = 0;
      for (int r = 0; r < block.rows(); r++) {
        double share = block.weight(r) / weight;
        int count = block.copyNonZeros(r, columns, values);
        for (int k = 0; k < count; k++) {
          int j = columns[k];
          filled[j]++;
          if (Double.isNaN(values[k])) {
            missing[j] += block.weight(r);
            continue;
          }
          min[j] = Math.min(min[j], values[k]);
          max[j] = Math.max(max[j], values[k]);
          mean[j] += share * values[k];
        }
        nonZeros += count;
      }
      for (int j = 0; j < features; j++) {
        if (filled[j] < block.rows()) {
          min[j] = Math.min(min[j], 0);
          max[j] = Math.max(max[j], 0);
        }
        if (missing[j] > 0 && min[j] <= max[j]) {
          mean[j] *= weight / (weight - missing[j]);
        }
      }
      return nonZeros;
    }

    @Override
    public ColumnStats result() {
      return sum;
    }
  }
}
