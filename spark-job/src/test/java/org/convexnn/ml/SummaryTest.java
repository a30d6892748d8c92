package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.apache.spark.ml.feature.VectorSlicer;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.util.LongAccumulator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.convexnn.SparkTest;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Metrics against their definitions, summed here over the scored rows. */
@Tag("spark")
class SummaryTest {

  private static final double ROUNDING = 1e-12;

  private Set<Integer> cached;

  @BeforeEach
  void whatIsCached() {
    cached = Set.copyOf(SparkTest.context().getPersistentRDDs().keySet());
  }

  /** MLlib keeps the points of a curve cached. */
  @AfterEach
  void releaseCurves() {
    SparkTest.context()
        .getPersistentRDDs()
        .forEach(
            (id, rdd) -> {
              if (!cached.contains(id)) {
                rdd.unpersist(true);
              }
            });
  }

  /** A linear function of three features, the intercept last. */
  private static Network linearOf(double... weights) {
    return new Network(
        FeatureMap.identity(3), GateSet.of(HalfSpaces.none(3)), weights, new double[1], 0, 1);
  }

  /** A linear function of the rows of the ring: neither good nor constant. */
  private static ConvexReLUClassificationModel classifier() {
    return new ConvexReLUClassificationModel(
        "mine", linearOf(2, -1, 0.5, 0.125), Models.CERTIFICATE);
  }

  private static ConvexReLURegressionModel linear() {
    return new ConvexReLURegressionModel("r", Models.linear(), Models.CERTIFICATE);
  }

  /** Rows with two features, and labels between -10 and -8. */
  private static Dataset<Row> narrow(int n) {
    return new VectorSlicer()
        .setInputCol("features")
        .setOutputCol("two")
        .setIndices(new int[] {0, 1})
        .transform(Models.hinge(n).withColumn("label", functions.expr("label / 100")))
        .drop("features")
        .withColumnRenamed("two", "features");
  }

  private static double weight(Row row) {
    return row.getAs("weight");
  }

  private static double label(Row row) {
    return row.getAs("label");
  }

  private static double prediction(Row row) {
    return row.getAs("prediction");
  }

  private static double score(Row row) {
    return row.<Vector>getAs("probability").apply(1);
  }

  private static double sum(List<Row> rows, ToDoubleFunction<Row> term) {
    return rows.stream().mapToDouble(term).sum();
  }

  private static double[] column(Dataset<Row> table, String name) {
    return table.select(name).collectAsList().stream().mapToDouble(r -> r.getDouble(0)).toArray();
  }

  @Test
  void aClassifierOfTwoClasses() {
    ConvexReLUClassificationModel model = classifier();
    model.set(model.weightCol(), "weight");
    ConvexReLUClassificationSummary summary = model.evaluate(Models.ring(80));
    List<Row> rows = model.transform(Models.ring(80)).collectAsList();
    double all = sum(rows, SummaryTest::weight);
    double right = sum(rows, r -> label(r) == prediction(r) ? weight(r) : 0);
    assertThat(summary.accuracy()).isCloseTo(right / all, within(ROUNDING)).isLessThan(1);
    assertThat(summary.labels()).containsExactly(0, 1);
    for (int k = 0; k < 2; k++) {
      double of = k;
      double hits = sum(rows, r -> label(r) == of && prediction(r) == of ? weight(r) : 0);
      double there = sum(rows, r -> label(r) == of ? weight(r) : 0);
      double said = sum(rows, r -> prediction(r) == of ? weight(r) : 0);
      assertThat(summary.recallByLabel()[k]).isCloseTo(hits / there, within(ROUNDING));
      assertThat(summary.precisionByLabel()[k]).isCloseTo(hits / said, within(ROUNDING));
    }
    // A pair of rows of class 1 and 0 counts where the first has the higher score; ties by half.
    double won = 0;
    double pairs = 0;
    for (Row one : rows) {
      for (Row zero : rows) {
        if (label(one) == 1 && label(zero) == 0) {
          double pair = weight(one) * weight(zero);
          pairs += pair;
          won += pair * (1 + Math.signum(score(one) - score(zero))) / 2;
        }
      }
    }
    assertThat(summary.areaUnderROC()).isCloseTo(won / pairs, within(ROUNDING));
    assertThat(summary.roc().columns()).containsExactly("FPR", "TPR");
    assertThat(column(summary.roc(), "TPR")).startsWith(0).endsWith(1);
    assertThat(summary.pr().columns()).containsExactly("recall", "precision");
    assertThat(column(summary.recallByThreshold(), "threshold"))
        .containsExactlyInAnyOrder(rows.stream().mapToDouble(SummaryTest::score).toArray());
    assertThat(summary.fMeasureByThreshold().columns()).containsExactly("threshold", "F-Measure");
    assertThat(List.of(summary.featuresCol(), summary.labelCol(), summary.predictionCol()))
        .containsExactly("features", "label", "prediction");
    assertThat(List.of(summary.probabilityCol(), summary.scoreCol(), summary.weightCol()))
        .containsExactly("probability", "probability", "weight");
    assertThat(summary.predictions().count()).isEqualTo(80);
  }

