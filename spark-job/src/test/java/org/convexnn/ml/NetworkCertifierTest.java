package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.block.Block;
import org.convexnn.network.ReluNetwork;
import org.convexnn.relu.NetworkCertificate;
import org.convexnn.relu.PriceSearch;
import org.convexnn.relu.ReluProblem;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.rows.LocalRows;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The certifier of Datasets gives what the one in memory gives. */
@Tag("spark")
class NetworkCertifierTest {

  private static final int ROWS = 90;
  private static final PriceSearch SEARCH = new PriceSearch(8, 6, 1);

  /** Features, labels of two classes, weights; the same as rows of a Dataset and as a block. */
  private record Data(double[] values, double[] labels, double[] weights) {

    static Data of(int features, int classes) {
      Random random = new Random(features);
      return new Data(
          random.doubles(ROWS * features, -1, 1).toArray(),
          random.ints(ROWS, 0, classes).asDoubleStream().toArray(),
          random.doubles(ROWS, 0.5, 2).toArray());
    }

    int features() {
      return values.length / ROWS;
    }

    Dataset<Row> dataset() {
      List<Row> rows = new ArrayList<>();
      for (int r = 0; r < ROWS; r++) {
        double[] x = Arrays.copyOfRange(values, r * features(), (r + 1) * features());
        // Sparse and dense rows, and one of weight 0 after each, which takes no part.
        rows.add(
            RowFactory.create(
                r % 2 == 0 ? Vectors.dense(x) : Vectors.dense(x).toSparse(),
                labels[r],
                weights[r]));
        rows.add(RowFactory.create(Vectors.dense(x), 1 - Math.min(1, labels[r]), 0.0));
      }
      StructType schema =
          new StructType()
              .add("features", SQLDataTypes.VectorType())
              .add("label", DataTypes.DoubleType)
              .add("w", DataTypes.DoubleType);
      return SparkTest.session().createDataFrame(rows, schema).repartition(3);
    }

    LocalRows local() {
      return new LocalRows(List.of(new Block(features(), values, labels, weights)));
    }
  }

  private static NetworkCertifier certifier(Task task) {
    return new NetworkCertifier("features", "label", Optional.of("w"), task, 0.02, 1e-2, SEARCH);
  }

  @ParameterizedTest
  @CsvSource({
    "REGRESSION, REGRESSION, 1, 1, 2",
    "BINARY, BINARY, 2, 1, 2",
    "BINARY, MULTICLASS, 1, 2, 2",
    "MULTICLASS, MULTICLASS, 3, 3, 3"
  })
  void asInMemory(Task task, Task loss, int features, int outputs, int classes) {
    Data data = Data.of(features, classes);
    Random random = new Random(7);
    ReluNetwork network =
        ReluNetwork.stacked(
            random.doubles((features + 1) * 3, -1, 1).toArray(),
            random.doubles(3 * outputs, -1, 1).toArray(),
            random.doubles((features + 1) * outputs, -1, 1).toArray(),
            outputs);
    NetworkCertificate certificate = certifier(task).certify(data.dataset(), network);
    try (ReluProblem problem =
        ReluProblem.of(data.local(), loss, 1e-2, new ReluProblem.Terms(true, true, true))) {
      NetworkCertificate local =
          NetworkCertificate.of(problem, problem.withoutOffset(network), 0.02, SEARCH);
      assertThat(certificate.objective()).isCloseTo(local.objective(), within(1e-12));
      assertThat(certificate.allPatternsBound()).isCloseTo(local.allPatternsBound(), within(1e-9));
      assertThat(certificate.exact()).isEqualTo(local.exact()).isEqualTo(features == 1);
      assertThat(certificate.priceBound()).isCloseTo(local.priceBound(), within(1e-9));
      assertThat(certificate.neuronPrices()).containsExactly(local.neuronPrices(), within(1e-12));
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    Dataset<Row> rows = Data.of(2, 2).dataset();
    ReluNetwork wide = ReluNetwork.constant(3, new double[1]);
    assertThatThrownBy(() -> certifier(Task.BINARY).certify(rows, wide))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 features and 1 outputs, but the rows have 2 features");
    ReluNetwork one = ReluNetwork.constant(2, new double[1]);
    assertThatThrownBy(() -> certifier(Task.BINARY).certify(rows.drop("features"), one))
        .hasMessageContaining("features column 'features' does not exist");
    assertThatThrownBy(() -> certifier(Task.BINARY).certify(rows.drop("w"), one))
        .hasMessageContaining("weight column 'w' does not exist");
    ReluNetwork four = ReluNetwork.constant(2, new double[4]);
    assertThatThrownBy(() -> certifier(Task.MULTICLASS).certify(rows, four))
        .hasMessageContaining("4 outputs, but the rows have 2 features and the task has 2 outputs");
  }
}
