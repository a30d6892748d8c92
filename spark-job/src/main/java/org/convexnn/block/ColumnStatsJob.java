package org.convexnn.block;

/**
 * First look at the rows: counts, ranges and means by column.
 *
 * <p>Result: a {@link ColumnStats}.
 *
 * @param features d
 */
public record ColumnStatsJob(int features) implements RowJob<Block, ColumnStats> {

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
    private long rows;
    private double weight;
    private double labelMin = Double.POSITIVE_INFINITY;
    private double labelMax = Double.NEGATIVE_INFINITY;
    private double labelMean;
    private final double[] min;
    private final double[] max;
    private final double[] mean;

    StatsWorker(int features) {
      this.features = features;
      this.min = new double[features];
      this.max = new double[features];
      this.mean = new double[features];
      java.util.Arrays.fill(min, Double.POSITIVE_INFINITY);
      java.util.Arrays.fill(max, Double.NEGATIVE_INFINITY);
    }

    @Override
    public void accept(Block block) {
      double[] x = new double[features];
      for (int r = 0; r < block.rows(); r++) {
        block.copyRow(r, x);
        double w = block.weight(r);
        rows++;
        weight += w;
        // Running means, so that sums of huge values cannot overflow.
        double share = w / weight;
        double y = block.label(r);
        labelMin = Math.min(labelMin, y);
        labelMax = Math.max(labelMax, y);
        labelMean += share * (y - labelMean);
        for (int j = 0; j < features; j++) {
          min[j] = Math.min(min[j], x[j]);
          max[j] = Math.max(max[j], x[j]);
          mean[j] += share * (x[j] - mean[j]);
        }
      }
    }

    @Override
    public ColumnStats result() {
      return new ColumnStats(rows, weight, labelMin, labelMax, labelMean, min, max, mean);
    }
  }
}
