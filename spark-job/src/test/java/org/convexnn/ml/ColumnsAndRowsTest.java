package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.convexnn.solver.PathPoint;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which columns and rows fit and transform take, and what they say about the others. */
@Tag("spark")
class ColumnsAndRowsTest {

  @TempDir Path directory;

  private static final StructType WIDE =
      Models.SCHEMA
          .add("held", "boolean")
          .add("text", "string")
          .add(new AttributeGroup("four", 4).toStructField());

  private static ConvexReLUClassifier classifier() {
    return new ConvexReLUClassifier().setNumGates(4).setRegRatio(0.05).setTol(0.01);
  }

  private static ConvexReLURegressor regressor() {
    return new ConvexReLURegressor().setNumGates(4).setRegRatio(0.05).setTol(0.01);
  }

  private static ConvexReLUClassificationModel model() {
    return new ConvexReLUClassificationModel("mine", Models.network(), Models.CERTIFICATE);
  }

  static Stream<Arguments> refusedSchemas() {
    ConvexReLUClassifier byMarks = new ConvexReLUClassifier().setValidationIndicatorCol("held");
    ConvexReLUClassifier going = new ConvexReLUClassifier().setInitialModel("path");
    return Stream.of(
        refused(
            classifier().setFeaturesCol("x"), "features column 'x' does not", "set featuresCol"),
        refused(classifier().setFeaturesCol("text"), "the type string, not vector", "Assembler"),
        refused(classifier().setLabelCol("y"), "label column 'y' does not exist", "set labelCol"),
        refused(classifier().setLabelCol("text"), "the type string", "StringIndexer"),
        refused(classifier().setWeightCol("w"), "weight column 'w' does not", "set weightCol"),
        refused(classifier().setWeightCol("text"), "weight column 'text'", "cast it to double"),
        refused(
            classifier().setValidationIndicatorCol("v"),
            "validation indicator column 'v' does not exist",
            "set validationIndicatorCol"),
        refused(
            classifier().setValidationIndicatorCol("label"),
            "validation indicator column 'label' has the type double, not boolean",
            "compare"),
        refused(
            byMarks.copy(new ParamMap()).setRegParam(0.1),
            "validationIndicatorCol is 'held', and regParam is set",
            "unset one"),
        refused(
            byMarks.copy(new ParamMap()).setRegRatio(0.1),
            "validationIndicatorCol is 'held', and regRatio is set",
            "unset one"),
        refused(
            byMarks.copy(new ParamMap()).setNumFolds(3),
            "validationIndicatorCol is 'held', and numFolds is set",
            "unset one"),
        refused(
            going.copy(new ParamMap()).setNumFolds(3),
            "initialModel is set, and numFolds is set",
            "unset one"),
        refused(
            going.copy(new ParamMap()).setValidationIndicatorCol("held"),
            "initialModel is set, and validationIndicatorCol is set",
            "unset one"),
        refused(
            going.copy(new ParamMap()).setActivation("relu"),
            "initialModel is set, and activation 'relu' is set",
            "unset one"),
        refused(
            classifier().setPredictionCol("label"),
            "predictionCol is 'label', a column that the data set has already",
            "another name"),
        refused(
            classifier().setRawPredictionCol("p").setProbabilityCol("p"),
            "rawPredictionCol and probabilityCol are both 'p'",
            "its own name"),
        refused(
            regressor().setPredictionCol("text"),
            "predictionCol is 'text', a column that the data set has already",
            "another name"),
        refused(model().setFeaturesCol("x"), "features column 'x' does not", "set featuresCol"),
        refused(model().setFeaturesCol("label"), "the type double, not vector", "Assembler"),
        refused(
            model().setFeaturesCol("four"),
            "features column 'four' has 4 features by its metadata, the model was trained on 3",
            "same feature columns"),
        refused(
            model().setProbabilityCol("held"),
            "probabilityCol is 'held', a column that the data set has already",
            "another name"),
        refused(
            new ConvexReLURegressionModel("r", Models.linear(), Models.CERTIFICATE)
                .setPredictionCol("text"),
            "predictionCol is 'text', a column",
            "another name"));
  }

  private static Arguments refused(PipelineStage stage, String culprit, String remedy) {
    return Arguments.of(stage, culprit, remedy);
  }