  @Test
  void rowsWithoutTheWeightColumnCountOnce() {
    ConvexReLUClassificationModel model = classifier();
    model.set(model.weightCol(), "weight");
    Dataset<Row> data = Models.ring(80).drop("weight");
    long right = model.transform(data).where("label = prediction").count();
    assertThat(model.evaluate(data).accuracy()).isCloseTo(right / 80.0, within(ROUNDING));
  }

  @Test
  void aClassifierOfThreeClassesHasNoCurves() {
    Network network =
        new Network(
            FeatureMap.identity(3),
            GateSet.of(HalfSpaces.none(3)),
            new double[] {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0},
            new double[3],
            0,
            1);
    ConvexReLUClassificationModel model =
        new ConvexReLUClassificationModel("three", network, Models.CERTIFICATE);
    Dataset<Row> data =
        Models.ring(90).withColumn("label", functions.expr("label + if(weight > 1, 1, 0)"));
    ConvexReLUClassificationSummary summary = model.evaluate(data);
    long right = model.transform(data).where("label = prediction").count();
    assertThat(summary.accuracy()).isCloseTo(right / 90.0, within(ROUNDING));
    assertThat(summary.weightedRecall()).isCloseTo(right / 90.0, within(ROUNDING));
    assertThat(summary.labels()).containsExactly(0, 1, 2);
    assertThatThrownBy(summary::areaUnderROC)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("of two classes", "this model has 3", "weightedFMeasure");
    assertThatThrownBy(summary::roc).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aRegression() {
    ConvexReLURegressionModel model = linear();
    model.set(model.weightCol(), "weight");
    Dataset<Row> data = narrow(70);
    ConvexReLURegressionSummary summary = model.evaluate(data);
    List<Row> rows = model.transform(data).collectAsList();
    double all = sum(rows, SummaryTest::weight);
    ToDoubleFunction<Row> residual = r -> label(r) - prediction(r);
    double squares = sum(rows, r -> weight(r) * Math.pow(residual.applyAsDouble(r), 2));
    double mean = sum(rows, r -> weight(r) * label(r)) / all;
    double total = sum(rows, r -> weight(r) * Math.pow(label(r) - mean, 2));
    double absolute = sum(rows, r -> weight(r) * Math.abs(residual.applyAsDouble(r)));
    double explained = sum(rows, r -> weight(r) * Math.pow(prediction(r) - mean, 2));
    assertThat(summary.meanSquaredError()).isCloseTo(squares / all, within(1e-9));
    assertThat(summary.rootMeanSquaredError()).isCloseTo(Math.sqrt(squares / all), within(1e-9));
    assertThat(summary.meanAbsoluteError()).isCloseTo(absolute / all, within(1e-9));
    assertThat(summary.r2()).isCloseTo(1 - squares / total, within(1e-9));
    assertThat(summary.explainedVariance()).isCloseTo(explained / all, within(1e-9));
    assertThat(summary.numInstances()).isEqualTo(70);
    assertThat(column(summary.residuals(), "residuals"))
        .containsExactlyInAnyOrder(rows.stream().mapToDouble(residual).toArray());
  }

  /** A network without gates that is MLlib's linear regression, on rows with and without weights. */
  @Test
  void devianceResidualsAreMllibs() {
    Dataset<Row> data = Models.hinge(70);
    for (String weightCol : List.of("", "weight")) {
      LinearRegressionModel theirs =
          new LinearRegression().setSolver("normal").setWeightCol(weightCol).fit(data);
      double[] weights = Arrays.copyOf(theirs.coefficients().toArray(), 4);
      weights[3] = theirs.intercept();
      ConvexReLURegressionModel ours =
          new ConvexReLURegressionModel("same", linearOf(weights), Models.CERTIFICATE);
      ours.set(ours.weightCol(), weightCol);
      double[] expected = theirs.summary().devianceResiduals();
      assertThat(expected[0]).isNegative();
      assertThat(expected[1]).isPositive();
      assertThat(ours.evaluate(data).devianceResiduals())
          .as("weightCol '%s'", weightCol)
          .containsExactly(expected, within(1e-9 * (expected[1] - expected[0])));
    }
  }

  @Test
  void nothingIsComputedUntilItIsAskedFor() {
    LongAccumulator touched = SparkTest.context().sc().longAccumulator();
    SparkTest.session()
        .udf()
        .register(
            "touched",
            (UDF1<Double, Double>)
                y -> {
                  touched.add(1);
                  return y;
                },
            DataTypes.DoubleType);
    // Behind a shuffle, where to make an RDD alone starts a job.
    Dataset<Row> data =
        Models.ring(50).withColumn("label", functions.expr("touched(label)")).repartition(2);
    ConvexReLUClassificationSummary summary = classifier().evaluate(data);
    assertThat(summary.predictions().columns()).contains("prediction");
    assertThat(touched.value()).isZero();
    assertThat(summary.accuracy()).isBetween(0.0, 1.0);
    assertThat(touched.value()).isEqualTo(50);
    assertThat(summary.weightedPrecision()).isBetween(0.0, 1.0);
    assertThat(summary.fMeasureByLabel()).hasSize(2);
    assertThat(touched.value()).as("one look for all metrics of classes").isEqualTo(50);
  }

  @Test
  void theTrainingSummaryIsOfTheTrainingRows() {
    ConvexReLUClassifier classifier =
        new ConvexReLUClassifier().setNumGates(8).setRegRatio(0.1).setWeightCol("weight");
    // Names that a summary needs are made up where the model has none.
    classifier.setPredictionCol("").setProbabilityCol("");
    Dataset<Row> data = Models.ring(120).withColumn("label", functions.expr("int(label)"));
    ConvexReLUClassificationModel model = classifier.fit(data);
    ConvexReLUClassificationTrainingSummary summary = model.summary();
    assertThat(summary.accuracy()).isEqualTo(model.evaluate(data).accuracy()).isGreaterThan(0.5);
    assertThat(summary.predictionCol()).startsWith("prediction_");
    assertThat(summary.probabilityCol()).startsWith("probability_");
    assertThat(summary.weightCol()).isEqualTo("weight");
    assertThat(summary.certificate()).isEqualTo(model.certificate());
    assertThat(summary.totalIterations()).isEqualTo(summary.trace().size()).isPositive();
    ConvexReLUClassificationModel copy = model.copy(new ParamMap());
    assertThat(copy.summary()).isSameAs(summary);
    assertThat(copy.provenance()).isEqualTo(model.provenance()).isPresent();
    assertThat(model.hasSummary()).isTrue();
  }

  @Test
  void metricsOfNoRowsAreRefused() {
    ConvexReLURegressionSummary numbers = linear().evaluate(narrow(5).where("false"));
    ConvexReLUClassificationSummary classes = classifier().evaluate(Models.ring(5).where("false"));
    for (ThrowingCallable metric :
        List.<ThrowingCallable>of(
            numbers::r2,
            numbers::meanAbsoluteError,
            numbers::devianceResiduals,
            classes::accuracy,
            classes::areaUnderROC)) {
      assertThatThrownBy(metric)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("has no rows");
    }
    assertThat(numbers.numInstances()).isZero();
  }

  @Test
  void aModelThatWasNotTrainedHereHasNoSummary() {
    assertThat(linear().hasSummary()).isFalse();
    assertThatThrownBy(() -> linear().summary())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("r has no training summary", "hasSummary()", "evaluate(dataset)");
  }

  @Test
  void aRegressionFromSumsHasItsCourseButNoRows() {
    ConvexReLURegressor regressor = new ConvexReLURegressor().setNumGates(4);
    Dataset<Row> data = Models.hinge(60);
    ConvexReLURegressionModel fromRows = regressor.fitPath(data, 0.1).get(0);
    assertThat(fromRows.summary().r2()).isEqualTo(fromRows.evaluate(data).r2());
    ConvexReLURegressionModel fromSums = regressor.statistics(data).fitPath(0.1).get(0);
    assertThat(fromSums.summary().certificate()).isEqualTo(fromSums.certificate());
    assertThatThrownBy(() -> fromSums.summary().r2())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("from sums", "evaluate(dataset)");
  }

  @Test
  void whatCannotBeEvaluatedIsRefusedByName() {
    ConvexReLUClassificationModel model = classifier();
    model.set(model.weightCol(), "weight");
    Dataset<Row> data = Models.ring(20);
    assertThatThrownBy(() -> model.evaluate(data.drop("label")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("label column 'label' does not exist");
    assertThatThrownBy(() -> model.evaluate(data.withColumn("label", functions.lit("a"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("has the type string", "StringIndexer");
    List<String> columns = List.of("label", "weight", "label");
    List<String> values = List.of("double(null)", "-1", "double('NaN')");
    List<String> messages =
        List.of(
            "label column 'label' has the value null: drop such rows",
            "weight column 'weight' has the value -1.0: weights must be",
            "label column 'label' has the value NaN: drop such rows");
    for (int i = 0; i < columns.size(); i++) {
      ConvexReLUClassificationSummary summary =
          model.evaluate(data.withColumn(columns.get(i), functions.expr(values.get(i))));
      assertThatThrownBy(summary::accuracy).hasStackTraceContaining(messages.get(i));
    }
  }
}
