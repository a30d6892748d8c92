package org.convexnn.examples;

import static org.apache.spark.ml.functions.vector_to_array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convexnn.ml.ConvexReLUClassificationModel;
import org.convexnn.ml.ConvexReLUClassifier;
import org.convexnn.ml.ConvexReLURegressionModel;
import org.convexnn.ml.ConvexReLURegressor;

/**
 * How sure predictions are: intervals that have nine labels of ten, as wide as labels vary where a row is,
 * and sets of classes that have nineteen of twenty, of which the rare class counts more in training and its
 * probability is right all the same.
 */
public final class IntervalExample {

  private IntervalExample() {}

  /** Runs. */
  public static void main(String[] arguments) throws IOException {
    try (SparkSession spark = Examples.session(IntervalExample.class)) {
      run(spark);
    }
  }

  /**
   * What came of it on rows that no model has seen.
   *
   * @param inIntervals the share of labels in their intervals
   * @param calm the mean width of intervals where labels vary little
   * @param wild the same where they vary much
   * @param inSets the share of classes in their sets
   * @param rare the mean probability of the rare class
   * @param seen its share
   */
  record Result(
      double inIntervals, double calm, double wild, double inSets, double rare, double seen) {}

  static Result run(SparkSession spark) {
    Dataset<Row> rows = rows(spark, 4000, 1);
    Dataset<Row> test = rows(spark, 4000, 2);
    ConvexReLURegressionModel numbers =
        new ConvexReLURegressor()
            .setFeaturesCols("a", "b", "c")
            .setPredictionIntervalCol("interval")
            .setIntervalMethod("quantile")
            .setCoverage(0.9)
            .setSeed(1)
            .fit(rows);
    Row intervals =
        numbers
            .transform(test)
            .selectExpr(
                "avg(if(label between interval.lower and interval.upper, 1d, 0d))",
                "avg(if(a < -1, interval.upper - interval.lower, null))",
                "avg(if(a > 1, interval.upper - interval.lower, null))")
            .first();
    System.out.println("intervals of " + numbers.calibration().orElseThrow());
    ConvexReLUClassificationModel classes =
        new ConvexReLUClassifier()
            .setFeaturesCols("a", "b", "c")
            .setLabelCol("rare")
            .setClassWeights("balanced")
            .setEvalMetric("areaUnderROC")
            .setProbabilityCalibration("isotonic")
            .setPredictionSetCol("set")
            .setCoverage(0.95)
            .setSeed(1)
            .fit(rows);
    Row sets =
        classes
            .transform(test)
            .withColumn("p", vector_to_array(col("probability"), "float64"))
            .selectExpr("avg(if(array_contains(set, rare), 1d, 0d))", "avg(p[1])", "avg(rare)")
            .first();
    Result result =
        new Result(
            intervals.getDouble(0),
            intervals.getDouble(1),
            intervals.getDouble(2),
            sets.getDouble(0),
            sets.getDouble(1),
            sets.getDouble(2));
    System.out.println(result);
    return result;
  }

  /** The rows of {@link Examples#kinks} with noise that grows with a, and a class that is rare. */
  private static Dataset<Row> rows(SparkSession spark, int count, int seed) {
    return Examples.kinks(spark, count, seed)
        .withColumn("label", expr("label + 0.5 * exp(a / 2) * randn(" + (seed + 4000) + ")"))
        .withColumn("rare", expr("cast(label > 2.5 as double)"));
  }
}
