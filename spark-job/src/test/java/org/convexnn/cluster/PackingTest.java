package org.convexnn.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.convexnn.cluster.TestRows.row;
import static org.convexnn.cluster.TestRows.vector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.convexnn.block.Block;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.Sums;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("spark")
class PackingTest {

  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final Row GOOD = row(vector(1, 2), 1.0, 1.0);

  static Stream<Arguments> problems() {
    return Stream.of(
        Arguments.of(row(vector(1, 2), null, 1.0), "label column 'y' is null"),
        Arguments.of(row(vector(1, 2), NAN, 1.0), "label column 'y' has the value NaN"),
        Arguments.of(row(vector(1, 2), INF, 1.0), "label column 'y' has the value Infinity"),
        Arguments.of(
            row(vector(1, 2), 2.0, 1.0),
            "label column 'y' has the value 2.0 (partition 0, row 2): class labels are the"
                + " integers from 0 to 1, by the column's metadata; index other values with"
                + " StringIndexer"),
        Arguments.of(row(vector(1, 2), -1.0, 1.0), "label column 'y' has the value -1.0"),
        Arguments.of(row(vector(1, 2), 0.5, 1.0), "label column 'y' has the value 0.5"),
        Arguments.of(row(null, 1.0, 1.0), "features column 'x' is null"),
        Arguments.of(
            row(vector(1, 2, 3), 1.0, 1.0),
            "features column 'x' has a vector of 3 entries (partition 0, row 2) where earlier rows"
                + " have 2"),
        Arguments.of(row(vector(), 1.0, 1.0), "vector without entries"),
        Arguments.of(row(vector(NAN, 2), 1.0, 1.0), "feature x[0] has the value NaN"),
        Arguments.of(row(vector(1, INF), 1.0, 1.0), "feature 'age' (x[1]) has the value Infinity"),
        Arguments.of(row(vector(1, -1e201), 1.0, 1.0), "rescale this feature"),
        Arguments.of(
            row(Vectors.sparse(2, new int[] {1}, new double[] {NAN}), 1.0, 1.0),
            "feature 'age' (x[1]) has the value NaN"),
        Arguments.of(row(vector(1, 2), 1.0, null), "weight column 'w' is null"),
        Arguments.of(row(vector(1, 2), 1.0, NAN), "weight column 'w' has the value NaN"),
        Arguments.of(row(vector(1, 2), 1.0, INF), "weight column 'w' has the value Infinity"),
        Arguments.of(
            row(vector(1, 2), 1.0, -0.5),
            "weight column 'w' has the value -0.5 (partition 0, row 2): weights must be finite and"
                + " not negative"));
  }

