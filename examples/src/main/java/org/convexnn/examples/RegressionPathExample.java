package org.convexnn.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convexnn.ml.ConvexReLURegressionModel;
import org.convexnn.ml.ConvexReLURegressionStatistics;
import org.convexnn.ml.ConvexReLURegressor;

/**
 * Many regressions from one pass over the rows, and later rows added without a second look at the
 * first ones.
 */
public final class RegressionPathExample {

  private static final double[] RATIOS = {0.3, 0.1, 0.03, 0.01};

  private RegressionPathExample() {}

  /** Runs; the argument is a folder to save sums in, by default a temporary one. */
  public static void main(String[] arguments) throws IOException {
    String folder =
        arguments.length > 0 ? arguments[0] : Files.createTempDirectory("convexnn").toString();
    try (SparkSession spark = Examples.session(RegressionPathExample.class)) {
      run(spark, folder + "/sums");
    }
  }

  /**
   * What came of it.
   *
   * @param path the models of one pass
   * @param january the model that cross-validation chooses from the first rows
   * @param both the same with the second rows
   */
  record Result(
      List<ConvexReLURegressionModel> path,
      ConvexReLURegressionModel january,
      ConvexReLURegressionModel both) {}

  /** Saves sums at a path that does not exist yet. */
  static Result run(SparkSession spark, String file) {
    Dataset<Row> january = rows(spark, 400, 1);
    Dataset<Row> february = rows(spark, 1600, 2);
    Dataset<Row> test = rows(spark, 1000, 3);
    ConvexReLURegressor regressor = new ConvexReLURegressor().setNumGates(64).setSeed(1);

    List<ConvexReLURegressionModel> path = regressor.fitPath(january, RATIOS);
    System.out.println("January, one pass: beta / betaMax, gap, active neurons, RMSE on others");
    for (ConvexReLURegressionModel model : path) {
      System.out.printf(
          "  %.2f  %.1e  %3d  %.4f%n",
          model.getRegRatio(),
          model.certificate().relativeGap(),
          model.certificate().activeNeurons(),
          model.evaluate(test).rootMeanSquaredError());
    }

    regressor.setNumFolds(5).statistics(january).save(file);
    ConvexReLURegressionStatistics sums = regressor.loadStatistics(file);
    ConvexReLURegressionModel before = sums.crossValidate();
    ConvexReLURegressionModel after = sums.add(february).crossValidate();
    print("January, 5 folds", before, test);
    print("with February added", after, test);
    return new Result(path, before, after);
  }

  private static void print(String what, ConvexReLURegressionModel model, Dataset<Row> test) {
    System.out.printf(
        "%s: RMSE on others %.4f; %s%n",
        what, model.evaluate(test).rootMeanSquaredError(), model.certificate());
  }

  private static Dataset<Row> rows(SparkSession spark, int count, int seed) {
    return Examples.assembler("a", "b", "c").transform(Examples.kinks(spark, count, seed));
  }
}
