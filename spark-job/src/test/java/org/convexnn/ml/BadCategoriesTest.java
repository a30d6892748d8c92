package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.attribute.NumericAttribute;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.network.Network;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Columns of categories that are none, or tell nothing; classes without rows. */
@Tag("spark")
class BadCategoriesTest {

  /** The code of row r. */
  private interface Codes {
    double of(int r, Random random);
  }

  /** Rows of [x, code]: the label is whether x is positive, but for a tenth of the rows. */
  private static Dataset<Row> rows(long seed, int n, NominalAttribute town, Codes codes) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < n; r++) {
      double x = random.nextGaussian();
      boolean label = x > 0 ^ random.nextInt(10) == 0;
      rows.add(RowFactory.create(Vectors.dense(x, codes.of(r, random)), label ? 1.0 : 0.0));
    }
    AttributeGroup features =
        new AttributeGroup(
            "features",
            new Attribute[] {NumericAttribute.defaultAttr().withName("x"), town.withName("town")});
    return SparkTest.session()
        .createDataFrame(
            rows, new StructType().add(features.toStructField()).add("label", "double"))
        .repartition(2);
  }

  private static NominalAttribute of(int values) {
    return NominalAttribute.defaultAttr().withNumValues(values);
  }

  private static List<ConvexReLUClassifier> estimators() {
    return List.of(
        new ConvexReLUClassifier().setNumTrees(10).setNumLeaves(8).setSeed(1),
        new ConvexReLUClassifier().setNumGates(4).setSeed(1));
  }

  @ParameterizedTest
  @ValueSource(doubles = {2.5, -1, 7, 1e9})
  void whatIsNoCodeIsRefused(double code) {
    Codes codes = (r, random) -> r == 60 ? code : random.nextInt(7);
    for (ConvexReLUClassifier estimator : estimators()) {
      assertThatThrownBy(() -> estimator.fit(rows(1, 100, of(7), codes)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll(
              "feature 'town' (features[1]) has the value " + code,
              "it is a category by its metadata or categoricalCols, whose codes are the integers from 0 to 6",
              "StringIndexer");
    }
  }

  @Test
  void codesAreWholeWhereMetadataDoNotCountThem() {
    NominalAttribute uncounted = NominalAttribute.defaultAttr();
    ConvexReLUClassifier estimator = estimators().get(0);
    assertThatThrownBy(() -> estimator.fit(rows(1, 100, uncounted, (r, random) -> r / 2.0)))
        .hasMessageContaining("whose codes are the integers from 0 on");
    assertThat(estimator.fit(rows(1, 100, uncounted, (r, random) -> r % 7)).numFeatures())
        .isEqualTo(2);
  }

  /** Towns in no order: half of them good. Told by name, by number, and where features are columns. */
  @Test
  void categoricalColsTellCategoriesWithoutMetadata() {
    Random random = new Random(4);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < 2000; r++) {
      int town = random.nextInt(40);
      double x = random.nextGaussian();
      rows.add(
          RowFactory.create(
              Vectors.dense(x, town), x, (double) town, town * 7 % 40 < 20 ? 1.0 : 0.0));
    }
    Dataset<Row> data =
        SparkTest.session()
            .createDataFrame(
                rows,
                new StructType()
                    .add(Models.SCHEMA.apply("features"))
                    .add("x", "double")
                    .add("town", "double")
                    .add("label", "double"));
    ConvexReLUClassifier estimator =
        new ConvexReLUClassifier().setNumTrees(10).setNumLeaves(8).setSeed(1);
    assertThat(sets(estimator.fit(data))).isFalse();
    assertThat(sets(estimator.setCategoricalCols("1").fit(data))).isTrue();
    assertThatThrownBy(() -> estimator.setCategoricalCols("2").fit(data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("categoricalCols names feature 2, and there are 2");
    estimator.setFeaturesCols("x", "town");
    assertThat(sets(estimator.setCategoricalCols("town").fit(data))).isTrue();
    assertThatThrownBy(() -> estimator.setCategoricalCols("city").fit(data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("categoricalCols names 'city'", "one of x, town");
    assertThatThrownBy(() -> estimator.setCategoricalCols("x").fit(data))
        .hasMessageContainingAll("feature 'x'", "by its metadata or categoricalCols");
  }

  private static boolean sets(ConvexReLUClassificationModel model) {
    return model.network().gates().trees().stream().anyMatch(tree -> tree.sets().length > 0);
  }

  @Test
  void aCategoryWithOneValueTellsNothing() {
    for (ConvexReLUClassifier estimator : estimators()) {
      ConvexReLUClassificationModel model = estimator.fit(rows(1, 400, of(1), (r, random) -> 0));
      assertThat(model.evaluate(rows(2, 1000, of(1), (r, random) -> 0)).accuracy())
          .isGreaterThan(0.85);
      assertThat(model.network().gates().trees())
          .allMatch(tree -> Arrays.stream(tree.feature()).noneMatch(j -> j == 1));
    }
  }

  /** As many values as rows, once each; then more values than codes are told apart. */
  @ParameterizedTest
  @ValueSource(ints = {1, 100})
  void anIdentifierIsToldAndHarmless(int stride) {
    int n = 2000;
    Codes own = (r, random) -> r * (double) stride;
    Codes others = (r, random) -> (n + r) * (double) stride;
    int values = 2 * n * stride;
    List<String> told = new ArrayList<>();
    ConvexReLUClassifier estimator = new ConvexReLUClassifier().setSeed(1);
    estimator.setProgress(MissingValuesTest.listener(told));
    Dataset<Row> test = rows(2, 4000, of(values), others);
    double with = estimator.fit(rows(1, n, of(values), own)).evaluate(test).accuracy();
    assertThat(told)
        .anyMatch(
            text ->
                text.startsWith("feature 'town' (features[1]) has " + values + " categories on")
                    && text.contains("leave it out"));
    double without =
        estimator
            .fit(rows(1, n, of(1), (r, random) -> 0))
            .evaluate(rows(2, 4000, of(1), (r, random) -> 0))
            .accuracy();
    assertThat(with).isGreaterThan(without - 0.01);
  }

  @Test
  void aClassWithoutRowsHasProbabilityZero() {
    Metadata three =
        NominalAttribute.defaultAttr()
            .withName("label")
            .withValues(new String[] {"no", "yes", "perhaps"})
            .toMetadata();
    Dataset<Row> data = rows(1, 300, of(7), (r, random) -> random.nextInt(7));
    StructField label =
        new StructField("label", data.schema().apply("label").dataType(), true, three);
    Dataset<Row> named =
        SparkTest.session()
            .createDataFrame(
                data.toJavaRDD(), new StructType().add(data.schema().apply("features")).add(label));
    for (ConvexReLUClassifier estimator : estimators()) {
      ConvexReLUClassificationModel model = estimator.fit(named);
      assertThat(model.numClasses()).isEqualTo(3);
      for (Row row : model.transform(named).select("probability").collectAsList()) {
        assertThat(((Vector) row.get(0)).apply(2)).isZero();
      }
    }
  }

  /** Where a value is missing on all rows of a class, that it is missing tells the class. */
  @Test
  void aColumnMayBeMissingOnAllRowsOfAClass() {
    Random random = new Random(3);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < 300; r++) {
      int label = r % 3;
      double x = label == 1 ? Double.NaN : random.nextGaussian();
      double z = label == 0 ? -1 : 1;
      rows.add(RowFactory.create(Vectors.dense(x, z), (double) label, 1.0));
    }
    Dataset<Row> data = SparkTest.session().createDataFrame(rows, Models.SCHEMA);
    for (ConvexReLUClassifier estimator : estimators()) {
      ConvexReLUClassificationModel model = estimator.setHandleInvalid("keep").fit(data);
      Network network = model.network();
      assertThat(network.outputs()).isEqualTo(3);
      assertThat(model.transform(data).where("prediction = label").count()).isEqualTo(300);
      assertThat(model.predict((Vector) rows.get(1).get(0))).isEqualTo(1);
    }
  }
}
