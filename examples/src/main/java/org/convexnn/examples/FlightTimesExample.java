package org.convexnn.examples;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.expr;

import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convexnn.ml.ConvexReLURegressionModel;
import org.convexnn.ml.ConvexReLURegressor;

/**
 * How long flights take: the time that nine of ten do not exceed, and the one that one of ten does not, by
 * quantile loss; and taxiing and flying learnt together by one network of two labels.
 */
public final class FlightTimesExample {

  private FlightTimesExample() {}

  /** Runs. */
  public static void main(String[] arguments) throws IOException {
    try (SparkSession spark = Examples.session(FlightTimesExample.class)) {
      run(spark);
    }
  }

  /**
   * What came of it on flights that no model has seen.
   *
   * @param low the share of flights below the quantile .1
   * @param high the share below the quantile .9
   * @param taxi R2 of the time on the ground, of the network of both
   * @param air R2 of the time in the air
   */
  record Result(double low, double high, double taxi, double air) {}

  static Result run(SparkSession spark) {
    Dataset<Row> flights = flights(spark, 6000, 1);
    Dataset<Row> test = flights(spark, 6000, 2);
    ConvexReLURegressionModel both =
        new ConvexReLURegressor()
            .setFeaturesCols("distance", "hour")
            .setLabelCol("times")
            .setSeed(1)
            .fit(flights);
    Result result =
        new Result(
            below(flights, test, 0.1),
            below(flights, test, 0.9),
            both.evaluate(test).ofOutput(0).r2(),
            both.evaluate(test).ofOutput(1).r2());
    System.out.println(result);
    return result;
  }

  private static double below(Dataset<Row> flights, Dataset<Row> test, double quantile) {
    return new ConvexReLURegressor()
        .setLoss("quantile")
        .setQuantile(quantile)
        .setFeaturesCols("distance", "hour")
        .setLabelCol("minutes")
        .setSeed(1)
        .fit(flights)
        .transform(test)
        .selectExpr("avg(if(minutes < prediction, 1d, 0d))")
        .first()
        .getDouble(0);
  }

  /** Taxiing takes longer at busy hours, and varies more then; flying follows the distance. */
  private static Dataset<Row> flights(SparkSession spark, int count, int seed) {
    return spark
        .range(0, count, 1, 2)
        .select(
            expr("100 + 2400 * rand(" + seed + ")").as("distance"),
            expr("24 * rand(" + (seed + 100) + ")").as("hour"),
            expr("-ln(1 - rand(" + (seed + 200) + "))").as("delay"),
            expr("randn(" + (seed + 300) + ")").as("wind"))
        .withColumn("busy", expr("if(hour between 7 and 9 or hour between 17 and 19, 1, 0)"))
        .withColumn("taxi", expr("10 + 10 * busy + (2 + 4 * busy) * delay"))
        .withColumn("air", expr("20 + distance / 8 + distance / 150 * wind"))
        .withColumn("minutes", expr("taxi + air"))
        .withColumn("times", array("taxi", "air"))
        .select("distance", "hour", "minutes", "times");
  }
}
