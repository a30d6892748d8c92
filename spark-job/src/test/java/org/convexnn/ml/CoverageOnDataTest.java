package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convexnn.SparkTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Coverage on real data, 45,730 proteins: the mean of five splits is within .01 of what is promised, whose
 * standard error is about .003. Skipped where the data are not there.
 */
@Tag("spark")
class CoverageOnDataTest {

  private static final Path DATA = Path.of("..", "..", "shared", "data");
  private static final int SPLITS = 5;

  private static Dataset<Row> read(String name) {
    Path file = DATA.resolve(name);
    assumeTrue(Files.exists(file), () -> "skipped: " + file + " is not there");
    return SparkTest.session()
        .read()
        .option("header", true)
        .option("inferSchema", true)
        .csv(file.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"residual", "scale", "quantile"})
  void labelsOfProteinsAreInTheirIntervals(String method) {
    Dataset<Row> rows =
        read("protein.train.csv.gz").unionByName(read("protein.test.csv")).repartition(4).cache();
    String label = rows.columns()[rows.columns().length - 1];
    String[] features = Arrays.copyOf(rows.columns(), rows.columns().length - 1);
    double sum = 0;
    for (int seed = 0; seed < SPLITS; seed++) {
      String test =
          "pmod(xxhash64(" + seed + ", " + String.join(", ", rows.columns()) + "), 5) = 0";
      ConvexReLURegressionModel model =
          new ConvexReLURegressor()
              .setFeaturesCols(features)
              .setLabelCol(label)
              .setNumTrees(30)
              .setNumLeaves(31)
              .setPredictionIntervalCol("interval")
              .setIntervalMethod(method)
              .setSeed(seed)
              .fit(rows.where("not " + test));
      sum +=
          model
              .transform(rows.where(test))
              .selectExpr(
                  "avg(if(" + label + " between interval.lower and interval.upper, 1d, 0d))")
              .first()
              .getDouble(0);
    }
    assertThat(sum / SPLITS).isCloseTo(0.9, within(0.01));
    rows.unpersist();
  }
}
