package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Comparator;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.convexnn.SparkTest;
import org.convexnn.solver.PathPoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class EstimatorFitTest {

  @TempDir Path directory;
  private int cached;

  @BeforeEach
  void countCached() {
    cached = SparkTest.context().getPersistentRDDs().size();
  }

  @AfterEach
  void nothingStaysCached() {
    assertThat(SparkTest.context().getPersistentRDDs()).hasSize(cached);
  }

  private static ConvexReLUClassifier classifier() {
    return new ConvexReLUClassifier().setNumGates(24).setRegRatio(0.02).setSeed(1);
  }

  private static ConvexReLURegressor regressor() {
    return new ConvexReLURegressor().setNumGates(24).setRegRatio(0.01).setSeed(1);
  }

  private static double accuracy(Dataset<Row> scored) {
    return (double) scored.where("label = prediction").count() / scored.count();
  }

  @Test
  void aClassifierLearnsWhatIsNotLinear() {
    Dataset<Row> data = Models.ring(600);
    ConvexReLUClassifier classifier = classifier();
    ConvexReLUClassificationModel model = classifier.fit(data);
    assertThat(accuracy(model.transform(data))).isGreaterThan(0.9);
    assertThat(model.parent()).isSameAs(classifier);
    assertThat(model.uid()).isEqualTo(classifier.uid());
    assertThat(model.numClasses()).isEqualTo(2);
    assertThat(model.numFeatures()).isEqualTo(3);
    assertThat(model.getNumGates()).isEqualTo(24);
    assertThat(model.certificate().relativeGap()).isBetween(-1e-9, 1e-3);
    assertThat(model.toString()).contains("certificate");
  }

  /** Columns that depend on others: the model has fewer coordinates, and loads and scores as such. */
  @Test
  void principalComponentsOfDependentColumns() throws Exception {
    Dataset<Row> data =
        new VectorAssembler()
            .setInputCols(new String[] {"features", "constant", "features"})
            .setOutputCol("wide")
            .transform(Models.ring(600).withColumn("constant", functions.lit(3)))
            .drop("constant");
    ConvexReLUClassificationModel model =
        classifier().setFeaturesCol("wide").setNormalization("pca").fit(data);
    assertThat(model.numFeatures()).isEqualTo(7);
    assertThat(model.network().map().dimension()).isEqualTo(3);
    assertThat(model.certificate().relativeGap()).isBetween(-1e-9, 1e-3);
    Dataset<Row> scored = model.transform(data);
    assertThat(accuracy(scored)).isGreaterThan(0.9);
    String path = directory.resolve("model").toString();
    model.save(path);
    ConvexReLUClassificationModel loaded = ConvexReLUClassificationModel.load(path);
    assertThat(loaded.transform(data).select("rawPrediction").collectAsList())
        .isEqualTo(scored.select("rawPrediction").collectAsList());
    assertThat(loaded.getNormalization()).isEqualTo("pca");
  }

  @Test
  void aRegressorLearnsWhatIsNotLinear() {
    Dataset<Row> data = Models.hinge(600);
    ConvexReLURegressionModel model = regressor().fit(data);
    double error =
        model
            .transform(data)
            .select(functions.sqrt(functions.avg(functions.expr("pow(label - prediction, 2)"))))
            .first()
            .getDouble(0);
    // the label's standard deviation is about 65, a linear model leaves about 29
    assertThat(error).isLessThan(12);
  }

  @Test
  void theSummaryTellsTheCourse() {
    ConvexReLURegressionModel model = regressor().fit(Models.hinge(300));
    assertThat(model.hasSummary()).isTrue();
    ConvexReLUTrainingSummary summary = model.summary();
    assertThat(summary.rows()).isEqualTo(300);
    assertThat(summary.certificate()).isEqualTo(model.certificate());
    assertThat(summary.totalIterations()).isEqualTo(summary.trace().size()).isPositive();
    assertThat(summary.objectiveHistory())
        .hasSize(summary.totalIterations())
        .doesNotContain(Double.NaN);
    assertThat(summary.seconds()).isPositive();
    assertThat(summary.path()).isEmpty();
    assertThat(model.copy(new ParamMap()).hasSummary()).isTrue();
  }

  @Test
  void withoutRegParamThePathChooses() {
    ConvexReLUClassifier classifier = new ConvexReLUClassifier().setNumGates(16);
    ConvexReLUClassificationModel model = classifier.fit(Models.ring(400));
    assertThat(model.summary().path()).hasSizeGreaterThan(1);
    assertThat(model.summary().path().stream().map(PathPoint::ratio))
        .allMatch(r -> r > 0 && r <= 1);
    assertThat(model.isSet(model.regParam())).isFalse();
    // The ridge that was automatic: 0.1 * features / 400 is below the least.
    assertThat(model.getSkipRidge()).isEqualTo(1e-3);
    assertThat(classifier.isDefined(classifier.skipRidge())).isFalse();
  }

  @Test
  void anIntegerWeightCountsRowsSeveralTimes() {
    Dataset<Row> data = Models.hinge(200);
    Dataset<Row> weighted = data.withColumn("w", functions.col("weight").cast("int"));
    Dataset<Row> repeated =
        data.withColumn("i", functions.expr("explode(sequence(1, int(weight)))")).drop("i");
    // Automatic numbers go by rows; the objective is the same where it is given.
    ConvexReLURegressor regressor =
        regressor().setSkipRidge(1e-3).setSolver("gram").setPrecision("float64").setTol(1e-7);
    regressor.clear(regressor.regRatio()).set(regressor.getParam("regParam"), 0.002);
    ConvexReLURegressionModel a = regressor.copy(new ParamMap()).setWeightCol("w").fit(weighted);
    ConvexReLURegressionModel b = regressor.fit(repeated);
    assertThat(a.certificate().primalObjective())
        .isCloseTo(b.certificate().primalObjective(), within(1e-6));
    assertThat(a.summary().rows()).isEqualTo(200);
  }

  @Test
  void numericLabelsOfAnyTypeAreCast() {
    Dataset<Row> data = Models.ring(200).withColumn("label", functions.expr("int(label)"));
    assertThat(classifier().fit(data).certificate().gates()).isPositive();
  }

  @Test
  void sparseFeaturesTrainTheSameModel() {
    Dataset<Row> data = Models.ring(200);
    org.apache.spark.sql.expressions.UserDefinedFunction sparse =
        functions.udf(
            (org.apache.spark.sql.api.java.UDF1<Vector, Vector>) Vector::toSparse,
            org.apache.spark.ml.linalg.SQLDataTypes.VectorType());
    Dataset<Row> other = data.withColumn("features", sparse.apply(functions.col("features")));
    assertThat(classifier().fit(other).network())
        .usingRecursiveComparison()
        .isEqualTo(classifier().fit(data).network());
  }

  @Test
  void aFittedPipelineRoundTrips() throws Exception {
    Dataset<Row> data =
        SparkTest.session()
            .range(0, 300, 1, 3)
            .selectExpr(
                "sin(id) as a",
                "cos(id * 3) as b",
                "if(abs(sin(id)) > 0.6, 'yes', 'no') as answer");
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new StringIndexer().setInputCol("answer").setOutputCol("label"),
                  new VectorAssembler()
                      .setInputCols(new String[] {"a", "b"})
                      .setOutputCol("features"),
                  classifier()
                });
    PipelineModel model = pipeline.fit(data);
    String path = directory.resolve("pipeline").toString();
    model.write().overwrite().save(path);
    PipelineModel loaded = PipelineModel.load(path);
    assertThat(loaded.transform(data).select("probability", "prediction").collectAsList())
        .isEqualTo(model.transform(data).select("probability", "prediction").collectAsList());
    assertThat(accuracy(loaded.transform(data))).isGreaterThan(0.85);
  }

  // ---- what must be refused

  private static void refused(ConvexReLUClassifier classifier, Dataset<Row> data, String... text) {
    assertThatThrownBy(() -> classifier.fit(data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(text);
  }

  @Test
  void columnsAreCheckedBeforeAnyJob() {
    Dataset<Row> data = Models.ring(10);
    refused(
        classifier().setLabelCol("y"), data, "label column 'y' does not exist", "features, label");
    refused(classifier().setFeaturesCol("x"), data, "features column 'x' does not exist");
    refused(classifier().setWeightCol("w"), data, "weight column 'w' does not exist");
    refused(
        classifier().setFeaturesCol("label"), data, "has the type double, not vector", "Assembler");
    refused(
        classifier(),
        data.withColumn("label", functions.expr("string(label)")),
        "label column 'label' has the type string",
        "StringIndexer");
    refused(
        classifier(),
        data.withColumn("label", functions.expr("label = 1")),
        "has the type boolean",
        "cast it to double");
    refused(
        classifier().setWeightCol("w"),
        data.withColumn("w", functions.lit("heavy")),
        "weight column 'w' has the type string");
    refused(classifier().setSolver("gram"), data, "'gram'");
  }

  @Test
  void anEmptyWeightColIsNone() {
    assertThat(classifier().setWeightCol("").fit(Models.ring(100)).summary().rows()).isEqualTo(100);
  }

  @Test
  void oneClassAloneIsRefused() {
    Dataset<Row> data = Models.ring(50);
    refused(classifier(), data.where("label = 1"), "label column 'label' is 1 on all");
    Dataset<Row> masked = data.withColumn("weight", functions.expr("if(label = 1, 0, weight)"));
    refused(classifier().setWeightCol("weight"), masked, "'label' is 0 on all");
  }

  @Test
  void badValuesNameTheColumnByItsAttribute() {
    Dataset<Row> data =
        new VectorAssembler()
            .setInputCols(new String[] {"height", "age"})
            .setOutputCol("features")
            .setHandleInvalid("keep")
            .transform(
                SparkTest.session()
                    .range(20)
                    .selectExpr(
                        "double(id) as height",
                        "if(id = 7, double('NaN'), 1d) as age",
                        "id % 2 as label"));
    refused(classifier(), data, "feature 'age' (features[1]) has the value NaN");
  }

  @Test
  void noRowsAreRefused() {
    refused(classifier(), Models.ring(50).where("label = 7"), "0 rows");
  }

  /** Folds of cached rows: the table does not depend on partitions, and trees are grown per fold. */
  @Test
  void foldsChooseBetaOfAClassifier() {
    Dataset<Row> data = Models.ring(200);
    ConvexReLUClassifier classifier =
        new ConvexReLUClassifier()
            .setWeightCol("weight")
            .setNumFolds(3)
            .setPrecision("float64")
            .setSeed(1);
    for (int trees : new int[] {0, 4}) {
      classifier.setNumGates(8).setNumTrees(trees);
      ConvexReLUClassificationModel one = classifier.fit(data.coalesce(1));
      ConvexReLUClassificationModel four = classifier.fit(data.repartition(4));
      assertThat(one.getNumFolds()).isEqualTo(3);
      for (int k = 0; k < 7; k++) {
        PathPoint point = one.summary().path().get(k);
        assertThat(point.standardError()).isPositive();
        assertThat(four.summary().path().get(k).validationLoss())
            .isCloseTo(point.validationLoss(), within(1e-6));
      }
      PathPoint best =
          one.summary().path().stream()
              .min(Comparator.comparingDouble(PathPoint::validationLoss))
              .orElseThrow();
      assertThat(one.certificate().beta())
          .isCloseTo(best.ratio() * one.certificate().betaMax(), within(1e-12));
      assertThat(four.certificate().beta()).isCloseTo(one.certificate().beta(), within(1e-8));
      assertThat(one.certificate().relativeGap()).isBetween(0.0, 1e-2);
    }
  }
}
