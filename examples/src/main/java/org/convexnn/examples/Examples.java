package org.convexnn.examples;

import static org.apache.spark.sql.functions.expr;

import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What the examples share: a session and rows. */
final class Examples {

  private static final int PARTITIONS = 2;

  private Examples() {}

  /** The session of an example: on the cores of this machine where no master is set. */
  static SparkSession session(Class<?> example) {
    SparkSession.Builder builder = SparkSession.builder().appName(example.getSimpleName());
    if (System.getProperty("spark.master") == null) {
      builder = builder.master("local[*]");
    }
    return builder.getOrCreate();
  }

  /**
   * Columns x and y in [-2, 2], and label: whether the point lies in the ring 1 < x^2 + y^2 < 3, wrong in
   * 5 % of the rows.
   */
  static Dataset<Row> ring(SparkSession spark, int count, int seed) {
    return spark
        .range(0, count, 1, PARTITIONS)
        .select(
            expr("4 * rand(" + seed + ") - 2").as("x"),
            expr("4 * rand(" + (seed + 1000) + ") - 2").as("y"),
            expr("rand(" + (seed + 2000) + ") < 0.05").as("wrong"))
        .withColumn("label", expr("cast((x * x + y * y between 1 and 3) != wrong as double)"))
        .drop("wrong");
  }

  /** Columns a, b, c, Gaussian, and label = |a| + max(b, c) / 2 + noise of deviation 0.1. */
  static Dataset<Row> kinks(SparkSession spark, int count, int seed) {
    return spark
        .range(0, count, 1, PARTITIONS)
        .select(
            expr("randn(" + seed + ")").as("a"),
            expr("randn(" + (seed + 1000) + ")").as("b"),
            expr("randn(" + (seed + 2000) + ")").as("c"),
            expr("randn(" + (seed + 3000) + ")").as("noise"))
        .withColumn("label", expr("abs(a) + greatest(b, c) / 2 + 0.1 * noise"))
        .drop("noise");
  }

  /** Makes a vector of columns. */
  static VectorAssembler assembler(String... columns) {
    return new VectorAssembler().setInputCols(columns).setOutputCol("features");
  }
}
