package org.convexnn.cli.benchmark;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.convexnn.cli.report.Scores;
import org.convexnn.cli.table.LearningTask;
import org.convexnn.cli.table.RowColumns;
import org.convexnn.ml.PredictionCost;

/**
 * Contenders on the same rows.
 *
 * @param name what the rows are called
 * @param train rows to learn from
 * @param test rows to score on
 * @param task what to learn
 * @param costs what predictions of a regression cost
 */
public record Comparison(
    String name, Dataset<Row> train, Dataset<Row> test, LearningTask task, PredictionCost costs) {

  /** With squared loss, where numbers are learnt. */
  Comparison(String name, Dataset<Row> train, Dataset<Row> test, LearningTask task) {
    this(name, train, test, task, PredictionCost.SQUARED);
  }

  /** Share of the rows that every contender is warmed up on; all of them where they are few. */
  private static final double WARM_UP_SHARE = 0.2;

  private static final long SMALL = 20_000;
  private static final double MOST_WARM_UP = 100_000;

  /** A table for {@link #run}. */
  static RunTable table() {
    return table(PredictionCost.SQUARED);
  }

  /** A table for {@link #run}, where predictions of numbers cost something of their own. */
  public static RunTable table(PredictionCost costs) {
    return new RunTable(
        "data",
        "model",
        "fit seconds",
        "passes",
        "relative gap",
        "test accuracy / R2",
        "log-loss / " + costs.measure().orElse("RMSE"));
  }

  /** Fits and scores all contenders, one row of the table each. */
  public void run(List<Contender> contenders, RunTable table) {
    train.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      // Nobody's fit should pay for reading the rows.
      long rows = train.count();
      Dataset<Row> warmUp = rows > SMALL ? part(rows) : train;
      for (Contender contender : contenders) {
        List<String> names = List.of(name, contender.name());
        Optional<String> obstacle = contender.obstacle(task);
        if (obstacle.isPresent()) {
          table.leftOut(names, obstacle.get());
        } else {
          table.add(names, () -> measured(contender, warmUp));
        }
      }
    } finally {
      train.unpersist();
    }
  }

  private List<String> measured(Contender contender, Dataset<Row> warmUp) {
    // Nobody's fit should pay for loading and compiling its code.
    contender.fit(warmUp, task);
    Contender.Result result = contender.fit(train, task);
    Scores scores = Scores.tally(result.model().transform(test), task, costs).scores();
    boolean classes = task.classification();
    return List.of(
        number("%.1f", OptionalDouble.of(result.seconds())),
        number("%.1f", result.passes()),
        number("%.1e", result.gap()),
        number("%.4f", OptionalDouble.of(scores.get(classes ? "accuracy" : "r2"))),
        number(
            "%.4g",
            OptionalDouble.of(scores.get(classes ? "logLoss" : costs.measure().orElse("rmse")))));
  }

  /** A part of the rows, all of them where a class would be missing. */
  private Dataset<Row> part(long rows) {
    Dataset<Row> part = train.sample(Math.min(WARM_UP_SHARE, MOST_WARM_UP / rows), 1);
    return task.classification() && labels(part) < labels(train) ? train : part;
  }

  private static long labels(Dataset<Row> rows) {
    return rows.where(RowColumns.WEIGHT + " > 0").select(RowColumns.LABEL).distinct().count();
  }

  private static String number(String format, OptionalDouble value) {
    return value.isPresent() ? RunTable.number(format, value.getAsDouble()) : "";
  }
}
