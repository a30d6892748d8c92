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
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.linalg.Blas;
import org.convexnn.network.Network;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A regressor of several labels at once: against one label, the linear fit and the objective by hand. */
@Tag("spark")
class SeveralLabelsTest {

  private static final String[] FEATURES = {"a", "b", "c"};

  @TempDir Path folder;

  /** y = sin 2a + b, z = 100 a b + noise, w weights 1 and 2. */
  private static Dataset<Row> rows(int n, int seed) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < n; r++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      double c = random.nextGaussian();
      double y = Math.sin(2 * a) + b + 0.1 * random.nextGaussian();
      double z = 100 * a * b + 5 * random.nextGaussian() + 1000;
      rows.add(RowFactory.create(a, b, c, y, z, 1.0 + r % 2));
    }
    StructType schema = new StructType();
    for (String name : List.of("a", "b", "c", "y", "z", "w")) {
      schema = schema.add(name, DataTypes.DoubleType);
    }
    return SparkTest.session()
        .createDataFrame(rows, schema)
        .withColumn("both", functions.array("y", "z"))
        .withColumn("twice", functions.array("y", "y"))
        .repartition(3)
        .cache();
  }

  /** Gates that no label decides, an optimum to many digits. */
  private static ConvexReLURegressor gates(String label) {
    return new ConvexReLURegressor()
        .setFeaturesCols(FEATURES)
        .setLabelCol(label)
        .setWeightCol("w")
        .setGateSampler("gaussian")
        .setNumGates(16)
        .setGroupNorm("euclidean")
        .setTol(1e-7)
        .setMaxIter(2000)
        .setSeed(3);
  }

  private static double[] predicted(ConvexReLURegressionModel model, Row row) {
    return model.predictOutputs(features(row));
  }

  private static Vector features(Row row) {
    return Vectors.dense(row.getDouble(0), row.getDouble(1), row.getDouble(2));
  }

  /** With V = (v, v) the objective is 2 (l(v) + beta / sqrt 2 ||v||): that of one label at beta / sqrt 2. */
  @Test
  void twoEqualLabelsAreOne() {
    Dataset<Row> rows = rows(400, 1);
    double beta = 0.01;
    ConvexReLURegressionModel two = gates("twice").setRegParam(beta).fit(rows);
    ConvexReLURegressionModel one = gates("y").setRegParam(beta / Math.sqrt(2)).fit(rows);
    assertThat(two.network().activeGroups()).isPositive();
    assertThat(two.certificate().primalObjective())
        .isCloseTo(2 * one.certificate().primalObjective(), within(1e-6));
    assertThat(two.certificate().relativeGap()).isBetween(-1e-12, 1e-7);
    for (Row row : rows.limit(50).collectAsList()) {
      double[] f = predicted(two, row);
      assertThat(f[0]).isCloseTo(f[1], within(1e-3));
      assertThat(f[0]).isCloseTo(predicted(one, row)[0], within(1e-3));
    }
  }

  /** At betaMax there is the linear part alone, whose ridge is small. */
  @Test
  void atBetaMaxEachLabelIsFittedLinearly() {
    Dataset<Row> rows = rows(400, 2);
    ConvexReLURegressionModel model = gates("both").setRegRatio(1).setSkipRidge(1e-9).fit(rows);
    Dataset<Row> vectors =
        rows.withColumn(
            "features",
            org.apache.spark.ml.functions.array_to_vector(functions.array("a", "b", "c")));
    LinearRegressionModel[] linear = new LinearRegressionModel[2];
    for (int k = 0; k < 2; k++) {
      linear[k] =
          new LinearRegression()
              .setLabelCol(k == 0 ? "y" : "z")
              .setWeightCol("w")
              .setSolver("normal")
              .fit(vectors);
    }
    for (Row row : rows.limit(50).collectAsList()) {
      double[] f = predicted(model, row);
      assertThat(f[0]).isCloseTo(linear[0].predict(features(row)), within(1e-5));
      assertThat(f[1]).isCloseTo(linear[1].predict(features(row)), within(1e-3));
    }
  }

  /** The mean of the sum of halved squares in units of each label's deviation, and a norm over outputs. */
  @Test
  void theObjectiveIsTheSumOverLabels() {
    Dataset<Row> rows = rows(300, 4);
    ConvexReLURegressionModel model = gates("both").setRegParam(0.02).fit(rows);
    Network network = model.network();
    double[][] sums = new double[2][3];
    List<Row> all = rows.collectAsList();
    for (Row row : all) {
      double w = row.getDouble(5);
      for (int k = 0; k < 2; k++) {
        double y = row.getDouble(3 + k);
        sums[k][0] += w;
        sums[k][1] += w * y;
        sums[k][2] += w * y * y;
      }
    }
    double objective = 0;
    for (Row row : all) {
      double[] f = predicted(model, row);
      for (int k = 0; k < 2; k++) {
        double mean = sums[k][1] / sums[k][0];
        double variance = sums[k][2] / sums[k][0] - mean * mean;
        double e = f[k] - row.getDouble(3 + k);
        objective += row.getDouble(5) / sums[k][0] * 0.5 * e * e / variance;
      }
    }
    int length = 2 * (network.map().dimension() + 1);
    for (int i = 1; i <= network.gates().size(); i++) {
      objective += 0.02 * Blas.norm(network.weights(), i * length, length);
    }
    double linear = Blas.norm(network.weights(), 0, length);
    objective += 0.5 * model.getSkipRidge() * linear * linear;
    assertThat(model.certificate().primalObjective()).isCloseTo(objective, within(1e-9));
    assertThat(model.certificate().dualBound())
        .isLessThanOrEqualTo(objective)
        .isGreaterThan((1 - 1e-6) * objective);
  }

  /** What a user does: trees, a vector label, a pipeline, saved, scored, explained, judged by label. */
  @Test
  void treesLearnSeveralLabels() throws IOException {
    Dataset<Row> rows =
        rows(4000, 5)
            .withColumn(
                "labels", org.apache.spark.ml.functions.array_to_vector(functions.col("both")))
            .drop("both", "twice");
    ConvexReLURegressor estimator =
        new ConvexReLURegressor()
            .setFeaturesCols(FEATURES)
            .setLabelCol("labels")
            .setNumTrees(40)
            .setSeed(1);
    ConvexReLURegressionModel model = estimator.fit(rows);
    assertThat(model.network().gates().forest().narrow()).isTrue();
    assertThat(estimator.transformSchema(rows.schema()).apply("prediction").dataType())
        .isEqualTo(model.transformSchema(rows.schema()).apply("prediction").dataType())
        .isEqualTo(DataTypes.createArrayType(DataTypes.DoubleType, false));
    ConvexReLURegressionSummary summary =
        model.evaluate(rows(2000, 6).withColumnRenamed("both", "labels"));
    assertThat(summary.ofOutput(0).r2()).isGreaterThan(0.9);
    assertThat(summary.ofOutput(1).r2()).isGreaterThan(0.85);
    assertThat(model.summary().ofOutput(1).featureImportances().apply(2))
        .isLessThan(0.1 * model.summary().ofOutput(1).featureImportances().apply(0));
    assertThatThrownBy(summary::r2)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("trained on 2 labels: metrics are of one; ask ofOutput(k)");
    assertThatThrownBy(() -> summary.ofOutput(2))
        .hasMessageContaining("output 2 of a model of 2 outputs; it must be from 0 to 1");
    assertThatThrownBy(() -> model.predict(Vectors.dense(1, 1, 1)))
        .hasMessageContaining("use predictOutputs");

    Dataset<Row> explained = model.contributions(rows.limit(20));
    List<Row> told = model.transform(explained).collectAsList();
    for (Row row : told) {
      List<Vector> phi = row.getList(row.fieldIndex("contributions"));
      List<Double> f = row.getList(row.fieldIndex("prediction"));
      for (int k = 0; k < 2; k++) {
        double sum = 0;
        for (double each : phi.get(k).toArray()) {
          sum += each;
        }
        assertThat(sum).isCloseTo(f.get(k), within(1e-9 * Math.max(1, Math.abs(f.get(k)))));
      }
    }

    PipelineModel pipeline = new Pipeline().setStages(new PipelineStage[] {estimator}).fit(rows);
    String path = folder.resolve("pipeline").toString();
    pipeline.save(path);
    Dataset<Row> some = rows.limit(50);
    assertThat(PipelineModel.load(path).transform(some).select("a", "prediction").collectAsList())
        .containsExactlyInAnyOrderElementsOf(
            model.transform(some).select("a", "prediction").collectAsList());
  }

  @Test
  void whatIsOfOneLabelIsRefused() {
    refused(e -> e.setLoss("poisson"), "holds several numbers a row", "loss is 'poisson'");
    refused(e -> e.setOffsetCol("c"), "offsetCol is set");
    refused(e -> e.setPredictionIntervalCol("i"), "predictionIntervalCol is set");
    refused(e -> e.setEvalMetric("mae"), "evalMetric is 'mae'");
    refused(e -> e.setMonotoneConstraints("a:1"), "monotoneConstraints is set");
    refused(e -> e.setActivation("relu"), "activation is 'relu'");
    refused(e -> e.setSolver("gram"), "solver is 'gram'");
    Dataset<Row> rows = rows(60, 1);
    assertThatThrownBy(() -> gates("both").fitPath(rows, 0.5))
        .hasMessageContainingAll("label column 'both'", "one pass are of one label");
    bad("array(y)", "holds arrays of 1 numbers", "take the number itself");
    bad("if(a > 0.5, array(y, z, z), array(y, z))", "numbers (partition", "as many labels");
    bad("if(a > 0, array(y, null), array(y, z))", "has a null among its numbers");
    bad("array(y, double('NaN'))", "has the value NaN", "must be finite");
    bad("if(a > 0, null, array(y, z))", "label column 'bad' is null");
    bad("array('x', 'y')", "not a numeric one");
  }

  private static void refused(UnaryOperator<ConvexReLURegressor> more, String... words) {
    Dataset<Row> rows = rows(60, 1);
    ConvexReLURegressor estimator =
        more.apply(new ConvexReLURegressor().setFeaturesCols(FEATURES).setLabelCol("both"));
    assertThatThrownBy(() -> estimator.fit(rows))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(words);
  }

  private static void bad(String label, String... words) {
    Dataset<Row> rows = rows(60, 1).withColumn("bad", functions.expr(label));
    assertThatThrownBy(() -> gates("bad").setRegRatio(0.1).fit(rows))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(words);
  }
}
