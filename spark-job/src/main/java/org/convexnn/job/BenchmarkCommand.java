package org.convexnn.job;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.convexnn.solver.Certificate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code benchmark}: networks beside MLlib's own models on the same rows, in one session. */
@Command(
    name = "benchmark",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Fits a network and MLlib's models to the same rows and prints a Markdown table.",
      "Either --input, --label and --test, or --suite readme with --data, or --suite scaling with"
          + " --rows."
    })
final class BenchmarkCommand implements Callable<Integer> {

  /** Share of the rows that every contender is warmed up on; all of them where they are few. */
  private static final double WARM_UP_SHARE = 0.2;

  private static final long SMALL = 20_000;

  /** Rows of generated data per partition. */
  private static final long PARTITION_ROWS = 250_000;

  private static final double SCALING_RATIO = 0.01;
  private static final int SCALING_GATES = 64;

  /** What is run. */
  enum Suite {
    /** The real data sets of the README's table. */
    README,
    /** Generated data of growing size. */
    SCALING
  }

  /**
   * One fit of a network in the README's table, beside MLlib's.
   *
   * @param name data set
   * @param note what sets it apart
   * @param positive the class against the rest
   * @param params Params of the network
   * @param against the peers
   */
  private record ReadmeRun(
      String name,
      String note,
      Optional<String> positive,
      Map<String, Object> params,
      List<Contender.Peer.Kind> against) {}

  private static final List<ReadmeRun> README_RUNS =
      List.of(
          new ReadmeRun(
              "covtype93k",
              "",
              Optional.of("1"),
              Map.of(),
              List.of(Contender.Peer.Kind.GBT, Contender.Peer.Kind.RF)),
          new ReadmeRun(
              "covtype93k",
              ", 7 classes",
              Optional.empty(),
              Map.of(),
              List.of(Contender.Peer.Kind.LR, Contender.Peer.Kind.MLP)),
          new ReadmeRun(
              "covtype93k",
              ", 256 gates",
              Optional.of("1"),
              Map.of("numGates", 256, "gateSampler", "gaussian"),
              List.of(Contender.Peer.Kind.LR, Contender.Peer.Kind.MLP)),
          new ReadmeRun(
              "covtype93k",
              ", 32 gates, admm, regRatio 0.003",
              Optional.of("1"),
              Map.of("numGates", 32, "solver", "admm", "regRatio", 0.003),
              List.of()),
          new ReadmeRun(
              "adult",
              "",
              Optional.empty(),
              Map.of(),
              List.of(Contender.Peer.Kind.LR, Contender.Peer.Kind.MLP)),
          new ReadmeRun(
              "california_housing",
              "",
              Optional.empty(),
              Map.of(),
              List.of(Contender.Peer.Kind.LR)),
          new ReadmeRun(
              "protein", "", Optional.empty(), Map.of(), List.of(Contender.Peer.Kind.LR)));

  @Spec private CommandSpec command;

  @Mixin private DataOptions data;

  @Option(
      names = "--against",
      split = ",",
      paramLabel = "NAME",
      description = "MLlib models to run beside: lr, mlp, gbt, rf; with commas between.")
  private List<Contender.Peer.Kind> against = List.of(Contender.Peer.Kind.LR);

  @Option(
      names = "--mlp-layers",
      split = ",",
      paramLabel = "N",
      description = "Hidden layers of the perceptron (64).")
  private List<Integer> mlpLayers = List.of(64);

  @Option(
      names = "--mlp-iterations",
      paramLabel = "N",
      description = "Iterations of the perceptron (${DEFAULT-VALUE}).")
  private int mlpIterations = 300;

  @Option(names = "--suite", paramLabel = "NAME", description = "readme or scaling.")
  private Suite suite;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of NAME.train.csv and NAME.test.csv files (.gz too), for the suite.")
  private String folder;

  @Option(
      names = "--rows",
      split = ",",
      paramLabel = "N",
      description = "Numbers of generated rows, for --suite scaling.")
  private List<Long> rows = List.of(1_000_000L, 10_000_000L);

  @Mixin private ModelOptions model;

  @Override
  public Integer call() {
    model.check();
    boolean given = data.hasInput();
    if (given == (suite != null)) {
      throw new ParameterException(
          command.commandLine(), "give either --input, --label and --test, or --suite");
    }
    if (suite == Suite.README && folder == null) {
      throw new ParameterException(
          command.commandLine(), "--data is missing: the folder of the suite's data sets");
    }
    Optional<TrainingSource> source = given ? Optional.of(data.source()) : Optional.empty();
    if (source.isPresent() && source.get().test().isEmpty()) {
      throw new ParameterException(command.commandLine(), "--test is missing: rows to compare on");
    }
    try (Session session = Session.open("benchmark")) {
      if (source.isPresent()) {
        TextTable table = table();
        String name = new Path(source.get().input()).getName();
        compare(session.spark(), source.get(), name, contenders(), table);
        print(table);
      } else if (suite == Suite.README) {
        readme(session.spark());
      } else {
        scaling(session.spark());
      }
    }
    return 0;
  }

  private List<Contender> contenders() {
    List<Contender> all = new ArrayList<>();
    all.add(new Contender.ConvexNetwork(model.given()));
    against.forEach(kind -> all.add(peer(kind)));
    return all;
  }

