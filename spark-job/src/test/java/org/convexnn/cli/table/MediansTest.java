package org.convexnn.cli.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.feature.Imputer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.cli.message.CommandException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("spark")
class MediansTest {

  private static final String[] NAMES = {"a", "b", "c"};

  private static Dataset<Row> table(Stream<Double[]> rows) {
    StructType schema = new StructType();
    for (String name : NAMES) {
      schema = schema.add(name, DataTypes.DoubleType);
    }
    List<Row> all = rows.map(r -> RowFactory.create((Object[]) r)).toList();
    return SparkTest.session().createDataFrame(all, schema).repartition(2);
  }

  /** Of even and odd numbers of values, some twice, beside nulls and NaN. */
  @Test
  void areThoseOfMllibsImputer() {
    Random random = new Random(3);
    for (int n : new int[] {1, 2, 5, 40, 41}) {
      Dataset<Row> table =
          table(
              IntStream.range(0, n)
                  .mapToObj(
                      i ->
                          new Double[] {
                            random.nextGaussian(),
                            i % 3 == 1 ? null : (double) random.nextInt(4),
                            i % 3 == 2 ? Double.NaN : -random.nextDouble()
                          }));
      Row expected =
          new Imputer()
              .setInputCols(NAMES)
              .setOutputCols(new String[] {"x", "y", "z"})
              .setStrategy("median")
              .setRelativeError(0)
              .fit(table)
              .surrogateDF()
              .first();
      assertThat(Medians.of(table, NAMES))
          .as("%d rows", n)
          .containsExactly(expected.getDouble(0), expected.getDouble(1), expected.getDouble(2));
    }
  }

  @Test
  void ofNothingAreRefused() {
    Dataset<Row> table = table(Stream.of(new Double[][] {{1.0, null, 2.0}, {2.0, null, 3.0}}));
    assertThatThrownBy(() -> Medians.of(table, NAMES))
        .isInstanceOf(CommandException.class)
        .hasMessageContainingAll("column 'b' has no number", "--drop");
    assertThat(Medians.of(table, Arrays.copyOf(NAMES, 1))).containsExactly(1);
  }
}
