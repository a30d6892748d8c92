package org.convexnn.examples;

import static org.apache.spark.sql.functions.expr;

import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convexnn.ml.ConvexReLURegressionModel;
import org.convexnn.ml.ConvexReLURegressor;

/**
 * How often policies have claims: counts of years of unequal length, by Poisson loss with the logarithm of
 * the exposure as offset, and never fewer claims for a worse driver. The frequency is known here, so that
 * the model can be held against it.
 */
public final class InsuranceExample {

  private InsuranceExample() {}

  /** Runs. */
  public static void main(String[] arguments) throws IOException {
    try (SparkSession spark = Examples.session(InsuranceExample.class)) {
      run(spark);
    }
  }

  /**
   * What came of it on policies that the model has not seen.
   *
   * @param model the model
   * @param deviance the mean deviance by unit of exposure
   * @param ofTruth that of the frequency which made the counts
   * @param ofMean that of one frequency for all
   */
  record Result(ConvexReLURegressionModel model, double deviance, double ofTruth, double ofMean) {}

  static Result run(SparkSession spark) {
    Dataset<Row> policies = policies(spark, 20_000, 1);
    Dataset<Row> test = policies(spark, 20_000, 2);
    ConvexReLURegressionModel model =
        new ConvexReLURegressor()
            .setLoss("poisson")
            .setOffsetCol("logYears")
            .setFeaturesCols("age", "power", "malus")
            .setLabelCol("claims")
            .setMonotoneConstraints("malus:1")
            .setSeed(1)
            .fit(policies);
    double mean = policies.selectExpr("sum(claims) / sum(years)").first().getDouble(0);
    Result result =
        new Result(
            model,
            model.evaluate(test).meanDeviance(),
            deviance(test, "years * frequency"),
            deviance(test, "years * " + mean));
    System.out.println(model.bestAmong().orElseThrow());
    System.out.printf(
        "deviance %.4f, of the truth %.4f, of the mean %.4f%n",
        result.deviance, result.ofTruth, result.ofMean);
    return result;
  }

  private static double deviance(Dataset<Row> rows, String expected) {
    String unit =
        String.format(
            "2 * (if(claims > 0, claims * ln(claims / (%1$s)), 0) - claims + %1$s)", expected);
    return rows.selectExpr("sum(" + unit + ") / sum(years)").first().getDouble(0);
  }

  /** Claims are zero, one or two as uniform numbers are large: Poisson but for more than two. */
  private static Dataset<Row> policies(SparkSession spark, int count, int seed) {
    return spark
        .range(0, count, 1, 2)
        .select(
            expr("18 + 60 * rand(" + seed + ")").as("age"),
            expr("floor(4 + 8 * rand(" + (seed + 100) + "))").cast("double").as("power"),
            expr("50 + 100 * rand(" + (seed + 200) + ")").as("malus"),
            expr("0.05 + 0.95 * rand(" + (seed + 300) + ")").as("years"),
            expr("rand(" + (seed + 400) + ")").as("u"))
        .withColumn("logYears", expr("ln(years)"))
        .withColumn(
            "frequency", expr("if(age < 25, 0.4, 0.1) * exp((malus - 50) / 60) * (1 + power / 20)"))
        .withColumn("mean", expr("years * frequency"))
        .withColumn(
            "claims",
            expr(
                "case when u < exp(-mean) then 0d when u < exp(-mean) * (1 + mean) then 1d"
                    + " else 2d end"))
        .drop("u", "mean");
  }
}