  /** No data set, so no job: the schema is enough. */
  @ParameterizedTest
  @MethodSource("refusedSchemas")
  void schemasAreRefused(PipelineStage stage, String culprit, String remedy) {
    assertThatThrownBy(() -> stage.transformSchema(WIDE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(culprit, remedy);
  }

  private static Dataset<Row> rows(Vector... features) {
    List<Row> rows =
        Stream.of(features).map(x -> RowFactory.create(x, 1.0 * x.size() % 2, 1.0)).toList();
    return SparkTest.session().createDataFrame(rows, Models.SCHEMA);
  }

  @Test
  void vectorsOfSeveralSizesAreRefused() {
    assertThatThrownBy(() -> regressor().fit(rows(Vectors.dense(1, 2), Vectors.dense(1, 2, 3))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("features column 'features'", "entries", "VectorAssembler");
  }

  @Test
  void thresholdsAreOneForEachClass() {
    Dataset<Row> data = Models.ring(40);
    assertThatThrownBy(() -> classifier().setThresholds(new double[] {0.2, 0.3, 0.5}).fit(data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("thresholds has 3 numbers", "'label' 2 classes", "one number");
    ConvexReLUClassificationModel model = classifier().setThresholds(new double[] {0, 1}).fit(data);
    assertThat(model.transform(data).where("prediction = 0").count()).isEqualTo(40);
  }

  // ---- invalid features

  private static Dataset<Row> withInvalid(int n) {
    return Models.ring(n)
        .unionAll(
            SparkTest.session()
                .createDataFrame(
                    List.of(
                        RowFactory.create(Vectors.dense(0, Double.NaN, 0), 1.0, 1.0),
                        RowFactory.create(
                            Vectors.sparse(3, new int[] {2}, new double[] {1 / 0.0}), 0.0, 1.0),
                        RowFactory.create(null, 0.0, 1.0)),
                    Models.SCHEMA));
  }

  @Test
  void invalidRowsAreRefusedSkippedOrKept() {
    Dataset<Row> data = withInvalid(60);
    assertThatThrownBy(() -> classifier().fit(data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("handleInvalid = 'skip'");
    ConvexReLUClassificationModel clean = classifier().fit(Models.ring(60));
    ConvexReLUClassificationModel skips = classifier().setHandleInvalid("skip").fit(data);
    ConvexReLUClassificationModel keeps = classifier().setHandleInvalid("keep").fit(data);
    assertThat(skips.network()).usingRecursiveComparison().isEqualTo(clean.network());
    assertThat(keeps.network().imputation().indicated()).containsExactly(1);
    assertThat(keeps.summary().rows()).isEqualTo(61);
    assertThat(skips.transform(data).collectAsList()).hasSize(60);
    assertThatThrownBy(() -> clean.transform(data).collectAsList())
        .hasStackTraceContaining("handleInvalid to 'skip' (leave them out) or 'keep'");
    for (ConvexReLUClassificationModel model :
        List.of(
            keeps,
            keeps.copy(new ParamMap()).setThresholds(new double[] {0.3, 0.7}),
            keeps.copy(new ParamMap()).setRawPredictionCol(""))) {
      List<Row> scored = model.transform(data).collectAsList();
      assertThat(scored).hasSize(63);
      for (Row row : scored) {
        Vector x = row.getAs("features");
        boolean invalid = x == null || Double.isInfinite(Vectors.norm(x, 1));
        assertThat(Double.isNaN(row.<Double>getAs("prediction"))).isEqualTo(invalid);
        assertThat(Double.isNaN(row.<Vector>getAs("probability").apply(1))).isEqualTo(invalid);
      }
    }
    ConvexReLURegressionModel numbers = regressor().setHandleInvalid("keep").fit(data);
    assertThat(numbers.predict(null)).isNaN();
    assertThatThrownBy(
            () -> regressor().setHandleInvalid("keep").fit(data.where("features is null")))
        .hasMessageContaining("is null or has an infinite entry on all 1 rows");
    assertThat(numbers.predict(Vectors.dense(1, 0 / 0.0, 2))).isFinite();
    assertThatThrownBy(
            () -> numbers.setHandleInvalid("error").predict(Vectors.dense(1, 0 / 0.0, 2)))
        .hasMessageContaining("feature 1 of a features vector is NaN");
  }

  // ---- rows that choose beta

  @Test
  void markedRowsChooseBeta() {
    // Labels of the marked rows are noise, so that the linear end of the path is best for them.
    Dataset<Row> data =
        Models.hinge(240)
            .withColumn("held", functions.expr("weight > 1 and features is not null"))
            .withColumn("label", functions.expr("if(held, -1000 + 65 * randn(1), label)"));
    ConvexReLURegressor regressor =
        new ConvexReLURegressor().setNumGates(6).setValidationIndicatorCol("held");
    ConvexReLURegressionModel model = regressor.fit(data);
    List<PathPoint> path = model.summary().path();
    double best = path.stream().mapToDouble(PathPoint::validationLoss).min().orElseThrow();
    assertThat(path).hasSizeGreaterThan(1).allMatch(p -> Double.isNaN(p.standardError()));
    assertThat(model.certificate().beta())
        .isCloseTo(
            path.stream().filter(p -> p.validationLoss() == best).findFirst().orElseThrow().beta(),
            within(1e-9));
    assertThat(model.getRefit()).isTrue();
    // Marked rows are trained on where that is asked for: another fit, at the same share of
    // betaMax.
    ConvexReLURegressionModel refitted = regressor.copy(new ParamMap()).setRefit(true).fit(data);
    assertThat(refitted.certificate().betaMax())
        .isNotCloseTo(model.certificate().betaMax(), within(1e-6));
    Dataset<Row> nulls = data.withColumn("held", functions.expr("nullif(held, true)"));
    assertThatThrownBy(() -> regressor.fit(nulls))
        .hasMessageContainingAll("validation indicator column 'held' is null", "false trains");
    Dataset<Row> none = data.withColumn("held", functions.lit(false));
    assertThatThrownBy(() -> regressor.fit(none))
        .hasMessageContainingAll("validationIndicatorCol", "no row falls into it");
    assertThatThrownBy(() -> regressor.statistics(data))
        .hasMessageContainingAll("validationIndicatorCol is set", "one pass");
  }

  // ---- a model to start from

  @Test
  void trainingGoesOnFromAModel() throws Exception {
    Dataset<Row> data = Models.ring(120);
    ConvexReLUClassifier cold =
        classifier().setNumGates(12).setSolver("admm").setPrecision("float64").setTol(1e-3);
    ConvexReLUClassificationModel first = cold.fit(data);
    String path = directory.resolve("model").toString();
    first.save(path);
    ConvexReLUClassifier warm =
        new ConvexReLUClassifier("warm").setSolver("admm").setPrecision("float64");
    ConvexReLUClassificationModel fromMemory = warm.setInitialModel(first).fit(data);
    // The model's beta and tolerance, its gates, its optimum.
    assertThat(fromMemory.certificate().beta()).isEqualTo(first.certificate().beta());
    assertThat(fromMemory.certificate().tol()).isEqualTo(1e-3);
    assertThat(fromMemory.certificate().relativeGap()).isLessThanOrEqualTo(1e-3);
    assertThat(fromMemory.certificate().primalObjective())
        .isCloseTo(
            first.certificate().primalObjective(),
            within(1e-3 * first.certificate().primalObjective()));
    assertThat(fromMemory.certificate().passes()).isLessThan(first.certificate().passes());
    assertThat(fromMemory.isSet(fromMemory.regParam())).isFalse();
    assertThat(fromMemory.uid()).isEqualTo("warm");
    ConvexReLUClassificationModel fromCopy = warm.copy(new ParamMap()).fit(data);
    assertThat(fromCopy.network()).usingRecursiveComparison().isEqualTo(fromMemory.network());
    assertThatThrownBy(warm::write).hasMessageContainingAll("in memory", "setInitialModel(path)");
    ConvexReLUClassificationModel fromPath = warm.setInitialModel(path).fit(data);
    assertThat(fromPath.network()).usingRecursiveComparison().isEqualTo(fromMemory.network());
    assertThat(fromPath.getInitialModel()).isEqualTo(path);
    assertThat(warm.write()).isNotNull();
    assertThatThrownBy(() -> new ConvexReLURegressor().setInitialModel(path).fit(data))
        .hasMessageContainingAll(path, "holds a", "not a");
    assertThatThrownBy(() -> warm.fit(widened(data)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("initialModel was trained on 3 features, the rows have 6");
    Dataset<Row> three = data.withColumn("label", functions.expr("label + weight - 1"));
    assertThatThrownBy(() -> warm.fit(three))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("initialModel tells 2 classes apart, the labels have 3");
  }

  private static Dataset<Row> widened(Dataset<Row> data) {
    return new org.apache.spark.ml.feature.VectorAssembler()
        .setInputCols(new String[] {"features", "features"})
        .setOutputCol("both")
        .transform(data)
        .drop("features")
        .withColumnRenamed("both", "features");
  }

  @Test
  void aLinearModelHasNothingToGoOnFrom() {
    Dataset<Row> data = Models.hinge(60);
    ConvexReLURegressionModel linear = regressor().setRegRatio(1).fit(data);
    assertThat(linear.network().gates().size()).isZero();
    ConvexReLURegressionModel model = regressor().setInitialModel(linear).fit(data);
    assertThat(model.certificate().activeNeurons()).isPositive();
  }

  // ---- what travels to the executors

  @Test
  void aLargeModelDoesNotTravelWithItsTasks() throws Exception {
    int gates = 40_000;
    Network large =
        new Network(
            FeatureMap.identity(3),
            GateSet.of(
                new HalfSpaces(3, new double[3 * gates], new double[gates], new double[gates])),
            new double[4 * (1 + gates)],
            new double[1],
            0,
            1);
    ConvexReLUClassificationModel model =
        new ConvexReLUClassificationModel("large", large, Models.CERTIFICATE);
    assertThat(bytes(model)).isGreaterThan(2_000_000);
    assertThat(bytes(model.shared(SparkTest.session()))).isLessThan(50_000);
    assertThat(bytes(model().shared(SparkTest.session()))).isLessThan(50_000);
  }

  private static int bytes(Object object) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    return bytes.size();
  }
}