  @ParameterizedTest
  @MethodSource("problems")
  void aBadRowIsRefusedOnTheDriver(Row bad, String message) {
    // later problems must not hide the first one
    List<Row> rows = List.of(GOOD, GOOD, bad, row(null, NAN, NAN));
    assertThatThrownBy(() -> TestRows.pack(rows, 1, 0, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasNoCause()
        .hasMessageContaining(message)
        .hasMessageContaining("(partition 0, row 2)");
  }

  @Test
  void theSmallestPartitionAndRowAreTold() {
    List<Row> rows = new ArrayList<>(Collections.nCopies(40, GOOD));
    rows.set(39, row(vector(1, 2), 3.0, 1.0));
    rows.set(25, row(vector(1, 2), 4.0, 1.0));
    rows.set(27, row(vector(1, 2), 5.0, 1.0));
    assertThatThrownBy(() -> TestRows.pack(rows, 4, 0, 2))
        .hasMessageContaining("4.0 (partition 2, row 5)");
  }

  @Test
  void sizesThatDifferBetweenPartitionsAreRefused() {
    List<Row> rows = List.of(GOOD, GOOD, row(vector(1), 1.0, 1.0), row(vector(1), 7.0, 1.0));
    assertThatThrownBy(() -> TestRows.pack(rows, 2, 0, 2))
        .hasMessageContaining("vector of 1 entries (partition 1, row 0)")
        .hasMessageContaining("earlier rows have 2");
  }

  @Test
  void anOtherSizeAfterARowOfWeightZeroIsFoundWhereItIs() {
    List<Row> rows = List.of(GOOD, GOOD, row(null, NAN, 0.0), row(vector(1), 1.0, 1.0));
    assertThatThrownBy(() -> TestRows.pack(rows, 2, 0, 2))
        .hasMessageContaining("(partition 1, row 1)");
  }

  @Test
  void labelsOfARegressionAreBounded() {
    List<Row> rows = List.of(row(vector(1, 2), 17.0, 1.0), row(vector(1, 2), 1e151, 1.0));
    assertThatThrownBy(() -> RddRows.pack(TestRows.rdd(rows, 1), TestRows.packing(0, 0, 2)))
        .hasMessageContaining("label column 'y' has the value 1.0E151");
  }

  @Test
  void rowsOfWeightZeroAreDroppedUnseen() {
    List<Row> rows =
        List.of(
            row(null, null, 0.0),
            row(vector(1, 2), 0.0, 2.0),
            row(vector(NAN, 2), 5.0, -0.0),
            row(vector(3, 4), 1.0, 0.5));
    for (int partitions : new int[] {1, 2, 4}) {
      try (RddRows packed = TestRows.pack(rows, partitions, 0, 2)) {
        DataSummary summary = packed.summary();
        assertThat(summary.rows()).isEqualTo(2);
        assertThat(summary.dropped()).isEqualTo(2);
        assertThat(summary.weight()).isEqualTo(2.5);
        assertThat(summary.labelRows()).containsExactly(1L, 1L);
        assertThat(summary.labelWeights()).containsExactly(2.0, 0.5);
        assertThat(packed.sum("test", new WeightedSum(2))).endsWith(2, 2.5, 3.5, 6);
      }
    }
  }

  @Test
  void classesAreCountedUpToTheLargestLabel() {
    List<Row> rows =
        List.of(
            row(vector(1, 2), 0.0, 2.0),
            row(vector(1, 2), 4.0, 1.0),
            row(vector(1, 2), -0.0, 1.0),
            row(vector(1, 2), 9.0, 0.0),
            row(vector(1, 2), 2.0, 0.5));
    // A block for each row, and one partition for all rows or for each.
    for (int partitions : new int[] {1, 5}) {
      try (RddRows packed =
          RddRows.pack(
              TestRows.rdd(rows, partitions), TestRows.packing(Packing.MOST_CLASSES, 1e-6, 2))) {
        assertThat(packed.summary().labelRows()).containsExactly(2L, 0L, 1L, 0L, 1L);
        assertThat(packed.summary().labelWeights()).containsExactly(3.0, 0.0, 0.5, 0.0, 1.0);
      }
    }
  }

  @Test
  void aLabelBeyondAllClassesIsRefused() {
    List<Row> rows = List.of(GOOD, row(vector(1, 2), 1e4, 1.0));
    assertThatThrownBy(
            () -> RddRows.pack(TestRows.rdd(rows, 1), TestRows.packing(Packing.MOST_CLASSES, 0, 2)))
        .hasMessageContaining(
            "has the value 10000.0 (partition 0, row 1): class labels are the integers from 0 to"
                + " 9999; index other values");
  }

  @Test
  void noRowsAtAllAreRefused() {
    assertThatThrownBy(() -> TestRows.pack(List.of(), 3, 0, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 rows");
    assertThatThrownBy(
            () ->
                RddRows.pack(
                    org.convexnn.SparkTest.context().<Row>emptyRDD(), TestRows.packing(2, 0, 2)))
        .hasMessageContaining("0 rows");
  }

  @Test
  void weightsThatAreAllZeroAreRefused() {
    List<Row> rows = List.of(row(vector(1, 2), 1.0, 0.0), row(vector(1, 2), 0.0, 0.0));
    assertThatThrownBy(() -> TestRows.pack(rows, 2, 0, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("weight column 'w' is 0 on all 2 rows");
  }

  @Test
  void sparseAndDenseRowsGiveTheSameSums() {
    List<Row> dense = List.of(row(vector(0, 5, 0), 1.0, 1.0), row(vector(1, 0, 2), 0.0, 3.0));
    List<Row> sparse =
        dense.stream()
            .map(
                r ->
                    row(
                        ((org.apache.spark.ml.linalg.Vector) r.get(0)).toSparse(),
                        r.get(1),
                        r.get(2)))
            .toList();
    try (RddRows a = TestRows.pack(dense, 1, 0, 2);
        RddRows b = TestRows.pack(sparse, 1, 0, 2)) {
      assertThat(a.sum("test", new WeightedSum(3))).isEqualTo(b.sum("test", new WeightedSum(3)));
    }
  }

  private static final class StoredSparse implements RowPass<Block, double[][]> {
    private static final long serialVersionUID = 1L;

    @Override
    public Worker<Block, double[][]> worker() {
      double[] sums = new double[4];
      return new Worker<>() {
        @Override
        public void accept(Block block) {
          sums[0] += block.rows();
          sums[1] += block.sparse() ? block.rows() : 0;
          sums[2] += block.bytes();
          sums[3]++;
        }

        @Override
        public double[][] result() {
          return new double[][] {sums};
        }
      };
    }

    @Override
    public double[][] merge(double[][] left, double[][] right) {
      return Sums.add(left, right);
    }
  }

  /** One-hot rows of 50 columns, some with an explicit zero, as sparse or dense vectors. */
  @ParameterizedTest
  @CsvSource({"4, true", "4, false", "5, true", "5, false"})
  void rowsBelowATenthAreStoredSparse(int nonZeros, boolean vectorsSparse) {
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < 2000; r++) {
      int[] indices = IntStream.rangeClosed(0, nonZeros).map(k -> 7 * k).toArray();
      double[] values = new double[nonZeros + 1];
      Arrays.fill(values, 1 + r % 2);
      values[r % (nonZeros + 1)] = 0;
      Vector vector = Vectors.sparse(50, indices, values);
      rows.add(row(vectorsSparse ? vector : vector.toDense(), (double) (r % 2), 1.0));
    }
    try (RddRows packed = TestRows.pack(rows, 2, 0.03, 2)) {
      double[] sums = packed.sum("test", new StoredSparse())[0];
      boolean sparse = nonZeros < 5;
      assertThat(sums[0]).isEqualTo(2000);
      assertThat(sums[1]).isEqualTo(sparse ? 2000 : 0);
      // row starts, columns and values; labels, weights, keys and occurrences
      double ofARow = (sparse ? 4 + 8 * nonZeros : 4 * 50) + 8 * 3 + 4;
      assertThat(sums[2]).isBetween(2000 * ofARow, 2000 * ofARow + 4 * sums[3]);
      assertThat((double) packed.summary().bytes()).isEqualTo(sums[2]);
    }
  }

  /** What this package relies on. */
  @Test
  void mllibKeepsIndicesAscending() {
    assertThat(
            ((SparseVector)
                    Vectors.sparse(
                        9, List.of(new scala.Tuple2<>(7, 1.0), new scala.Tuple2<>(2, 3.0))))
                .indices())
        .containsExactly(2, 7);
    for (int[] indices : new int[][] {{3, 1}, {3, 3}}) {
      assertThatThrownBy(() -> Vectors.sparse(9, indices, new double[] {1, 2}))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
