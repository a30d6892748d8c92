package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.convexnn.SparkTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten one-hot variables of 500 levels each: 5,000 features of which 0.2 % are not zero. */
@Tag("spark")
class WideSparseTest {

  private static final int VARIABLES = 10;
  private static final int LEVELS = 500;

  @TempDir Path directory;

  /** Every level shifts the label's odds; those of the second variable do so for half of the first. */
  private static Dataset<Row> rows(long seed, int n) {
    Random random = new Random(seed);
    List<Row> rows =
        IntStream.range(0, n)
            .mapToObj(
                i -> {
                  int[] level = random.ints(VARIABLES, 0, LEVELS).toArray();
                  int[] columns =
                      IntStream.range(0, VARIABLES).map(v -> v * LEVELS + level[v]).toArray();
                  double[] ones = new double[VARIABLES];
                  Arrays.fill(ones, 1);
                  double odds = random.nextGaussian();
                  for (int v = 0; v < VARIABLES; v++) {
                    odds += Math.sin(17 * level[v] + v);
                  }
                  odds += level[0] < LEVELS / 2 ? 2 * Math.sin(3 * level[1]) : 0;
                  boolean label = odds > 0;
                  Vector x = Vectors.sparse(VARIABLES * LEVELS, columns, ones);
                  return RowFactory.create(x, label ? 1.0 : 0.0, 1.0);
                })
            .toList();
    return SparkTest.session().createDataFrame(rows, Models.SCHEMA).repartition(2);
  }

  @Test
  void fitsSavesLoadsAndPredicts() throws Exception {
    ConvexReLUClassificationModel model =
        new ConvexReLUClassifier()
            .setNumGates(32)
            .setRegRatio(0.3)
            .setTol(1e-2)
            .setSeed(1)
            .fit(rows(1, 6000));
    assertThat(model.certificate().relativeGap()).isLessThanOrEqualTo(1e-2);
    assertThat(model.numFeatures()).isEqualTo(5000);
    assertThat(model.network().map().matrix()).isEmpty();
    assertThat(model.certificate().activeNeurons()).isPositive();

    String path = directory.resolve("model").toString();
    model.write().save(path);
    ConvexReLUClassificationModel loaded = ConvexReLUClassificationModel.load(path);
    Dataset<Row> data = rows(2, 2000);
    Dataset<Row> scored = loaded.transform(data);
    double accuracy = scored.where("label = prediction").count() / 2000.0;
    // chance is 0.5, with a standard error of 0.011
    assertThat(accuracy).as("on other rows").isGreaterThan(0.6);
    for (Row row : data.limit(20).collectAsList()) {
      Vector x = row.getAs("features");
      assertThat(loaded.predictRaw(x)).isEqualTo(model.predictRaw(x));
      double[] raw = new double[1];
      model.network().evaluator().evaluate(x.toArray(), raw);
      assertThat(model.predictRaw(x).apply(1)).isCloseTo(raw[0], within(1e-9));
    }
  }
}
