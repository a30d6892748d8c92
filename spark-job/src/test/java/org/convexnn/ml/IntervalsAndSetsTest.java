package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Intervals and sets have the label as often as they promise, calibrated probabilities come true. */
@Tag("spark")
class IntervalsAndSetsTest {

  @TempDir Path folder;

  /** y = sin 2a + (0.1 + b) e, noise that grows with b in (0, 1); three classes; a count. */
  private static Dataset<Row> rows(int n, int seed) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < n; r++) {
      double a = random.nextGaussian();
      double b = random.nextDouble();
      double y = Math.sin(2 * a) + (0.1 + b) * random.nextGaussian();
      double count = Math.floor(-Math.log(1 - random.nextDouble()) * Math.exp(a * b));
      double kind = y > 0.7 ? 2 : y > -0.5 ? 1 : 0;
      rows.add(RowFactory.create(a, b, y, count, kind, kind > 0 ? 1.0 : 0.0, "g" + r / 2));
    }
    StructType schema = new StructType();
    for (String name : List.of("a", "b", "y", "count", "three", "binary")) {
      schema = schema.add(name, DataTypes.DoubleType);
    }
    return SparkTest.session()
        .createDataFrame(rows, schema.add("group", DataTypes.StringType))
        .repartition(3)
        .cache();
  }

  private static <E extends ConvexReLUTraining<E>> E small(E estimator) {
    return estimator.setFeaturesCols("a", "b").setNumGates(24).setRegRatio(0.01).setSeed(5);
  }

  private static ConvexReLURegressor regressor() {
    return small(new ConvexReLURegressor().setLabelCol("y")).setPredictionIntervalCol("interval");
  }

  private static double covered(Dataset<Row> scored, String label) {
    return scored
        .selectExpr("avg(if(" + label + " between interval.lower and interval.upper, 1d, 0d))")
        .first()
        .getDouble(0);
  }

  private static double width(Dataset<Row> scored, String where) {
    return scored
        .where(where)
        .selectExpr("avg(interval.upper - interval.lower)")
        .first()
        .getDouble(0);
  }

  /** 2,000 rows, half of which calibrate: the share of 20,000 others varies by .0095 about .9. */
  @ParameterizedTest
  @ValueSource(strings = {"residual", "scale", "quantile"})
  void labelsAreInTheirIntervals(String method) throws IOException {
    ConvexReLURegressor estimator = regressor().setIntervalMethod(method);
    ConvexReLURegressionModel model = estimator.fit(rows(2000, 1));
    Calibration calibration = model.calibration().orElseThrow();
    assertThat(calibration.coverage()).isEqualTo(0.9);
    assertThat(calibration.rows()).isBetween(900L, 1100L);
    assertThat(model.summary().rows()).isEqualTo(2000 - calibration.rows());
    Dataset<Row> others = rows(20_000, 2);
    assertThat(estimator.transformSchema(others.schema()).fieldNames()).contains("interval");
    Dataset<Row> scored = model.transform(others).cache();
    assertThat(scored.schema().apply("interval").dataType())
        .isEqualTo(model.transformSchema(others.schema()).apply("interval").dataType());
    assertThat(covered(scored, "y")).isCloseTo(0.9, within(0.025));
    // As wide as labels vary, or all of one width.
    double calm = width(scored, "b < 0.2");
    double wild = width(scored, "b > 0.8");
    if (!method.equals("residual")) {
      assertThat(wild).isGreaterThan(2 * calm);
      assertThat(scored.columns()).doesNotContain("lower").hasSize(others.columns().length + 2);
    } else {
      assertThat(wild).isCloseTo(calm, within(1e-9));
      assertThat(calm).isCloseTo(2 * calibration.quantile(), within(1e-9));
    }

    String path = folder.resolve("model").toString();
    model.save(path);
    ConvexReLURegressionModel loaded = ConvexReLURegressionModel.load(path);
    assertThat(loaded.calibration()).contains(calibration);
    Dataset<Row> again = loaded.transform(others.limit(50));
    assertThat(again.select("a", "interval").collectAsList())
        .containsExactlyInAnyOrderElementsOf(
            model.transform(others.limit(50)).select("a", "interval").collectAsList());
    // Without predictions, and none where none are wanted.
    assertThat(loaded.setPredictionCol("").transform(others).columns())
        .contains("interval")
        .hasSize(others.columns().length + 1);
    assertThat(model.setPredictionIntervalCol("").transform(others).columns())
        .doesNotContain("interval");
  }

  /** Ends are where the errors of the training rows, learnt as a count would be, say. */
  @Test
  void scalesAreLearntFromErrors() {
    Dataset<Row> rows = rows(2000, 1);
    ConvexReLURegressor estimator = regressor().setIntervalMethod("scale");
    ConvexReLURegressionModel model = estimator.fit(rows);
    Dataset<Row> training = CalibrationRows.of(estimator, rows).training();
    ConvexReLURegressionModel plain = model.copy(new ParamMap()).setPredictionIntervalCol("");
    Dataset<Row> errors =
        plain
            .transform(training)
            .withColumn("error", functions.expr("abs(y - prediction)"))
            .drop("prediction");
    ConvexReLURegressionModel scale =
        small(new ConvexReLURegressor().setLabelCol("error")).setLoss("poisson").fit(errors);
    scale.setPredictionCol("scale");
    double q = model.calibration().orElseThrow().quantile();
    double off =
        scale
            .transform(model.transform(rows(100, 3)))
            .selectExpr("max(abs(interval.upper - prediction - " + q + " * scale))")
            .first()
            .getDouble(0);
    assertThat(off).isLessThan(1e-9);
  }

  /** A model calibrates on rows of one's own, in units of its label; groups are not parted. */
  @Test
  void modelsCalibrateOnOtherRows() {
    ConvexReLURegressionModel model =
        small(new ConvexReLURegressor().setLabelCol("count")).setLoss("poisson").fit(rows(1000, 4));
    assertThat(model.calibration()).isEmpty();
    assertThatThrownBy(
            () ->
                model
                    .copy(new ParamMap())
                    .setPredictionIntervalCol("interval")
                    .transform(rows(10, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("predictionIntervalCol is 'interval'", "withCalibration(rows)");
    ConvexReLURegressionModel calibrated = model.withCalibration(rows(999, 6));
    Dataset<Row> scored =
        calibrated.setPredictionIntervalCol("interval").transform(rows(10_000, 7)).cache();
    assertThat(calibrated.calibration().orElseThrow().rows()).isEqualTo(999);
    assertThat(covered(scored, "count")).isGreaterThan(0.87);
    assertThat(scored.selectExpr("min(interval.lower)").first().getDouble(0)).isZero();
  }

  @Test
  void groupsAreHeldOutWhole() {
    Dataset<Row> rows = rows(3000, 8);
    CalibrationRows parted = CalibrationRows.of(regressor().setFoldCol("group"), rows);
    assertThat(
            parted
                .training()
                .select("group")
                .intersect(parted.calibration().select("group"))
                .count())
        .isZero();
    assertThat(parted.training().count() + parted.calibration().count()).isEqualTo(3000);
    // A third, and not the same rows for every seed.
    assertThat(parted.calibration().count()).isBetween(850L, 1150L);
    Dataset<Row> vectors =
        rows.withColumn(
            "features", org.apache.spark.ml.functions.array_to_vector(functions.array("a", "b")));
    assertThat(
            CalibrationRows.of(new ConvexReLURegressor().setLabelCol("y"), vectors)
                .calibration()
                .count())
        .isBetween(850L, 1150L);
    CalibrationRows others = CalibrationRows.of(regressor().setSeed(6), rows);
    assertThat(others.calibration().intersect(parted.calibration()).count()).isLessThan(500);
  }

  @ParameterizedTest
  @ValueSource(strings = {"three", "binary"})
  void labelsAreInTheirSets(String label) throws IOException {
    ConvexReLUClassificationModel model =
        small(new ConvexReLUClassifier().setLabelCol(label))
            .setPredictionSetCol("set")
            .setCoverage(0.8)
            .fit(rows(2000, 9));
    Dataset<Row> others = rows(20_000, 10);
    Dataset<Row> scored = model.transform(others).cache();
    Row found =
        scored
            .selectExpr("avg(if(array_contains(set, " + label + "), 1d, 0d))", "avg(size(set))")
            .first();
    assertThat(found.getDouble(0)).isCloseTo(0.8, within(0.03));
    assertThat(found.getDouble(1)).isBetween(0.8, 2.0);
    String path = folder.resolve("model").toString();
    model.save(path);
    ConvexReLUClassificationModel loaded = ConvexReLUClassificationModel.load(path);
    assertThat(
            loaded
                .setRawPredictionCol("")
                .transform(others.limit(50))
                .select("a", "set")
                .collectAsList())
        .containsExactlyInAnyOrderElementsOf(
            model.transform(others.limit(50)).select("a", "set").collectAsList());
    // A class is in the set by its probability alone.
    double least = 1 - model.calibration().orElseThrow().quantile();
    for (Row row : scored.select("probability", "set").limit(200).collectAsList()) {
      Vector p = row.getAs(0);
      List<Double> set = row.getList(1);
      for (int k = 0; k < p.size(); k++) {
        assertThat(set.contains((double) k)).isEqualTo(p.apply(k) >= least);
      }
    }
  }

  /** Weights of classes make probabilities too large, which rows that are held out tell. */
  @ParameterizedTest
  @ValueSource(strings = {"three", "binary"})
  void calibratedProbabilitiesComeTrue(String label) throws IOException {
    Dataset<Row> others = rows(20_000, 12).cache();
    ConvexReLUClassifier estimator =
        small(new ConvexReLUClassifier().setLabelCol(label)).setClassWeights("1:9");
    Dataset<Row> rows = rows(4000, 11);
    ConvexReLUClassificationModel plain = estimator.fit(rows);
    // The share of a class among 10,000 rows to calibrate on has a standard error of .005.
    ConvexReLUClassificationModel model =
        estimator.setProbabilityCalibration("isotonic").fit(rows).withCalibration(rows(10_000, 13));
    assertThat(logLoss(model, others)).isLessThan(logLoss(plain, others) - 0.05);
    String first = "avg(if(" + label + " = 1, 1d, 0d)) seen";
    Row means =
        model
            .transform(others)
            .withColumn(
                "p",
                org.apache.spark.ml.functions.vector_to_array(
                    functions.col("probability"), "float64"))
            .selectExpr(first, "avg(p[1]) told", "max(abs(aggregate(p, 0d, (s, v) -> s + v) - 1))")
            .first();
    assertThat(means.getDouble(1)).isCloseTo(means.getDouble(0), within(0.03));
    assertThat(means.getDouble(2)).isLessThan(1e-12);
    String path = folder.resolve("model").toString();
    model.save(path);
    ConvexReLUClassificationModel loaded = ConvexReLUClassificationModel.load(path);
    assertThat(loaded.calibration()).isEqualTo(model.calibration());
    assertThat(logLoss(loaded, others)).isCloseTo(logLoss(model, others), within(1e-12));
    assertThatThrownBy(() -> model.toOnnx(folder.resolve("m.onnx").toString()))
        .hasMessageContaining("probabilityCalibration is 'isotonic', and ONNX");
  }

  private static double logLoss(ConvexReLUClassificationModel model, Dataset<Row> rows) {
    return new MulticlassClassificationEvaluator()
        .setLabelCol(model.getLabelCol())
        .setMetricName("logLoss")
        .evaluate(model.transform(rows));
  }

  @Test
  void whatCannotBeCalibratedIsRefused() {
    numbers(
        e -> e.setPredictionSetCol("set"), "predictionSetCol is 'set'", "predictionIntervalCol");
    numbers(
        e -> e.setProbabilityCalibration("isotonic"),
        "probabilityCalibration is 'isotonic'",
        "classes");
    numbers(e -> e.setPredictionIntervalCol("y"), "predictionIntervalCol is 'y'", "has already");
    numbers(
        e -> e.setPredictionIntervalCol("i").setIntervalMethod("quantile").setSolver("gram"),
        "intervalMethod is 'quantile', for which two quantiles are learnt: loss is 'quantile'",
        "gram");
    numbers(
        e ->
            e.setLabelCol("count")
                .setLoss("poisson")
                .setOffsetCol("b")
                .setPredictionIntervalCol("i")
                .setIntervalMethod("quantile"),
        "intervalMethod is 'quantile' and offsetCol is 'b'",
        "residual");
    numbers(
        e -> e.setPredictionIntervalCol("i").setIntervalMethod("scale").setSolver("gram"),
        "intervalMethod is 'scale', for which the size of errors is learnt: loss is 'poisson'",
        "gram");
    numbers(
        e ->
            e.setLabelCol("binary")
                .setLoss("gamma")
                .setOffsetCol("b")
                .setPredictionIntervalCol("i")
                .setIntervalMethod("scale"),
        "intervalMethod is 'scale' and offsetCol is 'b'");
    numbers(
        e ->
            e.setPredictionIntervalCol("i")
                .setInitialModel(
                    small(new ConvexReLURegressor().setLabelCol("y")).fit(rows(60, 1))),
        "initialModel is set, and predictionIntervalCol is set",
        "withCalibration");
    numbers(
        e -> e.setPredictionIntervalCol("i").setCoverage(0.999),
        "coverage is 0.999",
        "at least 999");
    assertThatThrownBy(() -> new ConvexReLURegressor().setCoverage(1))
        .hasMessageContaining("coverage is 1.0; it must be in (0, 1)");
    assertThatThrownBy(() -> new ConvexReLURegressor().setIntervalMethod("jackknife"))
        .hasMessageContaining(
            "intervalMethod is 'jackknife'; it must be one of residual, scale, quantile");
    assertThatThrownBy(
            () ->
                small(new ConvexReLUClassifier().setLabelCol("binary"))
                    .setPredictionIntervalCol("i")
                    .fit(rows(60, 1)))
        .hasMessageContainingAll(
            "predictionIntervalCol is 'i' and labels are classes", "predictionSetCol");
    assertThatThrownBy(() -> regressor().statistics(rows(60, 1)))
        .hasMessageContainingAll("predictionIntervalCol is 'interval'", "withCalibration(rows)");
  }

  private static void numbers(UnaryOperator<ConvexReLURegressor> more, String... words) {
    ConvexReLURegressor estimator = more.apply(small(new ConvexReLURegressor().setLabelCol("y")));
    assertThatThrownBy(() -> estimator.fit(rows(60, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(words);
  }
}
