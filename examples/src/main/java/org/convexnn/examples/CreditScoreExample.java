package org.convexnn.examples;

import static org.apache.spark.ml.functions.vector_to_array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import java.io.IOException;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convexnn.ml.ConvexReLUClassificationModel;
import org.convexnn.ml.ConvexReLUClassifier;

/**
 * A credit score that can be defended: more income never harms, more debt and more late payments never
 * help, for any applicant whatever; and each score is a sum of what each feature adds to it.
 */
public final class CreditScoreExample {

  private static final int STEPS = 200;

  private CreditScoreExample() {}

  /** Runs. */
  public static void main(String[] arguments) throws IOException {
    try (SparkSession spark = Examples.session(CreditScoreExample.class)) {
      run(spark);
    }
  }

  /**
   * What came of it.
   *
   * @param area under ROC, of applicants that the model has not seen
   * @param falls how often a score falls where income rises, or rises where debt does, on a fine grid
   * @param off the most that the contributions of an applicant do not sum to its log-odds by
   */
  record Result(double area, int falls, double off) {}

  static Result run(SparkSession spark) {
    Dataset<Row> test = applicants(spark, 4000, 2);
    ConvexReLUClassificationModel model =
        new ConvexReLUClassifier()
            .setFeaturesCols("income", "debt", "late", "years")
            .setLabelCol("repaid")
            .setMonotoneConstraints("income:1", "debt:-1", "late:-1")
            .setSeed(1)
            .fit(applicants(spark, 6000, 1));
    Dataset<Row> explained = model.contributions(test.limit(200));
    double off =
        model
            .transform(explained)
            .withColumn("why", vector_to_array(col("contributions"), "float64"))
            .withColumn("raw", vector_to_array(col("rawPrediction"), "float64"))
            .selectExpr("max(abs(aggregate(why, 0d, (s, x) -> s + x) - raw[1]))")
            .first()
            .getDouble(0);
    Result result = new Result(model.evaluate(test).areaUnderROC(), falls(model, test), off);
    System.out.println(result);
    return result;
  }

  private static int falls(ConvexReLUClassificationModel model, Dataset<Row> applicants) {
    int falls = 0;
    for (Row row : applicants.limit(100).collectAsList()) {
      for (int feature = 0; feature < 2; feature++) {
        double last = Double.NaN;
        for (int k = 0; k < STEPS; k++) {
          double[] x = {row.getDouble(0), row.getDouble(1), row.getDouble(2), row.getDouble(3)};
          x[feature] = k / (double) STEPS * 150;
          double score = model.predictRaw(Vectors.dense(x)).apply(1) * (feature == 0 ? 1 : -1);
          falls += score < last ? 1 : 0;
          last = score;
        }
      }
    }
    return falls;
  }

  private static Dataset<Row> applicants(SparkSession spark, int count, int seed) {
    return spark
        .range(0, count, 1, 2)
        .select(
            expr("20 * exp(0.6 * randn(" + seed + "))").as("income"),
            expr("30 * rand(" + (seed + 100) + ")").as("debt"),
            expr("floor(-2 * ln(1 - rand(" + (seed + 200) + ")))").cast("double").as("late"),
            expr("20 * rand(" + (seed + 300) + ")").as("years"),
            expr("rand(" + (seed + 400) + ")").as("u"))
        .withColumn("odds", expr("ln(income) - debt / 12 - late * 0.7 + if(years > 2, 1, 0) - 0.8"))
        .withColumn("repaid", expr("cast(u < 1 / (1 + exp(-odds)) as double)"))
        .drop("odds", "u");
  }
}
