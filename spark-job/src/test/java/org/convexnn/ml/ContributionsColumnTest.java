package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.attribute.NumericAttribute;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The column of contributions: sums, shapes, files, and what it refuses. */
@Tag("spark")
class ContributionsColumnTest {

  private static final int TOWNS = 20;

  @TempDir private Path folder;

  /** Rows of [x, z, noise, town], x missing on some, with labels, offsets and classes. */
  private static Dataset<Row> rows(int n, boolean missing) {
    Random random = new Random(n);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < n; r++) {
      int town = random.nextInt(TOWNS);
      double x = missing && random.nextInt(5) == 0 ? Double.NaN : random.nextGaussian();
      double z = random.nextGaussian();
      double y = (Double.isNaN(x) ? 1 : Math.abs(x)) + (town % 3 == 0 ? 1 : 0) + z * z / 2;
      double offset = random.nextDouble();
      double count = Math.floor(Math.exp(offset + y / 2 - 1) * 2 * random.nextDouble());
      rows.add(
          RowFactory.create(
              Vectors.dense(x, z, random.nextGaussian(), town),
              y,
              offset,
              count,
              y < 1.5 ? 0.0 : 1.0,
              y < 1 ? 0.0 : y < 2 ? 1.0 : 2.0));
    }
    AttributeGroup features =
        new AttributeGroup(
            "features",
            new Attribute[] {
              NumericAttribute.defaultAttr().withName("x"),
              NumericAttribute.defaultAttr().withName("z"),
              NumericAttribute.defaultAttr().withName("noise"),
              NominalAttribute.defaultAttr().withName("town").withNumValues(TOWNS)
            });
    return SparkTest.session()
        .createDataFrame(
            rows,
            new StructType()
                .add(features.toStructField())
                .add("label", "double")
                .add("offset", "double")
                .add("count", "double")
                .add("two", "double")
                .add("three", "double"))
        .repartition(3);
  }

  private static double sum(Object contributions) {
    return Arrays.stream(((Vector) contributions).toArray()).sum();
  }

  @Test
  void ofRegressionsTheySumToThePrediction() throws IOException {
    Dataset<Row> rows = rows(1500, true);
    ConvexReLURegressionModel model =
        new ConvexReLURegressor()
            .setSeed(1)
            .setHandleInvalid("keep")
            .setContributionsCol("why")
            .fit(rows);
    String path = folder.resolve("model").toString();
    model.save(path);
    ConvexReLURegressionModel loaded = ConvexReLURegressionModel.load(path);
    Dataset<Row> scored = model.transform(rows);
    assertThat(scored.schema()).isEqualTo(model.transformSchema(rows.schema()));
    List<Row> there = scored.select("why", "prediction").collectAsList();
    assertThat(there)
        .allSatisfy(row -> assertThat(sum(row.get(0))).isCloseTo(row.getDouble(1), within(1e-9)));
    assertThat(loaded.transform(rows).select("why", "prediction").collectAsList()).isEqualTo(there);
    assertThat(loaded.setContributionsCol("").contributions(rows).columns())
        .containsExactly("features", "label", "offset", "count", "two", "three", "contributions");
    // The base value is one number.
    assertThat(there.stream().map(row -> ((Vector) row.get(0)).apply(4)).distinct().toList())
        .hasSize(1);
    Vector importances = model.summary().featureImportances();
    assertThat(importances.apply(2)).isLessThan(importances.apply(0) / 4);
    double[] byLoss = model.evaluate(rows).lossImportances().toArray();
    assertThat(byLoss[0]).isGreaterThan(0.05);
    assertThat(byLoss[3]).isGreaterThan(0.05);
    assertThat(Math.abs(byLoss[2])).isLessThan(0.05);
  }

  @Test
  void ofALogLinkTheySumToTheLogarithmWithTheOffset() {
    Dataset<Row> rows = rows(1200, false);
    ConvexReLURegressionModel model =
        new ConvexReLURegressor()
            .setSeed(1)
            .setLoss("poisson")
            .setLabelCol("count")
            .setOffsetCol("offset")
            .fit(rows)
            .setContributionsCol("why");
    assertThat(model.transform(rows).selectExpr("why", "ln(prediction)").collectAsList())
        .allSatisfy(row -> assertThat(sum(row.get(0))).isCloseTo(row.getDouble(1), within(1e-9)));
  }

  @Test
  void ofClassesThereIsOneVectorEach() {
    Dataset<Row> rows = rows(1200, false);
    ConvexReLUClassifier three = new ConvexReLUClassifier().setSeed(1).setLabelCol("three");
    ConvexReLUClassificationModel model = three.setContributionsCol("why").fit(rows);
    Dataset<Row> scored = model.transform(rows);
    assertThat(scored.schema().apply("why"))
        .isEqualTo(model.transformSchema(rows.schema()).apply("why"));
    for (Row row : scored.select("why", "rawPrediction").collectAsList()) {
      List<Vector> classes = row.getList(0);
      assertThat(classes).hasSize(3);
      for (int c = 0; c < 3; c++) {
        assertThat(sum(classes.get(c))).isCloseTo(((Vector) row.get(1)).apply(c), within(1e-9));
      }
    }
    assertThat(model.evaluate(rows).featureImportances().size()).isEqualTo(4);
  }

  @Test
  void ofHalfSpacesTheySumInAPipelineToo() {
    Dataset<Row> rows = rows(500, true);
    ConvexReLUClassifier two =
        new ConvexReLUClassifier()
            .setSeed(1)
            .setLabelCol("two")
            .setNumGates(16)
            .setRegRatio(0.1)
            .setHandleInvalid("keep")
            .setContributionsCol("why");
    Dataset<Row> scored =
        new Pipeline().setStages(new PipelineStage[] {two}).fit(rows).transform(rows);
    assertThat(scored.select("why", "rawPrediction").collectAsList())
        .allSatisfy(
            row ->
                assertThat(sum(row.get(0)))
                    .isCloseTo(((Vector) row.get(1)).apply(1), within(1e-9)));
  }

  @Test
  void rowsThatTellNothingHaveNone() {
    Dataset<Row> rows = rows(300, true);
    ConvexReLURegressionModel model =
        new ConvexReLURegressor()
            .setSeed(1)
            .setHandleInvalid("keep")
            .setNumGates(4)
            .setRegRatio(0.5)
            .fit(rows)
            .setContributionsCol("why");
    Dataset<Row> odd =
        SparkTest.session()
            .createDataFrame(
                List.of(
                    RowFactory.create((Object) null),
                    RowFactory.create(Vectors.dense(1, Double.POSITIVE_INFINITY, 0, 0))),
                new StructType().add("features", Models.SCHEMA.apply("features").dataType()));
    assertThat(model.transform(odd).select("why").collectAsList())
        .allSatisfy(row -> assertThat(((Vector) row.get(0)).toArray()).containsOnly(Double.NaN));
  }

  @Test
  void withoutRowsToCompareWithTheyAreRefused() {
    ConvexReLURegressionModel model =
        new ConvexReLURegressionModel("r", Models.linear(), Models.CERTIFICATE);
    Dataset<Row> rows =
        SparkTest.session()
            .createDataFrame(
                List.of(
                    RowFactory.create(Vectors.dense(1, 2)), RowFactory.create(Vectors.dense(3, 4))),
                new StructType().add("features", Models.SCHEMA.apply("features").dataType()));
    assertThatThrownBy(() -> model.contributions(rows))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("contributionsCol is 'contributions'")
        .hasMessageContaining("withBackground(rows)");
    // f = 10 + 3 (x1 - 2 x2 + 0.5), means 2 and 3.
    assertThat(
            model.withBackground(rows).contributions(rows).select("contributions").collectAsList())
        .extracting(row -> ((Vector) row.get(0)).toArray())
        .containsExactly(new double[] {-3, 6, -0.5}, new double[] {3, -6, -0.5});
    assertThatThrownBy(() -> model.withBackground(rows.limit(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no rows");
  }

  @Test
  void aColumnThatIsThereIsRefused() {
    Dataset<Row> rows = rows(100, false);
    assertThatThrownBy(() -> new ConvexReLURegressor().setContributionsCol("offset").fit(rows))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("contributionsCol is 'offset'");
  }
}
