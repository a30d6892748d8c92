package org.convexnn.cli.benchmark;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convexnn.cli.input.CsvOptions;
import org.convexnn.cli.input.TrainingData;
import org.convexnn.cli.input.TrainingSource;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.report.NetworkFit;
import org.convexnn.cli.table.LearningTask;

/**
 * The network beside XGBoost4J-Spark and MLlib's linear model on large tables, with its seconds by
 * phase, the most heap that it took and what it sent: flights (a tenth of them and all), and
 * generated rows. XGBoost and boosting alone see categories as the network does, by their codes; the
 * linear model sees indicators of them, and so does XGBoost once more on the tenth.
 *
 * @param spark the session
 * @param given Params of the network
 * @param seed of the generated rows and of XGBoost
 * @param folder holds the folder flights with train and test; empty = generated rows alone
 * @param rows how many generated rows; none = 10^6, 10^7
 */
public record LargeSuite(
    SparkSession spark,
    Map<String, Object> given,
    long seed,
    Optional<String> folder,
    List<Long> rows) {

  private static final double TENTH = 0.1;
  private static final long TENTH_SEED = 1;
  private static final int ROUNDS = 300;
  private static final int DEPTH = 8;
  private static final int FEW_ROUNDS = 100;
  private static final int LOW = 6;
  private static final List<String> PHASES =
      List.of("load and bin", "choose", "grow", "prepare", "solve and certify");

  /** The default. */
  public LargeSuite {
    rows = rows.isEmpty() ? List.of(1_000_000L, 10_000_000L) : List.copyOf(rows);
  }

  /** A fit of the network, and what it took. */
  private final class Watched implements Contender {
    private final ConvexNetwork network;
    private long peakBytes;
    private Traffic.Sums traffic;

    Watched(Map<String, Object> params) {
      this.network = new ConvexNetwork(params);
    }

    @Override
    public String name() {
      return network.name();
    }

    @Override
    public Optional<String> obstacle(LearningTask task) {
      return network.obstacle(task);
    }

    @Override
    public Result fit(Dataset<Row> train, LearningTask task) {
      SparkContext context = spark.sparkContext();
      Traffic listener = new Traffic();
      context.addSparkListener(listener);
      heap().forEach(MemoryPoolMXBean::resetPeakUsage);
      try {
        Result result = network.fit(train, task);
        peakBytes = heap().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
        context.listenerBus().waitUntilEmpty();
        traffic = listener.sums();
        return result;
      } catch (TimeoutException e) {
        throw new CommandException("Spark's events, which are counted here, are late", e);
      } finally {
        context.removeSparkListener(listener);
      }
    }

    private List<String> cells() {
      NetworkFit fit =
          network.last().orElseThrow(() -> new CommandException("see the table above"));
      List<String> cells = new ArrayList<>();
      double phases = 0;
      for (String phase : PHASES) {
        double seconds = fit.phases().getOrDefault(phase, 0.0);
        phases += seconds;
        cells.add(number(seconds));
      }
      cells.add(number(fit.fitSeconds() - phases));
      cells.add(number(fit.certificate().passes()));
      cells.add(number(1e-6 * peakBytes));
      cells.add(number(1e-6 * traffic.allDown()));
      cells.add(number(1e-6 * traffic.allUp()));
      return cells;
    }
  }

  private static List<MemoryPoolMXBean> heap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }

  /**
   * Runs the fits and prints both tables.
   *
   * @throws CommandException afterwards, if a fit has failed
   */
  public void run(PrintWriter out) {
    RunTable table = Comparison.table();
    RunTable phases =
        new RunTable(
            "data",
            "load and bin, s",
            "choose, s",
            "grow, s",
            "prepare, s",
            "solve and certify, s",
            "before and after, s",
            "passes",
            "peak heap, MB",
            "sent to executors, MB",
            "sent to the driver, MB");
    try {
      folder.ifPresent(f -> flights(new Path(f, "flights"), table, phases));
      for (long count : rows) {
        generated(count, table, phases);
      }
    } finally {
      try {
        table.print(out);
      } finally {
        phases.print(out);
      }
    }
  }

  private void flights(Path home, RunTable table, RunTable phases) {
    TrainingSource source =
        new TrainingSource(
            new Path(home, "train").toString(),
            Optional.empty(),
            Optional.of(new Path(home, "test").toString()),
            Optional.empty(),
            Optional.empty(),
            "late",
            LearningTask.AUTO,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            CsvOptions.NONE);
    Contender xgboost = new XgBoost(ROUNDS, DEPTH, seed);
    try {
      String tenth = "flights, a tenth";
      try (TrainingData codes = TrainingData.load(spark, source, count -> true)) {
        compare(comparison(tenth, codes, TENTH), codes.params(given), xgboost, table, phases);
        compare(comparison("flights", codes, 1), codes.params(given), xgboost, table, phases);
      }
      try (TrainingData indicators = TrainingData.load(spark, source)) {
        comparison(tenth + ", indicators", indicators, TENTH)
            .run(List.of(new MllibBaseline.Linear(), xgboost), table);
      }
    } catch (Throwable e) {
      // Generated rows may still run.
      table.failed(List.of("flights", "all"), e);
    }
  }

  private static Comparison comparison(String name, TrainingData data, double share) {
    Dataset<Row> train = share < 1 ? data.rows().sample(share, TENTH_SEED) : data.rows();
    return new Comparison(name, train, data.testRows().orElseThrow(), data.rule().task());
  }

  private void generated(long count, RunTable table, RunTable phases) {
    LearningTask task = LearningTask.BINARY;
    GeneratedRows.Recipe recipe = new GeneratedRows.Bent(task);
    Comparison comparison =
        new Comparison(
            count + " generated rows",
            GeneratedRows.of(spark, recipe, seed, 0, count),
            GeneratedRows.of(spark, recipe, seed, count, Math.min(count / 4, 1_000_000)),
            task);
    compare(comparison, given, new XgBoost(FEW_ROUNDS, LOW, seed), table, phases);
    comparison.run(List.of(new MllibBaseline.Linear()), table);
  }

  private void compare(
      Comparison comparison,
      Map<String, Object> params,
      Contender xgboost,
      RunTable table,
      RunTable phases) {
    Watched watched = new Watched(params);
    comparison.run(List.of(watched, new Contender.BoostingAlone(watched.network), xgboost), table);
    phases.add(List.of(comparison.name()), watched::cells);
  }

  private static String number(double value) {
    return RunTable.number("%.1f", value);
  }
}
