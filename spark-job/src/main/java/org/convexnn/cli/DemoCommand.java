package org.convexnn.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.convexnn.cli.benchmark.Contender;
import org.convexnn.cli.benchmark.GeneratedRows;
import org.convexnn.cli.benchmark.MllibBaseline;
import org.convexnn.cli.message.Stopwatch;
import org.convexnn.cli.option.ModelOptions;
import org.convexnn.cli.option.StandardOptions;
import org.convexnn.cli.report.NetworkFit;
import org.convexnn.cli.report.Scores;
import org.convexnn.cli.table.LearningTask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code demo}: noisy XOR, a linear model beside a network with its certificate. */
@Command(
    name = "demo",
    sortOptions = false,
    description = "Trains on generated rows of noisy XOR in 20 dimensions, beside a linear model.")
final class DemoCommand implements Callable<Integer> {

  @Mixin private StandardOptions standard;

  private static final long SEED = 1;

  private static final int ROWS = 200_000;

  @Spec private CommandSpec command;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Rows to learn from (" + ROWS + "); a quarter as many to test on.")
  private long rows = ROWS;

  @Mixin private ModelOptions model;

  @Override
  public Integer call() {
    model.check();
    if (rows < 4) {
      throw new ParameterException(
          command.commandLine(), "--rows is " + rows + "; it must be 4 or more");
    }
    try (Session session = Session.open("demo")) {
      run(session.spark());
    }
    return 0;
  }

  private void run(SparkSession spark) {
    PrintWriter out = command.commandLine().getOut();
    Map<String, Object> params = model.given();
    long seed = (long) params.getOrDefault("seed", SEED);
    int partitions = spark.sparkContext().defaultParallelism();
    GeneratedRows.Recipe xor = new GeneratedRows.NoisyXor();
    out.printf(
        Locale.ROOT,
        "noisy XOR: %d rows of %d features, 15 %% of the labels flipped, so that no model can do"
            + " better than 0.85%n",
        rows,
        xor.features());
    Dataset<Row> train =
        GeneratedRows.of(spark, xor, seed, 0, rows, partitions)
            .persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> test = GeneratedRows.of(spark, xor, seed, rows, rows / 4, partitions);
    Stopwatch watch = new Stopwatch();
    Contender.Result linear = new MllibBaseline.Linear().fit(train, LearningTask.BINARY);
    NetworkFit network = NetworkFit.of(train, LearningTask.BINARY, params);
    Scores linearScores = Scores.of(linear.model().transform(test), LearningTask.BINARY);
    Scores scores = Scores.of(network.model().transform(test), LearningTask.BINARY);
    train.unpersist();
    out.println();
    out.printf(
        Locale.ROOT,
        "logistic regression (MLlib): test accuracy %.4f, %.1f s%n",
        linearScores.get("accuracy"),
        linear.seconds());
    out.printf(
        Locale.ROOT,
        "ConvexReLUClassifier:        test accuracy %.4f, %.1f s%n",
        scores.get("accuracy"),
        network.fitSeconds());
    out.println("certificate: " + network.certificate());
    out.printf(Locale.ROOT, "%.1f s in all%n", watch.seconds());
    out.flush();
  }
}
