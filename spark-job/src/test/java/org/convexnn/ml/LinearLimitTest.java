package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.solver.StopReason;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * At beta >= betaMax the model is the linear one: MLlib's own unregularised fit, up to a tiny ridge.
 */
@Tag("spark")
class LinearLimitTest {

  private static final double TINY = 1e-9;

  /** Three columns of different units, an offset label, weights, classes that overlap. */
  private static Dataset<Row> rows(boolean classes) {
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < 600; r++) {
      double a = random.nextGaussian();
      double b = 1000 + 50 * random.nextGaussian();
      double c = 1e-3 * (random.nextGaussian() + a);
      double f = 0.4 + a - 0.02 * (b - 1000) + 300 * c + 2 * random.nextGaussian();
      double label = classes ? (f > 0 ? 1 : 0) : 70 + 8 * f;
      rows.add(RowFactory.create(label, Vectors.dense(a, b, c), 0.5 + random.nextDouble()));
    }
    StructType schema =
        new StructType()
            .add("label", DataTypes.DoubleType)
            .add("features", SQLDataTypes.VectorType())
            .add("w", DataTypes.DoubleType);
    return SparkTest.session().createDataFrame(rows, schema).repartition(3);
  }

  static Stream<Double> atOrAboveBetaMax() {
    // As a ratio, and as a beta far above any betaMax of these rows.
    return Stream.of(1.0, -10.0);
  }

  @ParameterizedTest
  @MethodSource("atOrAboveBetaMax")
  void logisticRegression(double ratioOrBeta) {
    Dataset<Row> rows = rows(true);
    ConvexReLUClassifier classifier =
        new ConvexReLUClassifier().setNumGates(16).setSkipRidge(TINY).setWeightCol("w");
    ConvexReLUClassificationModel model =
        (ratioOrBeta > 0
                ? classifier.setRegRatio(ratioOrBeta)
                : classifier.setRegParam(-ratioOrBeta))
            .fit(rows);
    assertThat(model.certificate().stopReason()).isEqualTo(StopReason.LINEAR);
    assertThat(model.certificate().relativeGap()).isBetween(0.0, 1e-3);
    LogisticRegressionModel linear =
        new LogisticRegression().setMaxIter(500).setTol(1e-13).setWeightCol("w").fit(rows);
    for (Row row : rows.takeAsList(200)) {
      Vector x = row.getAs("features");
      assertThat(model.predictRaw(x).apply(1))
          .isCloseTo(linear.predictRaw(x).apply(1), within(1e-5));
    }
  }

  @Test
  void linearRegression() {
    Dataset<Row> rows = rows(false);
    ConvexReLURegressionModel model =
        new ConvexReLURegressor()
            .setNumGates(16)
            .setSkipRidge(TINY)
            .setRegRatio(1)
            .setWeightCol("w")
            .fit(rows);
    assertThat(model.certificate().stopReason()).isEqualTo(StopReason.LINEAR);
    LinearRegressionModel linear =
        new LinearRegression().setSolver("normal").setWeightCol("w").fit(rows);
    for (Row row : rows.takeAsList(200)) {
      Vector x = row.getAs("features");
      assertThat(model.predict(x)).isCloseTo(linear.predict(x), within(1e-5));
    }
  }
}
