package org.convexnn.cli.benchmark;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.report.NetworkFit;
import org.convexnn.cli.table.LearningTask;
import org.convexnn.solver.Certificate;

/**
 * One fit of a network to generated rows of 28 features, against the number of rows and against the
 * number of partitions: time, memory of the rows, bytes that a pass sends.
 *
 * @param spark the session
 * @param given Params of the network; else 64 half-spaces, solver admm, one beta
 * @param seed of the rows
 * @param rows how many rows; none = 10^4, 10^5, 10^6
 * @param partitions how many partitions; none = 1, 2, 8, 64
 */
public record ScalingSuite(
    SparkSession spark,
    Map<String, Object> given,
    long seed,
    List<Long> rows,
    List<Integer> partitions) {

  private static final GeneratedRows.Recipe RECIPE = new GeneratedRows.Bent(LearningTask.BINARY);
  private static final int GATES = 64;
  private static final double RATIO = 0.01;

  /** Rows of the table against partitions, where there are so many. */
  private static final long PARTITIONED_ROWS = 100_000;

  private static final long WARM_UP_ROWS = 10_000;

  /** Rows of a partition in the table against rows, where there are enough. */
  private static final long PARTITION_ROWS = 250_000;

  /** The defaults. */
  public ScalingSuite {
    rows = rows.isEmpty() ? List.of(10_000L, 100_000L, 1_000_000L) : List.copyOf(rows);
    partitions = partitions.isEmpty() ? List.of(1, 2, 8, 64) : List.copyOf(partitions);
  }

  /**
   * Runs the fits and prints both tables.
   *
   * @throws CommandException afterwards, if a fit has failed
   */
  public void run(PrintWriter out) {
    int cores = spark.sparkContext().defaultParallelism();
    TreeSet<Long> sorted = new TreeSet<>(rows);
    Long below = sorted.floor(PARTITIONED_ROWS);
    long partitioned = below == null ? sorted.first() : below;
    // Nobody's fit should pay for loading and compiling the code.
    fit(Math.min(sorted.first(), WARM_UP_ROWS), cores);
    RunTable byRows = table("relative gap", "bytes a row, stated", "measured");
    for (long count : rows) {
      int cut = (int) Math.max(cores, count / PARTITION_ROWS);
      byRows.add(List.of(Long.toString(count), Integer.toString(cut)), () -> byRows(count, cut));
    }
    RunTable byPartitions =
        table("results a pass", "KB a result", "KB broadcast a pass", "8 (d + 1) G C, KB");
    for (int cut : partitions) {
      byPartitions.add(
          List.of(Long.toString(partitioned), Integer.toString(cut)),
          () -> byPartitions(partitioned, cut));
    }
    try {
      byRows.print(out);
    } finally {
      byPartitions.print(out);
    }
  }

  /** A table of fits: rows and partitions, {@link Measured#times()}, and more. */
  private static RunTable table(String... more) {
    Stream<String> first =
        Stream.of("rows", "partitions", "passes", "fit seconds", "seconds per pass");
    return new RunTable(Stream.concat(first, Stream.of(more)).toArray(String[]::new));
  }

  private List<String> byRows(long count, int cut) {
    Measured measured = fit(count, cut);
    List<String> cells = measured.times();
    cells.add(RunTable.number("%.1e", measured.fit().certificate().relativeGap()));
    cells.add(Long.toString(statedBytes(measured.fit().certificate().gates())));
    cells.add(number(measured.sums().mostStored() / (double) count));
    return cells;
  }

  private List<String> byPartitions(long count, int cut) {
    Measured measured = fit(count, cut);
    Traffic.Sums sums = measured.sums();
    List<String> cells = measured.times();
    cells.add(number(sums.results() / (double) sums.iterations()));
    cells.add(number(1e-3 * sums.up() / sums.results()));
    cells.add(number(1e-3 * sums.down() / sums.iterations()));
    // G counts the linear block.
    int groups = measured.fit().certificate().gates() + 1;
    cells.add(number(1e-3 * Double.BYTES * (RECIPE.features() + 1) * groups));
    return cells;
  }

  /** As docs/benchmarks.md says: features in single precision, label, weight, key; bits; two states. */
  private static long statedBytes(int halfSpaces) {
    return 4L * RECIPE.features() + 28 + 8L * ((halfSpaces + 63) / 64) + 4 + 56;
  }

  /**
   * A fit.
   *
   * @param fit the network
   * @param sums what its passes sent and its rows took
   */
  private record Measured(NetworkFit fit, Traffic.Sums sums) {

    private List<String> times() {
      Certificate c = fit.certificate();
      return new ArrayList<>(
          List.of(
              number(c.passes()),
              number(fit.fitSeconds()),
              RunTable.number("%.3f", fit.fitSeconds() / c.passes())));
    }
  }

  private Measured fit(long count, int cut) {
    Dataset<Row> made = GeneratedRows.of(spark, RECIPE, seed, 0, count, cut);
    Map<String, Object> params = new LinkedHashMap<>(given);
    params.putIfAbsent("numGates", GATES);
    params.putIfAbsent("solver", "admm");
    if (!params.containsKey("regParam")) {
      params.putIfAbsent("regRatio", RATIO);
    }
    SparkContext context = spark.sparkContext();
    Traffic traffic = new Traffic();
    context.addSparkListener(traffic);
    try {
      NetworkFit fit = NetworkFit.of(made, LearningTask.BINARY, params);
      context.listenerBus().waitUntilEmpty();
      return new Measured(fit, traffic.sums());
    } catch (TimeoutException e) {
      throw new CommandException("Spark's events, which are counted here, are late", e);
    } finally {
      context.removeSparkListener(traffic);
    }
  }

  private static String number(double value) {
    return RunTable.number("%.1f", value);
  }
}
