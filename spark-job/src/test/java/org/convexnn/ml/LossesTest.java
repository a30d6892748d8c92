package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.regression.GeneralizedLinearRegression;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.solver.StopReason;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Losses and offsets of the regressor beside MLlib's linear models and closed forms. */
@Tag("spark")
class LossesTest {

  private static final int N = 400;

  @TempDir Path folder;

  /** a, b, exposure, its logarithm o, weight w, a count y, a positive amount, an amount or 0. */
  private static Dataset<Row> policies() {
    Random random = new Random(7);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < N; r++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      double exposure = 0.2 + random.nextDouble();
      double mean = exposure * Math.exp(0.4 * a - 0.3 * b + 0.2);
      double exponential = -Math.log(1 - random.nextDouble());
      double count = Math.floor(exponential * (0.5 + mean));
      rows.add(
          RowFactory.create(
              a,
              b,
              Math.log(exposure),
              1.0 + r % 2,
              count,
              mean * (0.05 + exponential),
              count * exponential));
    }
    StructType schema = new StructType();
    for (String name : List.of("a", "b", "o", "w", "count", "amount", "loss")) {
      schema = schema.add(name, DataTypes.DoubleType);
    }
    return new VectorAssembler()
        .setInputCols(new String[] {"a", "b"})
        .setOutputCol("features")
        .transform(SparkTest.session().createDataFrame(rows, schema).repartition(3))
        .cache();
  }

  private static ConvexReLURegressor regressor(String loss, String label) {
    return new ConvexReLURegressor().setLoss(loss).setLabelCol(label).setNumGates(4).setSeed(1);
  }

  /** Without neurons and nearly without a ridge the network is the generalised linear model. */
  @ParameterizedTest
  @CsvSource({"poisson, count", "gamma, amount", "tweedie, loss"})
  void atBetaMaxItIsTheGeneralizedLinearModel(String family, String label) {
    Dataset<Row> data = policies();
    GeneralizedLinearRegression linear =
        new GeneralizedLinearRegression()
            .setFamily(family)
            .setLabelCol(label)
            .setWeightCol("w")
            .setOffsetCol("o")
            .setTol(1e-12);
    if (family.equals("tweedie")) {
      linear.setVariancePower(1.5).setLinkPower(0);
    } else {
      linear.setLink("log");
    }
    GeneralizedLinearRegressionModel expected = linear.fit(data);
    ConvexReLURegressionModel model =
        regressor(family, label)
            .setWeightCol("w")
            .setOffsetCol("o")
            .setRegRatio(1)
            .setSkipRidge(1e-9)
            .setTol(1e-9)
            .fit(data);
    Dataset<Row> both =
        model.transform(expected.setPredictionCol("expected").transform(data)).cache();
    assertThat(
            both.agg(functions.max(functions.expr("abs(prediction / expected - 1)")))
                .first()
                .getDouble(0))
        .isLessThan(1e-4);
    assertThat(model.evaluate(data).deviance())
        .isCloseTo(expected.summary().deviance(), within(1e-6 * expected.summary().deviance()));
    assertThat(model.certificate().relativeGap()).isLessThan(1e-6);
  }

  /** log (sum w y / sum w e^o), from trees without features that tell anything. */
  @Test
  void withoutFeaturesTheRateIsClaimsByExposure() {
    Dataset<Row> data =
        policies()
            .withColumn("none", functions.lit(1.0))
            .withColumn("exposure", functions.exp(functions.col("o")));
    Row sums = data.selectExpr("sum(w * count)", "sum(w * exposure)").first();
    double rate = sums.getDouble(0) / sums.getDouble(1);
    ConvexReLURegressionModel model =
        regressor("poisson", "count")
            .setFeaturesCols("none")
            .setWeightCol("w")
            .setOffsetCol("o")
            .setRegRatio(1)
            .fit(data);
    Row ends =
        model
            .transform(data)
            .selectExpr("min(prediction / exposure)", "max(prediction / exposure)")
            .first();
    assertThat(ends.getDouble(0)).isCloseTo(rate, within(1e-6 * rate));
    assertThat(ends.getDouble(1)).isCloseTo(rate, within(1e-6 * rate));
  }

  /** The share of rows below is q, but for the window of the smoothing. */
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 0.9})
  void aConstantOfTheQuantileLossIsTheSampleQuantile(double q) {
    Dataset<Row> data = policies().withColumn("none", functions.lit(1.0));
    ConvexReLURegressionModel model =
        regressor("quantile", "amount")
            .setQuantile(q)
            .setFeaturesCols("none")
            .setRegRatio(1)
            .setTol(1e-6)
            .fit(data);
    double found = model.transform(data).first().getAs("prediction");
    double[] quartiles = data.stat().approxQuantile("amount", new double[] {0.25, 0.75}, 0);
    double window = 0.02 * (quartiles[1] - quartiles[0]) / 1.349;
    double[] around =
        data.stat().approxQuantile("amount", new double[] {q - 1.0 / N, q + 1.0 / N}, 0);
    assertThat(found).isBetween(around[0] - window, around[1] + window);
  }

  /** Errors far out draw the mean, not the centre. */
  @Test
  void huberIsNotDrawnByLabelsFarOut() {
    Dataset<Row> data =
        policies().withColumn("y", functions.expr("a + if(w > 1 and b > 1.5, 1000, 0)"));
    double mean = data.selectExpr("avg(y)").first().getDouble(0);
    assertThat(mean).isGreaterThan(20);
    ConvexReLURegressionModel model = regressor("huber", "y").fit(data);
    assertThat(
            model
                .transform(data)
                .selectExpr("percentile(abs(prediction - a), 0.5)")
                .first()
                .getDouble(0))
        .isLessThan(0.3);
  }

  @ParameterizedTest
  @CsvSource({
    "poisson, count, 5",
    "gamma, amount, 5",
    "tweedie, loss, 5",
    "huber, amount, 5",
    "quantile, amount, 5",
    "poisson, count, 0",
    "poisson, count, -1",
    "quantile, amount, -1"
  })
  void isTrainedCertifiedSavedAndLoaded(String loss, String label, int trees) throws IOException {
    Dataset<Row> data = policies();
    ConvexReLURegressor regressor = regressor(loss, label).setOffsetCol("o").setQuantile(0.8);
    // Below 0: as it is by default, half-spaces that are priced.
    if (trees < 0) {
      regressor.clear(regressor.numGates());
    } else if (trees > 0) {
      regressor.setNumGates(0).setNumTrees(trees).setNumLeaves(6);
    }
    ConvexReLURegressionModel model = regressor.fit(data);
    // The mean is log-linear: without trees no neuron may be needed.
    assertThat(model.certificate().stopReason()).isIn(StopReason.GAP, StopReason.LINEAR);
    assertThat(model.certificate().relativeGap()).isLessThan(0.01);
    assertThat(model.certificate().dualBound())
        .isLessThanOrEqualTo(model.certificate().primalObjective());
    model.save(folder.resolve("model").toString());
    ConvexReLURegressionModel loaded =
        ConvexReLURegressionModel.load(folder.resolve("model").toString());
    assertThat(loaded.getLoss()).isEqualTo(loss);
    assertThat(loaded.transform(data).select("prediction").collectAsList())
        .isEqualTo(model.transform(data).select("prediction").collectAsList());
    // An offset is added to the raw output.
    Row first = model.transform(data).first();
    double alone = model.predict(first.getAs("features"));
    double offset = first.getAs("o");
    double both =
        List.of("huber", "quantile").contains(loss) ? alone + offset : alone * Math.exp(offset);
    assertThat((double) first.getAs("prediction")).isCloseTo(both, within(1e-12 * Math.abs(both)));
  }

  /** A row of weight 2 is the row twice, whatever its offset. */
  @Test
  void weightTwoIsTheRowTwice() {
    Dataset<Row> data = policies();
    Dataset<Row> twice = data.union(data.where("w = 2"));
    ConvexReLURegressor regressor =
        regressor("poisson", "count").setOffsetCol("o").setRegParam(0.05).setTol(1e-8);
    double weighted =
        regressor
            .copy(new org.apache.spark.ml.param.ParamMap())
            .setWeightCol("w")
            .fit(data)
            .certificate()
            .primalObjective();
    assertThat(regressor.fit(twice).certificate().primalObjective())
        .isCloseTo(weighted, within(1e-6 * weighted));
  }

  @Test
  void theMetricsAreTheirFormulas() {
    Dataset<Row> data = policies();
    ConvexReLURegressionModel counts =
        regressor("poisson", "count").setOffsetCol("o").setRegParam(0.1).fit(data);
    double deviance =
        counts
            .transform(data)
            .selectExpr(
                "sum(2 * (if(count = 0, 0, count * ln(count / prediction)) - count + prediction))"
                    + " / sum(exp(o))")
            .first()
            .getDouble(0);
    assertThat(counts.evaluate(data).meanDeviance()).isCloseTo(deviance, within(1e-12 * deviance));
    assertThatThrownBy(() -> counts.evaluate(data).pinballLoss())
        .hasMessageContainingAll("'poisson'", "no pinball loss");
    assertThatThrownBy(
            () -> counts.evaluate(data.withColumn("count", functions.lit(-2.0))).deviance())
        .hasStackTraceContaining("a label is -2.0: labels of loss 'poisson' must be 0 or more");
    ConvexReLURegressionModel upper =
        regressor("quantile", "amount").setQuantile(0.9).setRegParam(0.1).fit(data);
    double pinball =
        upper
            .transform(data)
            .selectExpr("avg(greatest(.9 * (amount - prediction), .1 * (prediction - amount)))")
            .first()
            .getDouble(0);
    assertThat(upper.evaluate(data).pinballLoss()).isCloseTo(pinball, within(1e-12 * pinball));
    assertThatThrownBy(() -> upper.evaluate(data).meanDeviance())
        .hasMessageContainingAll("'quantile 0.9'", "no deviance");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "poisson | count - 3 | o | 'y' has the value -",
        "poisson | count - 3 | o | must be 0 or more",
        "gamma | amount - amount | o | 'y' has the value 0.0",
        "gamma | amount - amount | o | must be positive",
        "tweedie | loss - 3 | o | must be 0 or more",
        "poisson | count - count | o | the label is 0 on all rows",
        "poisson | count | ln(a - a) | 'p' is null",
        "poisson | count | double('Infinity') | 'p' has the value Infinity",
        "poisson | count | double('NaN') | offsets must be finite",
        "poisson | count | 1000.0 | overflows",
      })
  void badRowsAreRefusedByName(String loss, String label, String offset, String message) {
    Dataset<Row> data =
        policies().withColumn("y", functions.expr(label)).withColumn("p", functions.expr(offset));
    assertThatThrownBy(() -> regressor(loss, "y").setOffsetCol("p").fit(data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void offsetsThatAreNoneAreRefusedInTransform() {
    Dataset<Row> data = policies();
    ConvexReLURegressionModel model =
        regressor("poisson", "count").setOffsetCol("o").setRegParam(0.1).fit(data);
    assertThatThrownBy(() -> model.transform(data.drop("o")))
        .hasMessageContainingAll("offset column 'o' does not exist", "offsetCol");
    assertThatThrownBy(
            () ->
                model
                    .transform(data.withColumn("o", functions.expr("double('-Infinity')")))
                    .collect())
        .hasStackTraceContaining("offset column 'o' has the value -Infinity");
  }

  @Test
  void whatIsForOtherLossesIsRefused() {
    ConvexReLURegressor poisson = regressor("poisson", "count");
    assertThatThrownBy(() -> poisson.setQuantile(1)).hasMessageContaining("quantile is 1.0");
    assertThatThrownBy(() -> poisson.setVariancePower(2))
        .hasMessageContaining("variancePower is 2.0; it must be in (1, 2)");
    assertThatThrownBy(() -> poisson.setEpsilon(0)).hasMessageContaining("epsilon is 0.0");
    assertThatThrownBy(() -> poisson.setLoss("absolute")).hasMessageContaining("quantile");
    Dataset<Row> data = policies();
    assertThatThrownBy(() -> regressor("poisson", "count").setSolver("gram").fit(data))
        .hasMessageContainingAll("loss is 'poisson'", "'gram'");
    assertThatThrownBy(() -> regressor("huber", "count").setActivation("relu").fit(data))
        .hasMessageContainingAll("loss is 'huber'", "'relu'");
    assertThatThrownBy(() -> regressor("gamma", "amount").fitPath(data, 0.5))
        .hasMessageContainingAll("loss is 'gamma'", "one pass");
    assertThatThrownBy(
            () -> new ConvexReLUClassifier().setLabelCol("w").setOffsetCol("o").fit(data))
        .hasMessageContainingAll("offsetCol is 'o'", "classes");
    assertThatThrownBy(
            () -> new ConvexReLUClassifier().setLabelCol("w").setLoss("poisson").fit(data))
        .hasMessageContainingAll("loss is 'poisson'", "classes");
    ConvexReLURegressionModel squared = regressor("squared", "count").setRegParam(0.1).fit(data);
    assertThatThrownBy(() -> regressor("poisson", "count").setInitialModel(squared).fit(data))
        .hasMessageContainingAll("initialModel was trained with loss 'squared'", "'poisson'");
  }
}
