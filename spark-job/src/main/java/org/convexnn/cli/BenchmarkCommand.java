package org.convexnn.cli;

import static org.convexnn.cli.benchmark.BaselineOptions.Name.GBT;
import static org.convexnn.cli.benchmark.BaselineOptions.Name.LR;
import static org.convexnn.cli.benchmark.BaselineOptions.Name.MLP;
import static org.convexnn.cli.benchmark.BaselineOptions.Name.RF;
import static org.convexnn.cli.benchmark.BaselineOptions.Name.XGBOOST;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.LongPredicate;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.convexnn.cli.benchmark.BaselineOptions;
import org.convexnn.cli.benchmark.Comparison;
import org.convexnn.cli.benchmark.Contender;
import org.convexnn.cli.benchmark.DataFolder;
import org.convexnn.cli.benchmark.GeneratedRows;
import org.convexnn.cli.benchmark.LargeSuite;
import org.convexnn.cli.benchmark.LossesSuite;
import org.convexnn.cli.benchmark.RunTable;
import org.convexnn.cli.benchmark.ScalingSuite;
import org.convexnn.cli.input.CsvOptions;
import org.convexnn.cli.input.TrainingData;
import org.convexnn.cli.input.TrainingSource;
import org.convexnn.cli.option.DataOptions;
import org.convexnn.cli.option.ModelOptions;
import org.convexnn.cli.option.StandardOptions;
import org.convexnn.cli.table.LearningTask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code benchmark}: networks beside MLlib's own models on the same rows, in one session. */
@Command(
    name = "benchmark",
    sortOptions = false,
    description = {
      "Fits a network and other models to the same rows and prints a Markdown table.",
      "Either --input, --label and --test, or --suite readme with --data, or --suite generated,"
          + " classes or scaling with --rows, or --suite large with either or both; --suite losses with"
          + " --data."
    })
final class BenchmarkCommand implements Callable<Integer> {

  @Mixin private StandardOptions standard;

  /** What is run. */
  enum Suite {
    /** The real data sets of the table in docs/benchmarks.md, six rows of which are in the README. */
    README,
    /** Generated rows of each task. */
    GENERATED,
    /** Generated rows of 23 and 100 very unequal classes. */
    CLASSES,
    /** Generated rows in growing numbers and partitions, for the network alone. */
    SCALING,
    /** Flights and many generated rows, with seconds by phase. */
    LARGE,
    /** Losses, constraints, intervals and contributions on real data sets. */
    LOSSES
  }

  /**
   * One fit of a network in that table, beside others.
   *
   * @param name data set
   * @param note what sets it apart
   * @param positive the class against the rest
   * @param params Params of the network
   * @param against the baselines
   */
  private record ReadmeRun(
      String name,
      String note,
      Optional<String> positive,
      Map<String, Object> params,
      List<BaselineOptions.Name> against) {}

  private static final List<ReadmeRun> README_RUNS =
      List.of(
          new ReadmeRun(
              "covtype93k", "", Optional.of("1"), Map.of(), List.of(LR, MLP, GBT, RF, XGBOOST)),
          new ReadmeRun("covtype93k", ", 7 classes", Optional.empty(), Map.of(), List.of(XGBOOST)),
          new ReadmeRun(
              "covtype93k",
              ", 256 gates",
              Optional.of("1"),
              Map.of("numGates", 256, "gateSampler", "gaussian"),
              List.of()),
          new ReadmeRun("adult", "", Optional.empty(), Map.of(), List.of(LR, XGBOOST)),
          new ReadmeRun("california_housing", "", Optional.empty(), Map.of(), List.of(LR, XGBOOST)),
          new ReadmeRun("protein", "", Optional.empty(), Map.of(), List.of(LR, XGBOOST)),
          new ReadmeRun("higgs7k", "", Optional.empty(), Map.of(), List.of(LR, XGBOOST)),
          new ReadmeRun("ionosphere", "", Optional.empty(), Map.of(), List.of(LR, XGBOOST)));

  @Spec private CommandSpec command;

  @Mixin private DataOptions data;

  @Mixin private BaselineOptions baselines;

