package org.convexnn.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.cli.table.LearningTask;
import org.convexnn.cli.table.RowColumns;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Areas of tables against all pairs. */
@Tag("spark")
class RocAreaTest {

  /** However close together scores lie, and where all probabilities are 1. */
  @ParameterizedTest
  @CsvSource({"0, 1", "0, 1e-7", "0, 1e-13", "60, 1"})
  void allPairs(double centre, double spread) {
    Random random = new Random(3);
    int n = 300;
    double[] score = new double[n];
    double[] label = new double[n];
    double[] weight = new double[n];
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      score[i] = centre + spread * random.nextInt(60) / 60.0;
      label[i] = random.nextDouble() < 0.3 + 0.4 * (score[i] - centre) / spread ? 1 : 0;
      weight[i] = 1 + random.nextInt(3);
      double p = 1 / (1 + Math.exp(-score[i]));
      rows.add(
          RowFactory.create(
              label[i],
              weight[i],
              label[i],
              Vectors.dense(1 - p, p),
              Vectors.dense(-score[i], score[i])));
    }
    double won = 0;
    double all = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double pair = label[i] * (1 - label[j]) * weight[i] * weight[j];
        all += pair;
        won += pair * (score[i] > score[j] ? 1 : score[i] == score[j] ? 0.5 : 0);
      }
    }
    StructType schema =
        new StructType()
            .add(RowColumns.LABEL, DataTypes.DoubleType)
            .add(RowColumns.WEIGHT, DataTypes.DoubleType)
            .add(RowColumns.PREDICTION, DataTypes.DoubleType)
            .add(RowColumns.PROBABILITY, SQLDataTypes.VectorType())
            .add(RowColumns.RAW_PREDICTION, SQLDataTypes.VectorType());
    Dataset<Row> predicted = SparkTest.session().createDataFrame(rows, schema).repartition(3);
    assertThat(Scores.of(predicted, LearningTask.BINARY).get("areaUnderROC"))
        .isCloseTo(won / all, within(1e-12));
    // what more rows would be asked
    assertThat(RocArea.of(predicted).value()).isCloseTo(won / all, within(1e-12));
  }
}
