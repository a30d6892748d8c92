package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.solver.PathPoint;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Held-out rows judge by what MLlib's evaluators say of them. */
@Tag("spark")
class EvalMetricTest {

  private static Dataset<Row> rows(int n) {
    Random random = new Random(21);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < n; r++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      double f = 2 * Math.sin(2 * a) - b * b + random.nextGaussian();
      rows.add(
          RowFactory.create(
              a,
              b,
              f * f * f,
              f > 0 ? 1.0 : 0.0,
              f > 0.5 ? 2.0 : f > -1 ? 1.0 : 0.0,
              1.0 + r % 2,
              r % 3 == 0));
    }
    StructType schema = new StructType();
    for (String name : List.of("a", "b", "number", "binary", "three", "w")) {
      schema = schema.add(name, DataTypes.DoubleType);
    }
    return SparkTest.session()
        .createDataFrame(rows, schema.add("held", DataTypes.BooleanType))
        .repartition(3)
        .cache();
  }

  private static <E extends ConvexReLUTraining<E>> E with(E estimator, String metric) {
    return estimator
        .setFeaturesCols("a", "b")
        .setWeightCol("w")
        .setValidationIndicatorCol("held")
        .setEvalMetric(metric)
        .setSeed(3);
  }

  /** On the path of half-spaces, whose chosen point is solved further without the held-out rows. */
  @ParameterizedTest
  @CsvSource({"binary, areaUnderROC", "binary, accuracy", "three, accuracy", "three, logLoss"})
  void thePathOfClassesHasTheMetricOfTheHeldOutRows(String label, String metric) {
    Dataset<Row> rows = rows(900);
    ConvexReLUClassificationModel model =
        with(new ConvexReLUClassifier().setLabelCol(label), metric)
            .setNumGates(16)
            .setTol(1e-2)
            .fit(rows);
    Dataset<Row> held = model.transform(rows.where("held")).cache();
    double expected =
        metric.equals("areaUnderROC")
            ? 1
                - new BinaryClassificationEvaluator()
                    .setLabelCol(label)
                    .setWeightCol("w")
                    .evaluate(held)
            : new MulticlassClassificationEvaluator()
                .setLabelCol(label)
                .setWeightCol("w")
                .setMetricName(metric)
                .evaluate(held);
    double shown = metric.equals("accuracy") ? 1 - expected : expected;
    assertThat(least(model.summary().path())).isCloseTo(shown, within(0.01));
  }

  /** The path has errors in standard deviations of the label. */
  @ParameterizedTest
  @ValueSource(strings = {"rmse", "mae"})
  void thePathOfNumbersHasTheMetricOfTheHeldOutRows(String metric) {
    Dataset<Row> rows = rows(900);
    ConvexReLURegressionModel model =
        with(new ConvexReLURegressor().setLabelCol("number"), metric).setNumGates(16).fit(rows);
    double error =
        new RegressionEvaluator()
            .setLabelCol("number")
            .setWeightCol("w")
            .setMetricName(metric)
            .evaluate(model.transform(rows.where("held")));
    Row moments =
        rows.selectExpr("sum(w * number) / sum(w) m", "sum(w * number * number) / sum(w) s")
            .first();
    double deviation =
        Math.sqrt(moments.getDouble(1) - moments.getDouble(0) * moments.getDouble(0));
    assertThat(least(model.summary().path())).isCloseTo(error / deviation, within(0.02));
  }

  /** Labels of long tails: what chooses by absolute errors is no worse by them on its held-out rows. */
  @Test
  void treesAreChosenByTheMetric() {
    Dataset<Row> rows = rows(3000);
    double byMae = mae(with(new ConvexReLURegressor().setLabelCol("number"), "mae"), rows);
    double byLoss = mae(with(new ConvexReLURegressor().setLabelCol("number"), "auto"), rows);
    assertThat(byMae).isLessThanOrEqualTo(byLoss * 1.002);
    List<PathPoint> path =
        with(new ConvexReLUClassifier().setLabelCol("binary"), "areaUnderROC")
            .fit(rows)
            .summary()
            .path();
    assertThat(least(path)).isBetween(0.05, 0.4);
  }

  private static double mae(ConvexReLURegressor regressor, Dataset<Row> rows) {
    return new RegressionEvaluator()
        .setLabelCol("number")
        .setWeightCol("w")
        .setMetricName("mae")
        .evaluate(regressor.fit(rows).transform(rows.where(functions.col("held"))));
  }

  private static double least(List<PathPoint> path) {
    return path.stream()
        .map(PathPoint::validationLoss)
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }

  @Test
  void whatDoesNotJudgeIsRefused() {
    Dataset<Row> rows = rows(50);
    classes("binary", "rmse", e -> e, "labels are classes", "areaUnderROC");
    classes("three", "areaUnderROC", e -> e, "more than two classes", "accuracy");
    classes("binary", "accuracy", e -> e.setRegParam(0.1), "regParam", "unset evalMetric");
    classes("binary", "accuracy", e -> e.setActivation("relu"), "activation is 'relu'", "gated");
    numbers("accuracy", e -> e, "labels are numbers", "mae");
    numbers("deviance", e -> e, "loss 'squared' has no deviance", "poisson");
    numbers("rmse", e -> e.setLoss("quantile"), "loss is 'quantile'", "pinball");
    numbers(
        "mae",
        e -> e.setLoss("poisson").setLabelCol("w").setOffsetCol("b"),
        "offsetCol is 'b'",
        "deviance");
    assertThatThrownBy(() -> new ConvexReLURegressor().setEvalMetric("auc"))
        .hasMessageContaining("evalMetric is 'auc'; it must be one of auto, logLoss, areaUnderROC");
    assertThatThrownBy(
            () ->
                new ConvexReLURegressor()
                    .setFeaturesCols("a")
                    .setLabelCol("number")
                    .setEvalMetric("mae")
                    .statistics(rows))
        .hasMessageContainingAll("evalMetric is 'mae'", "one pass");
  }

  private static void classes(
      String label,
      String metric,
      UnaryOperator<ConvexReLUClassifier> more,
      String first,
      String second) {
    ConvexReLUClassifier estimator =
        more.apply(
            new ConvexReLUClassifier()
                .setFeaturesCols("a", "b")
                .setLabelCol(label)
                .setEvalMetric(metric));
    assertThatThrownBy(() -> estimator.fit(rows(60)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("evalMetric is '" + metric + "'", first, second);
  }

  private static void numbers(
      String metric, UnaryOperator<ConvexReLURegressor> more, String first, String second) {
    ConvexReLURegressor estimator =
        more.apply(
            new ConvexReLURegressor()
                .setFeaturesCols("a", "b")
                .setLabelCol("number")
                .setEvalMetric(metric));
    assertThatThrownBy(() -> estimator.fit(rows(60)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("evalMetric is '" + metric + "'", first, second);
  }
}
