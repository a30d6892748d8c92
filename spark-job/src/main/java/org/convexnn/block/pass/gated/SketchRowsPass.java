package org.convexnn.block.pass.gated;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.convexnn.block.Block;
import org.convexnn.block.FeatureBuffer;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.LeafCodes;
import org.convexnn.block.Patterns;
import org.convexnn.block.RowSetting;
import org.convexnn.block.RowState;
import org.convexnn.block.pass.StepPass;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.loss.Loss;

/**
 * A driver-side sample of rows with their patterns, drawn like the rows of {@link GramPass} with the
 * curvature {@code max(rowCurvature(l'(f)), floor L)} as rho, f from the row state. Sorted by key.
 *
 * @param setting the rows' setting
 * @param floor lowest row curvature as a share of the loss's
 * @param sketch which rows are taken
 */
public record SketchRowsPass(RowSetting setting, double floor, GramPass.Sketch sketch)
    implements StepPass<List<SketchRowsPass.Row>> {

  /**
   * A sampled row.
   *
   * @param key the row's key
   * @param columns columns of the non-zeros
   * @param values non-zeros of its raw features, or of z where the feature map {@linkplain
   *     org.convexnn.network.FeatureMap#mapsRows maps rows}
   * @param labels the label, or labels, as they came
   * @param weight the row's weight over the probability it was taken with
   * @param bits bits of its half-spaces
   * @param leaves its leaves
   */
  public record Row(
      long key,
      int[] columns,
      double[] values,
      double[] labels,
      double weight,
      long[] bits,
      int[] leaves)
      implements Serializable {}

  /**
   * The sampled rows as one gated block.
   *
   * @param dimension k, the number of row coordinates
   * @param mapped whether the rows' values are z
   * @param firstLeaves the number of each tree's first leaf, and of all leaves
   */
  public static GatedBlock block(int dimension, boolean mapped, int[] firstLeaves, List<Row> rows) {
    int n = rows.size();
    int words = n == 0 ? 0 : rows.get(0).bits().length;
    FeatureBuffer buffer = new FeatureBuffer(dimension, Long.MAX_VALUE);
    double[] z = new double[mapped ? n * dimension : 0];
    int width = n == 0 ? 1 : rows.get(0).labels().length;
    double[] labels = new double[n * width];
    double[] weights = new double[n];
    long[] bits = new long[n * words];
    LeafCodes leaves = LeafCodes.zero(firstLeaves, n);
    for (int r = 0; r < n; r++) {
      Row row = rows.get(r);
      for (int k = 0; k < row.columns().length; k++) {
        buffer.add(row.columns()[k], row.values()[k]);
        if (mapped) {
          z[r * dimension + row.columns()[k]] = row.values()[k];
        }
      }
      buffer.endRow();
      System.arraycopy(row.labels(), 0, labels, r * width, width);
      weights[r] = row.weight();
      System.arraycopy(row.bits(), 0, bits, r * words, words);
      for (int t = 0; t < leaves.trees(); t++) {
        leaves.set(r, t, row.leaves()[t] - firstLeaves[t]);
      }
    }
    return new GatedBlock(
        new Block(buffer.take(), labels, weights),
        new Patterns(words, bits, leaves, new float[n], z));
  }

  @Override
  public Worker<List<Row>> worker() {
    return new SketchWorker(this);
  }

  @Override
  public List<Row> merge(List<Row> left, List<Row> right) {
    List<Row> all = new ArrayList<>(left);
    all.addAll(right);
    all.sort(Comparator.comparingLong(Row::key).thenComparingDouble(Row::weight));
    return all;
  }

  private static final class SketchWorker implements Worker<List<Row>> {

    private final SketchRowsPass pass;
    private final List<Row> rows = new ArrayList<>();
    private final double[] r;

    SketchWorker(SketchRowsPass pass) {
      this.pass = pass;
      this.r = new double[pass.setting.outputs()];
    }

    @Override
    public RowState accept(GatedBlock gated, Optional<RowState> previous) {
      Block block = gated.block();
      Patterns patterns = gated.patterns();
      int[] columns = new int[block.features()];
      double[] values = new double[block.features()];
      int outputs = r.length;
      Loss loss = pass.setting.loss(block);
      double most = loss.curvature();
      long salt = CounterRandom.mix(pass.sketch.epoch());
      for (int i = 0; i < block.rows(); i++) {
        double weight = pass.setting.weight(block, i);
        double rho = most;
        if (previous.isPresent()) {
          double y = pass.setting.label(block, i);
          double[] f = previous.get().response();
          loss.derivative(y, f, i * outputs, r, 0);
          rho = Math.max(loss.rowCurvature(y, f, i * outputs, r, 0), pass.floor * most);
        }
        double p = pass.sketch.probability(rho, patterns.leverage()[i]);
        boolean take = block.draw(i, salt) < p;
        if (weight > 0 && take) {
          int count = gated.copyNonZeros(i, columns, values);
          rows.add(
              new Row(
                  block.key(i),
                  Arrays.copyOf(columns, count),
                  Arrays.copyOf(values, count),
                  block.labels(i),
                  weight / p,
                  patterns.bitsOf(i),
                  patterns.leavesOf(i)));
        }
      }
      return RowState.NONE;
    }

    @Override
    public List<Row> result() {
      rows.sort(Comparator.comparingLong(Row::key).thenComparingDouble(Row::weight));
      return rows;
    }
  }
}