  @Option(
      names = "--suite",
      paramLabel = "NAME",
      description = "readme, generated, classes, scaling, large or losses.")
  private Suite suite;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder of NAME.train.csv and NAME.test.csv files (.gz too) for the readme and losses suites"
              + " (freMTPL2freq in a folder of its own), and of flights/train and flights/test for the"
              + " large one.")
  private String folder;

  @Option(
      names = "--rows",
      split = ",",
      paramLabel = "N",
      description =
          "Numbers of generated rows to learn from (generated: 100000; scaling:"
              + " 10000,100000,1000000; large: 1000000,10000000).")
  private List<Long> rows = List.of();

  @Option(
      names = "--partitions",
      split = ",",
      paramLabel = "N",
      description = "Numbers of partitions for the scaling suite (1,2,8,64).")
  private List<Integer> partitions = List.of();

  @Mixin private ModelOptions model;

  @Override
  public Integer call() {
    model.check();
    baselines.check();
    boolean given = data.hasInput();
    if (given == (suite != null)) {
      throw wrongUsage("give either --input, --label and --test, or --suite");
    }
    if ((suite == Suite.README || suite == Suite.LOSSES) && folder == null) {
      throw wrongUsage("--data is missing: the folder of the suite's data sets");
    }
    rows.stream()
        .filter(count -> count < 4)
        .findFirst()
        .ifPresent(
            count -> {
              throw wrongUsage("--rows is " + count + "; it must be 4 or more");
            });
    partitions.stream()
        .filter(count -> count < 1)
        .findFirst()
        .ifPresent(
            count -> {
              throw wrongUsage("--partitions is " + count + "; it must be 1 or more");
            });
    Optional<TrainingSource> source = given ? Optional.of(data.source(model)) : Optional.empty();
    if (source.isPresent() && source.get().test().isEmpty()) {
      throw wrongUsage("--test is missing: rows to compare on");
    }
    try (Session session = Session.open("benchmark")) {
      SparkSession spark = session.spark();
      if (suite == Suite.SCALING) {
        new ScalingSuite(spark, model.given(), seed(), rows, partitions)
            .run(command.commandLine().getOut());
        return 0;
      }
      if (suite == Suite.LARGE) {
        new LargeSuite(spark, model.given(), seed(), Optional.ofNullable(folder), rows)
            .run(command.commandLine().getOut());
        return 0;
      }
      if (suite == Suite.LOSSES) {
        new LossesSuite(spark, model.given(), seed(), new DataFolder(spark, folder))
            .run(command.commandLine().getOut());
        return 0;
      }
      RunTable table = Comparison.table(model.costs());
      try {
        fill(table, spark, source);
      } catch (Throwable e) {
        if (table.isEmpty()) {
          throw e;
        }
        table.failed(List.of("", "the rest"), e);
      }
      table.print(command.commandLine().getOut());
    }
    return 0;
  }

  private ParameterException wrongUsage(String message) {
    return new ParameterException(command.commandLine(), message);
  }

  private long seed() {
    return (long) model.given().getOrDefault("seed", 1L);
  }

  private void fill(RunTable table, SparkSession spark, Optional<TrainingSource> source) {
    if (source.isPresent()) {
      String name = new Path(source.get().input()).getName();
      compare(spark, source.get(), name, model.given(), baselines.against(), table);
      return;
    }
    switch (suite) {
      case README -> readme(spark, table);
      case CLASSES -> {
        for (int classes : List.of(23, 100)) {
          GeneratedRows.Recipe recipe = new GeneratedRows.Unequal(classes);
          generated(spark, recipe, LearningTask.MULTICLASS, classes + " classes", 400_000, table);
        }
      }
      default -> {
        for (LearningTask task : GeneratedRows.Bent.TASKS) {
          generated(spark, new GeneratedRows.Bent(task), task, task.toString(), 100_000, table);
        }
      }
    }
  }

  private void compare(
      SparkSession spark,
      TrainingSource source,
      String name,
      Map<String, Object> params,
      List<BaselineOptions.Name> against,
      RunTable table) {
    // Ours takes tables as they are where its gates test them; the others take indicators.
    compare(
        spark,
        source,
        name,
        rows -> ModelOptions.growsConstantLeaves(params, rows),
        data -> ours(data.params(params), data.natively()),
        table);
    if (!against.isEmpty()) {
      compare(spark, source, name, rows -> false, data -> baselines(against), table);
    }
  }

  /** The network and, where boosting grows its trees, boosting alone. */
  private static List<Contender> ours(Map<String, Object> params, boolean grown) {
    Contender.ConvexNetwork network = new Contender.ConvexNetwork(params);
    return grown ? List.of(network, new Contender.BoostingAlone(network)) : List.of(network);
  }

  private List<Contender> baselines(List<BaselineOptions.Name> against) {
    List<Contender> all = new ArrayList<>();
    against.forEach(name -> all.addAll(baselines.baselines(name, seed(), model.regressor())));
    return all;
  }

  private void compare(
      SparkSession spark,
      TrainingSource source,
      String name,
      LongPredicate natively,
      Function<TrainingData, List<Contender>> contenders,
      RunTable table) {
    try (TrainingData loaded = TrainingData.load(spark, source, natively)) {
      new Comparison(
              name,
              loaded.rows(),
              loaded.testRows().orElseThrow(),
              loaded.rule().task(),
              model.costs())
          .run(contenders.apply(loaded), table);
    }
  }

  private void readme(SparkSession spark, RunTable table) {
    DataFolder data = new DataFolder(spark, folder);
    for (ReadmeRun run : README_RUNS) {
      Optional<DataFolder.Pair> files = data.find(run.name());
      if (files.isEmpty()) {
        command.commandLine().getOut().println(data.skipped(run.name()));
        continue;
      }
      TrainingSource source =
          new TrainingSource(
              files.get().train(),
              Optional.empty(),
              files.map(DataFolder.Pair::test),
              Optional.empty(),
              Optional.empty(),
              "label",
              LearningTask.AUTO,
              run.positive(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              List.of(),
              List.of(),
              List.of(),
              CsvOptions.NONE);
      Map<String, Object> params = new LinkedHashMap<>(run.params());
      model.given().forEach(params::putIfAbsent);
      String positive = run.positive().map(p -> " (" + p + " or not)").orElse("");
      String name = run.name() + positive + run.note();
      try {
        compare(spark, source, name, params, run.against(), table);
      } catch (Throwable e) {
        // Another data set may still run.
        table.failed(List.of(name, "all"), e);
      }
    }
  }

  /** Rows of a recipe, in the numbers that were given, or else in a usual one. */
  private void generated(
      SparkSession spark,
      GeneratedRows.Recipe recipe,
      LearningTask task,
      String what,
      long usual,
      RunTable table) {
    for (long count : rows.isEmpty() ? List.of(usual) : rows) {
      List<Contender> all = new ArrayList<>(ours(model.given(), model.growsConstantLeaves(count)));
      all.addAll(baselines(baselines.against()));
      new Comparison(
              count + " generated rows, " + what,
              GeneratedRows.of(spark, recipe, seed(), 0, count),
              GeneratedRows.of(spark, recipe, seed(), count, count / 4),
              task,
              model.costs())
          .run(all, table);
    }
  }
}