  private Contender.Peer peer(Contender.Peer.Kind kind) {
    long seed = (long) model.given().getOrDefault("seed", 1L);
    return new Contender.Peer(kind, mlpLayers, mlpIterations, seed);
  }

  private static TextTable table() {
    return new TextTable(
        "data",
        "model",
        "fit seconds",
        "passes",
        "relative gap",
        "test accuracy / R2",
        "log-loss / RMSE");
  }

  private static void compare(
      SparkSession spark,
      TrainingSource source,
      String name,
      List<Contender> contenders,
      TextTable table) {
    try (TrainingData loaded = TrainingData.load(spark, source)) {
      LearningTask task = loaded.rule().task();
      Dataset<Row> train = loaded.rows().persist(StorageLevel.MEMORY_AND_DISK());
      Dataset<Row> test = loaded.testRows().orElseThrow();
      // Nobody's fit should pay for reading the rows.
      long rows = train.count();
      Dataset<Row> warmUp = rows > SMALL ? part(train, loaded.rule()) : train;
      for (Contender contender : contenders) {
        if (contender instanceof Contender.Peer peer && !peer.learns(task)) {
          continue;
        }
        // Nor for loading and compiling its code.
        contender.fit(warmUp, task);
        Contender.Result result = contender.fit(train, task);
        Scores scores = Scores.of(result.model().transform(test), task);
        boolean classes = task.classification();
        table.row(
            name,
            contender.name(),
            number("%.1f", OptionalDouble.of(result.seconds())),
            number("%.1f", result.passes()),
            number("%.1e", result.gap()),
            number("%.4f", OptionalDouble.of(scores.get(classes ? "accuracy" : "r2"))),
            number("%.4g", OptionalDouble.of(scores.get(classes ? "logLoss" : "rmse"))));
      }
      train.unpersist();
    }
  }

  /** A part of the rows, all of them where a class would be missing. */
  private static Dataset<Row> part(Dataset<Row> train, LabelRule rule) {
    Dataset<Row> part = train.sample(WARM_UP_SHARE, 1);
    Dataset<Row> labels = part.where(RowColumns.WEIGHT + " > 0").select(RowColumns.LABEL);
    return rule.task().classification() && labels.distinct().count() < rule.classes().size()
        ? train
        : part;
  }

  private static String number(String format, OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : "";
  }

  private void readme(SparkSession spark) {
    PrintWriter out = command.commandLine().getOut();
    TextTable table = table();
    for (ReadmeRun run : README_RUNS) {
      Optional<String> train = file(spark, run.name() + ".train");
      Optional<String> test = file(spark, run.name() + ".test");
      if (train.isEmpty() || test.isEmpty()) {
        out.println("skipped: " + run.name() + " is not in " + folder);
        continue;
      }
      TrainingSource source =
          new TrainingSource(
              train.get(),
              Optional.empty(),
              test,
              Optional.empty(),
              Optional.empty(),
              "label",
              LearningTask.AUTO,
              run.positive(),
              Optional.empty(),
              List.of());
      Map<String, Object> params = new LinkedHashMap<>(run.params());
      model.given().forEach(params::putIfAbsent);
      List<Contender> contenders = new ArrayList<>();
      contenders.add(new Contender.ConvexNetwork(params));
      run.against().forEach(kind -> contenders.add(peer(kind)));
      String positive = run.positive().map(p -> " (" + p + " or not)").orElse("");
      compare(spark, source, run.name() + positive + run.note(), contenders, table);
    }
    print(table);
  }

  private Optional<String> file(SparkSession spark, String stem) {
    try {
      for (String end : List.of(".csv", ".csv.gz")) {
        Path path = new Path(folder, stem + end);
        if (path.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(path)) {
          return Optional.of(path.toString());
        }
      }
      return Optional.empty();
    } catch (java.io.IOException | IllegalArgumentException e) {
      throw new JobException("cannot read --data " + folder + ": " + ErrorMessages.of(e), e);
    }
  }

  private void scaling(SparkSession spark) {
    Map<String, Object> params = new LinkedHashMap<>(model.given());
    params.putIfAbsent("numGates", SCALING_GATES);
    params.putIfAbsent("solver", "admm");
    if (!params.containsKey("regParam")) {
      params.putIfAbsent("regRatio", SCALING_RATIO);
    }
    long seed = (long) params.getOrDefault("seed", 1L);
    TextTable table =
        new TextTable("rows", "solver", "passes", "fit seconds", "seconds per pass", "gap");
    for (long count : rows) {
      int partitions =
          (int) Math.max(spark.sparkContext().defaultParallelism(), count / PARTITION_ROWS);
      Dataset<Row> made =
          GeneratedRows.of(spark, new GeneratedRows.Bent(), seed, 0, count, partitions);
      NetworkFit fit = NetworkFit.of(made, LearningTask.BINARY, params);
      Certificate c = fit.certificate();
      table.row(
          Long.toString(count),
          c.solver(),
          String.format(Locale.ROOT, "%.1f", c.passes()),
          String.format(Locale.ROOT, "%.1f", fit.fitSeconds()),
          String.format(Locale.ROOT, "%.2f", fit.fitSeconds() / c.passes()),
          String.format(Locale.ROOT, "%.1e", c.relativeGap()));
    }
    print(table);
  }

  private void print(TextTable table) {
    PrintWriter out = command.commandLine().getOut();
    out.println();
    out.print(table);
    out.flush();
  }
}
