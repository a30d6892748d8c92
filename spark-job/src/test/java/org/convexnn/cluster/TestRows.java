package org.convexnn.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.convexnn.SparkTest;
import org.convexnn.block.RowState;

/** Rows for the tests of this package. */
final class TestRows {

  private TestRows() {}

  static Row row(Object features, Object label, Object weight) {
    return RowFactory.create(features, label, weight);
  }

  static Vector vector(double... values) {
    return Vectors.dense(values);
  }

  /** A row state with these fitted values and nothing else. */
  static RowState state(double... fitted) {
    return new RowState(new double[0], fitted, new float[0], new double[0]);
  }

  static List<Row> random(int n, int d, long seed) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < n; r++) {
      rows.add(
          row(
              Vectors.dense(random.doubles(d, -1, 1).toArray()),
              (double) random.nextInt(2),
              1 + random.nextDouble()));
    }
    return rows;
  }

  static JavaRDD<Row> rdd(List<Row> rows, int partitions) {
    return SparkTest.context().parallelize(rows, partitions);
  }

  static Packing packing(int classes, double megabytes, int depth) {
    DataColumns columns =
        new DataColumns(
            "x", "y", Optional.of("w"), j -> j == 1 ? Optional.of("age") : Optional.empty());
    return new Packing(columns, classes, megabytes, depth);
  }

  static RddRows pack(List<Row> rows, int partitions, double megabytes, int depth) {
    return RddRows.pack(rdd(rows, partitions), packing(2, megabytes, depth));
  }
}
