package org.convexnn.cli.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.cli.report.Scores;
import org.convexnn.cli.table.LearningTask;
import org.convexnn.cli.table.RowColumns;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contender that may be missing; with the Maven profile xgboost it is there. */
class XgBoostTest {

  private static final int ROWS = 600;
  private static final XgBoost XGBOOST = new XgBoost(20, 3, 1);

  @Test
  void isLeftOutWhereItsJarIsMissing() {
    Thread thread = Thread.currentThread();
    ClassLoader own = thread.getContextClassLoader();
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      for (LearningTask task : GeneratedRows.Bent.TASKS) {
        assertThat(XGBOOST.obstacle(task).orElseThrow())
            .startsWith("not on the class path")
            .contains("--packages ml.dmlc:xgboost4j-spark_2.13:");
      }
    } finally {
      thread.setContextClassLoader(own);
    }
  }

  /** Labels that the first feature tells, an integer from -2 to 2; the second one is noise. */
  private static Dataset<Row> rows(LearningTask task, UnaryOperator<Vector> form) {
    Random random = new Random(7);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < ROWS; r++) {
      int x = random.nextInt(5) - 2;
      double label =
          switch (task) {
            case BINARY -> x == 0 ? 1 : 0;
            case MULTICLASS -> Math.abs(x);
            default -> x * x;
          };
      Vector features = form.apply(Vectors.dense(x, random.nextInt(4) == 0 ? 1 : 0));
      rows.add(RowFactory.create(features, label, 1.0));
    }
    StructType schema =
        new StructType()
            .add(RowColumns.FEATURES, SQLDataTypes.VectorType())
            .add(RowColumns.LABEL, DataTypes.DoubleType)
            .add(RowColumns.WEIGHT, DataTypes.DoubleType);
    return SparkTest.session().createDataFrame(rows, schema).repartition(2);
  }

  /** Zeros are values, however a vector stores them: learnt dense, used sparse. */
  @Tag("spark")
  @ParameterizedTest
  @EnumSource(
      value = LearningTask.class,
      names = {"BINARY", "MULTICLASS", "REGRESSION"})
  void learns(LearningTask task) {
    assumeTrue(XGBOOST.obstacle(task).isEmpty(), "XGBoost4J-Spark is there with -Pxgboost only");
    Contender.Result result = XGBOOST.fit(rows(task, Vector::toDense), task);
    Scores scores = Scores.of(result.model().transform(rows(task, Vector::toSparse)), task);
    assertThat(scores.get(task.classification() ? "accuracy" : "r2")).isGreaterThan(0.99);
    assertThat(result.seconds()).isPositive();
  }
}
