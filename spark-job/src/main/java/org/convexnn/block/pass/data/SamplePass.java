package org.convexnn.block.pass.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.convexnn.block.Block;
import org.convexnn.block.RowSelection;
import org.convexnn.block.pass.RowPass;
import org.convexnn.linalg.CounterRandom;

/**
 * A driver-side sample of rows: those whose key hashes below a rate. The result is sorted by key,
 * so it depends neither on partitions nor on their order.
 *
 * @param selection the rows that may be drawn
 * @param rate expected share of rows
 * @param seed varies the draw
 */
public record SamplePass(RowSelection selection, double rate, long seed)
    implements RowPass<Block, List<SamplePass.Row>> {

  /**
   * A sampled row.
   *
   * @param key the row's key
   * @param group what decides the row's fold
   * @param features raw features
   * @param labels the label, or labels, as they came
   * @param weight the weight
   */
  public record Row(long key, long group, double[] features, double[] labels, double weight)
      implements java.io.Serializable {}

  @Override
  public Worker<Block, List<Row>> worker() {
    return new SampleWorker(this);
  }

  @Override
  public List<Row> merge(List<Row> left, List<Row> right) {
    List<Row> all = new ArrayList<>(left);
    all.addAll(right);
    all.sort(Comparator.comparingLong(Row::key).thenComparingDouble(Row::weight));
    return all;
  }

  private static final class SampleWorker implements Worker<Block, List<Row>> {

    private final SamplePass pass;
    private final List<Row> rows = new ArrayList<>();

    SampleWorker(SamplePass pass) {
      this.pass = pass;
    }

    @Override
    public void accept(Block block) {
      long salt = CounterRandom.mix(pass.seed ^ 0x5A17L);
      for (int r = 0; r < block.rows(); r++) {
        long key = block.key(r);
        boolean take = CounterRandom.uniform(CounterRandom.mix(key ^ salt)) < pass.rate;
        if (take && pass.selection.selects(block.group(r))) {
          double[] x = new double[block.features()];
          block.copyRow(r, x);
          rows.add(new Row(key, block.group(r), x, block.labels(r), block.weight(r)));
        }
      }
    }

    @Override
    public List<Row> result() {
      rows.sort(Comparator.comparingLong(Row::key).thenComparingDouble(Row::weight));
      return rows;
    }
  }
}
