package org.convexnn.cli.benchmark;

import java.util.Map;
import java.util.Optional;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.ErrorMessages;
import org.convexnn.cli.option.ModelOptions;
import org.convexnn.cli.table.LearningTask;
import org.convexnn.ml.ConvexReLURegressor;

/**
 * XGBoost4J-Spark, where the user brings it: found by name and set through MLlib's Params, so that
 * neither the build nor the jars need it.
 *
 * @param rounds trees, of several classes for each class
 * @param depth most levels of a tree
 * @param seed of its random choices
 * @param asked says the loss of numbers
 */
record XgBoost(int rounds, int depth, long seed, ConvexReLURegressor asked)
    implements MllibBaseline {

  /** With squared loss, where numbers are learnt. */
  XgBoost(int rounds, int depth, long seed) {
    this(rounds, depth, seed, new ConvexReLURegressor());
  }

  /** The release that was tried with this Spark. */
  static final String COORDINATES = "ml.dmlc:xgboost4j-spark_2.13:3.1.1";

  /** What is said where it is not there. */
  static final String MISSING =
      "not on the class path; add it with ./submit.sh --packages " + COORDINATES + " benchmark ...";

  @Override
  public String name() {
    return "XGBoost " + rounds + " x depth " + depth;
  }

  @Override
  public Optional<String> obstacle(LearningTask task) {
    if (!task.classification() && objective().isEmpty()) {
      return Optional.of("its objective for loss " + asked.getLoss() + " is not asked for here");
    }
    try {
      type(task);
      return Optional.empty();
    } catch (ClassNotFoundException missing) {
      return Optional.of(MISSING);
    }
  }

  private static Class<? extends PipelineStage> type(LearningTask task)
      throws ClassNotFoundException {
    String name =
        "ml.dmlc.xgboost4j.scala.spark.XGBoost"
            + (task.classification() ? "Classifier" : "Regressor");
    // Spark's own loader, which knows the jars that spark-submit was given.
    return Class.forName(name, true, Thread.currentThread().getContextClassLoader())
        .asSubclass(PipelineStage.class);
  }

  /**
   * Its Params of a loss of numbers. Its models take no base margins, so that offsets are made labels and
   * weights. Empty where none is known.
   */
  private Map<String, Object> objective() {
    return switch (asked.getLoss()) {
      case "squared" -> Map.of("objective", "reg:squarederror");
      case "poisson" -> Map.of("objective", "count:poisson");
      case "gamma" -> Map.of("objective", "reg:gamma");
      case "tweedie" ->
          Map.of("objective", "reg:tweedie", "tweedie_variance_power", asked.getVariancePower());
      default -> Map.of();
    };
  }

  /** Dense: of a sparse vector it takes the zeros for missing values, and rows come as either. */
  @Override
  public boolean scaled() {
    return true;
  }

  @Override
  public PipelineStage estimator(Dataset<Row> rows, LearningTask task) {
    try {
      PipelineStage estimator = type(task).getConstructor().newInstance();
      if (!task.classification()) {
        ModelOptions.set(estimator, objective());
      }
      ModelOptions.set(
          estimator,
          Map.of(
              "numRound",
              rounds,
              "max_depth",
              depth,
              "seed",
              seed,
              // All of its tasks must run at the same time.
              "numWorkers",
              rows.sparkSession().sparkContext().defaultParallelism()));
      return estimator;
    } catch (ReflectiveOperationException e) {
      throw new CommandException(
          "this XGBoost4J-Spark cannot be used: " + ErrorMessages.of(e) + "; take " + COORDINATES,
          e);
    }
  }
}
