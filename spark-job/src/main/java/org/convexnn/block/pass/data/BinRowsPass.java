package org.convexnn.block.pass.data;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.convexnn.block.Block;
import org.convexnn.block.RadixSort;
import org.convexnn.block.pass.RowPass;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.linalg.RowTable;

/**
 * Brings a sample of rows to the driver in bins, a byte a column: those whose key hashes below a rate.
 *
 * <p>Result: parts in no order that matters, for {@link Sample#of} sorts them by key.
 *
 * @param bins what puts values into bins
 * @param rate expected share of rows
 * @param seed varies the draw
 */
public record BinRowsPass(Bins bins, double rate, long seed)
    implements RowPass<Block, List<BinRowsPass.Part>> {

  /** Puts values into bins; shipped to executors. */
  public interface Bins extends Serializable {

    /** The number of columns. */
    int columns();

    /** The bin of a value of a column, an unsigned byte. */
    byte bin(int column, double value);
  }

  /** Rows of one block. */
  public record Part(long[] keys, long[] groups, byte[][] bins, double[] labels, double[] weights)
      implements Serializable {}

  /**
   * Rows in bins, sorted by key, so that neither partitions nor their order matter.
   *
   * @param keys of the rows
   * @param groups what decides the rows' folds
   * @param bins by column the bin of each row
   * @param labels as they came, as many a row as there are
   * @param weights of the rows
   */
  public record Sample(
      long[] keys, long[] groups, byte[][] bins, double[] labels, double[] weights) {

    /** Joins the parts that a pass found. */
    public static Sample of(int columns, List<Part> parts) {
      int n = parts.stream().mapToInt(p -> p.keys.length).sum();
      long[] keys = joined(parts, n, Part::keys);
      // One array where there are no groups.
      boolean grouped = parts.stream().anyMatch(p -> p.groups != p.keys);
      long[] groups = grouped ? joined(parts, n, Part::groups) : keys;
      int[] order = RadixSort.order(keys);
      int width = n == 0 ? 1 : parts.stream().mapToInt(p -> p.labels.length).sum() / n;
      double[] labels = sorted(parts, order, Part::labels, width);
      double[] weights = sorted(parts, order, Part::weights, 1);
      byte[][] bins = new byte[columns][];
      byte[] joined = new byte[n];
      for (int j = 0; j < columns; j++) {
        int from = 0;
        for (Part part : parts) {
          System.arraycopy(part.bins[j], 0, joined, from, part.keys.length);
          from += part.keys.length;
        }
        byte[] column = new byte[n];
        for (int r = 0; r < n; r++) {
          column[r] = joined[order[r]];
        }
        bins[j] = column;
      }
      long[] ordered = Arrays.stream(order).mapToLong(r -> keys[r]).toArray();
      long[] orderedGroups =
          grouped ? Arrays.stream(order).mapToLong(r -> groups[r]).toArray() : ordered;
      return new Sample(ordered, orderedGroups, bins, labels, weights);
    }

    private static long[] joined(List<Part> parts, int n, Function<Part, long[]> values) {
      long[] joined = new long[n];
      int at = 0;
      for (Part part : parts) {
        long[] of = values.apply(part);
        System.arraycopy(of, 0, joined, at, of.length);
        at += of.length;
      }
      return joined;
    }

    /** Of width numbers a row. */
    private static double[] sorted(
        List<Part> parts, int[] order, Function<Part, double[]> values, int width) {
      double[] joined = new double[order.length * width];
      int at = 0;
      for (Part part : parts) {
        double[] of = values.apply(part);
        System.arraycopy(of, 0, joined, at, of.length);
        at += of.length;
      }
      return RowTable.rows(joined, width, order);
    }

    /** n, the number of rows. */
    public int size() {
      return keys.length;
    }
  }

  @Override
  public Worker<Block, List<Part>> worker() {
    return new BinWorker(this);
  }

  @Override
  public List<Part> merge(List<Part> left, List<Part> right) {
    List<Part> all = new ArrayList<>(left);
    all.addAll(right);
    return all;
  }

  private static final class BinWorker implements Worker<Block, List<Part>> {

    private final BinRowsPass pass;
    private final List<Part> parts = new ArrayList<>();

    BinWorker(BinRowsPass pass) {
      this.pass = pass;
    }

    @Override
    public void accept(Block block) {
      long salt = CounterRandom.mix(pass.seed ^ 0x5A17L);
      int[] taken = new int[block.rows()];
      int count = 0;
      for (int r = 0; r < block.rows(); r++) {
        double u = CounterRandom.uniform(CounterRandom.mix(block.key(r) ^ salt));
        if (pass.rate >= 1 || u < pass.rate) {
          taken[count++] = r;
        }
      }
      int n = count;
      int width = block.labels();
      double[] labels = new double[n * width];
      double[] weights = new double[n];
      long[] keys = new long[n];
      long[] groups = block.grouped() ? new long[n] : keys;
      byte[][] bins = new byte[pass.bins.columns()][n];
      double[] x = new double[block.features()];
      for (int i = 0; i < n; i++) {
        int r = taken[i];
        block.copyRow(r, x);
        for (int j = 0; j < bins.length; j++) {
          bins[j][i] = pass.bins.bin(j, x[j]);
        }
        System.arraycopy(block.table(), r * width, labels, i * width, width);
        weights[i] = block.weight(r);
        keys[i] = block.key(r);
        groups[i] = block.group(r);
      }
      parts.add(new Part(keys, groups, bins, labels, weights));
    }

    @Override
    public List<Part> result() {
      return parts;
    }
  }
}
