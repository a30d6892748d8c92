package org.convexnn.solver.forest;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.convexnn.block.RowSelection;
import org.convexnn.block.pass.data.BinRowsPass;
import org.convexnn.block.pass.data.SamplePass;
import org.convexnn.gate.BinnedRows;
import org.convexnn.gate.Binning;
import org.convexnn.linalg.RowTable;
import org.convexnn.loss.Loss;
import org.convexnn.solver.fit.TrainingRun;
import org.convexnn.solver.rows.Rows;
import org.convexnn.solver.setup.PreparedData;

/**
 * The rows on which trees of narrow leaves are grown and their penalty is chosen: in bins, a byte a
 * column, on the driver. All rows where its memory holds them, else a sample of as many as it does.
 *
 * @param keys of the rows, ascending
 * @param groups what decides the rows' folds
 * @param rows in bins, labels in training units
 * @param share of all rows
 */
record ForestSample(long[] keys, long[] groups, BinnedRows rows, double share) {

  private static final int ROWS_FOR_BINS = 100_000;
  private static final double NUMBERS_FOR_BINS = 1 << 25;
  // As LightGBM's cat_smooth: labels of fewer rows say little of a category, and a lot of
  // themselves.
  private static final int FEWEST_OF_A_CATEGORY = 10;
  private static final double HEAP_SHARE = 0.25;
  private static final double RESULT_SHARE = 0.8;
  // Of a row, as boosting has it: bins, and as codes three times; key, label, weight; sums and
  // number
  // twice; its outputs and their derivatives.
  private static final double BYTES_OF_A_FEATURE = 4;
  private static final double BYTES_OF_A_ROW = 80;
  // Key, group, label and weight.
  private static final double BYTES_OF_A_SENT_ROW = 32;
  private static final double BYTES_OF_AN_OUTPUT = 16;

  /** The sample of a run. */
  static ForestSample of(TrainingRun run) {
    Rows all = run.rows();
    PreparedData prepared = run.prepared();
    long n = prepared.stats().rows();
    Binning binning = binning(run);
    double rate = Math.min(1, most(all, prepared.loss().outputs()) / n);
    List<BinRowsPass.Part> parts =
        all.sum("rows in bins", new BinRowsPass(new InBins(binning), rate, run.options().seed()));
    BinRowsPass.Sample sample = BinRowsPass.Sample.of(binning.columns(), parts);
    double[] labels = prepared.inUnits(sample.labels());
    return new ForestSample(
        sample.keys(),
        sample.groups(),
        new BinnedRows(binning, sample.bins(), labels, sample.weights()),
        rate);
  }

  /** The rows that the driver has room for, and that a job may bring. */
  private static double most(Rows all, int outputs) {
    double kept =
        BYTES_OF_A_FEATURE * all.features() + BYTES_OF_A_ROW + BYTES_OF_AN_OUTPUT * outputs;
    double sent = all.features() + BYTES_OF_A_SENT_ROW;
    return Math.min(
        HEAP_SHARE * Runtime.getRuntime().maxMemory() / kept,
        RESULT_SHARE * all.mostResultBytes() / sent);
  }

  /** Bins of a few rows. */
  private static Binning binning(TrainingRun run) {
    Rows all = run.rows();
    double most = Math.min(ROWS_FOR_BINS, NUMBERS_FOR_BINS / all.features());
    double rate = Math.min(1, most / run.prepared().stats().rows());
    List<SamplePass.Row> few =
        all.sum("sample for bins", new SamplePass(RowSelection.ALL, rate, run.options().seed()));
    PreparedData prepared = run.prepared();
    double[] labels =
        few.stream().flatMapToDouble(r -> Arrays.stream(prepared.inUnits(r.labels()))).toArray();
    return Binning.of(
        few.stream().map(SamplePass.Row::features).toArray(double[][]::new),
        targets(prepared, labels),
        few.stream().mapToDouble(SamplePass.Row::weight).toArray(),
        all.categorical(),
        Binning.MOST_BINS,
        FEWEST_OF_A_CATEGORY);
  }

  /** What the mean of a category is taken of: labels, of several outputs the derivatives at the constant. */
  private static double[] targets(PreparedData prepared, double[] labels) {
    Loss loss = prepared.loss().on(labels);
    if (loss.outputs() == 1) {
      return labels;
    }
    int c = loss.outputs();
    int rows = labels.length / loss.labels();
    double[] derivatives = new double[rows * c];
    for (int r = 0; r < rows; r++) {
      loss.derivative(loss.label(labels, r), prepared.offset(), 0, derivatives, r * c);
    }
    return derivatives;
  }

  /** A binning as executors take it. */
  private record InBins(Binning binning) implements BinRowsPass.Bins {
    @Override
    public int columns() {
      return binning.columns();
    }

    @Override
    public byte bin(int column, double value) {
      return binning.bin(column, value);
    }
  }

  /** The rows that a selection selects. */
  ForestSample on(RowSelection selection) {
    return where(r -> selection.selects(groups[r]));
  }

  /** About so many of the rows, drawn by key. */
  ForestSample atMost(int count) {
    int n = rows.size();
    if (n <= count) {
      return this;
    }
    // Keys are hashes and ascending: every n/count-th is a draw without order.
    return where(r -> (long) r * count / n != (long) (r + 1) * count / n);
  }

  private ForestSample where(IntPredicate selects) {
    int[] kept = IntStream.range(0, rows.size()).filter(selects).toArray();
    if (kept.length == rows.size()) {
      return this;
    }
    byte[][] bins =
        Arrays.stream(rows.bins())
            .parallel()
            .map(
                column -> {
                  byte[] some = new byte[kept.length];
                  for (int i = 0; i < kept.length; i++) {
                    some[i] = column[kept[i]];
                  }
                  return some;
                })
            .toArray(byte[][]::new);
    int width = rows.labels().length / Math.max(1, rows.size());
    long[] keptKeys = Arrays.stream(kept).mapToLong(r -> keys[r]).toArray();
    return new ForestSample(
        keptKeys,
        groups == keys ? keptKeys : Arrays.stream(kept).mapToLong(r -> groups[r]).toArray(),
        new BinnedRows(
            rows.binning(),
            bins,
            RowTable.rows(rows.labels(), width, kept),
            RowTable.rows(rows.weights(), 1, kept)),
        share * kept.length / Math.max(1, rows.size()));
  }

  /** The weight of the rows. */
  double weight() {
    return Arrays.stream(rows.weights()).sum();
  }

  /** n, the number of rows. */
  int size() {
    return rows.size();
  }
}
