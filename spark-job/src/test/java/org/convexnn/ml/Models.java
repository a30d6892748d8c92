package org.convexnn.ml;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.convexnn.network.Tree;
import org.convexnn.solver.AllPatterns;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.StopReason;

/** Networks made by hand and small data sets for the tests of this package. */
final class Models {

  static final StructType SCHEMA =
      new StructType()
          .add("features", SQLDataTypes.VectorType())
          .add("label", "double")
          .add("weight", "double");

  static final Certificate CERTIFICATE =
      new Certificate(
          0.5,
          0.4999,
          2e-4,
          1e-3,
          0.01,
          0.3,
          1,
          64,
          7,
          12.5,
          20,
          StopReason.GAP,
          "admm",
          AllPatterns.NONE);

  private Models() {}

  /** Three features, a matrix, two half-spaces and two trees, one of a single leaf. */
  static Network network() {
    Random random = new Random(5);
    FeatureMap map =
        new FeatureMap(
            new double[] {1, 2, 3}, new double[] {0.5, 0, 2}, random.doubles(9).toArray());
    HalfSpaces halfSpaces =
        new HalfSpaces(
            3, new double[] {1, -1, 0.1, 0, 0, 1}, new double[] {0.25, -1}, new double[] {0.5, 0});
    Tree tree =
        new Tree(new int[] {2, 0}, new double[] {0.5, 1.5}, new int[] {1, ~0}, new int[] {~2, ~1});
    Tree leaf = new Tree(new int[0], new double[0], new int[0], new int[0]);
    GateSet gates = new GateSet(halfSpaces, List.of(tree, leaf));
    double[] weights = random.doubles((1 + gates.size()) * 4L, -1, 1).toArray();
    return new Network(map, gates, weights, new double[] {0.125}, 0, 1);
  }

  /** A linear model without matrix and gates. */
  static Network linear() {
    return new Network(
        FeatureMap.identity(2),
        GateSet.of(HalfSpaces.none(2)),
        new double[] {1, -2, 0.5},
        new double[] {0},
        10,
        3);
  }

  /** Rows (x1, x2, x3), label 1 inside a ring, weights 1 or 2. */
  static Dataset<Row> ring(int n) {
    Random random = new Random(9);
    List<Row> rows =
        IntStream.range(0, n)
            .mapToObj(
                i -> {
                  double[] x = random.doubles(3, -1, 1).toArray();
                  double label = x[0] * x[0] + x[1] * x[1] < 0.5 ? 1 : 0;
                  return RowFactory.create(Vectors.dense(x), label, 1.0 + i % 2);
                })
            .toList();
    return SparkTest.session().createDataFrame(rows, SCHEMA).repartition(3);
  }

  /** Rows with label 100 (|x1| + x2) - 1000. */
  static Dataset<Row> hinge(int n) {
    Random random = new Random(10);
    List<Row> rows =
        IntStream.range(0, n)
            .mapToObj(
                i -> {
                  double[] x = random.doubles(3, -1, 1).toArray();
                  double label = 100 * (Math.abs(x[0]) + x[1]) - 1000;
                  return RowFactory.create(Vectors.dense(x), label, 1.0 + i % 2);
                })
            .toList();
    return SparkTest.session().createDataFrame(rows, SCHEMA).repartition(3);
  }
}
