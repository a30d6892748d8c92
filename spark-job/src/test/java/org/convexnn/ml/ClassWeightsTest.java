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
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.sql.Column;
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
import org.junit.jupiter.params.provider.CsvSource;

/** A fit with weights of classes is the fit with a column of the same weights. */
@Tag("spark")
class ClassWeightsTest {

  @TempDir Path folder;

  /** Two features, w, three classes by name, the first the most frequent, and two of them as numbers. */
  private static Dataset<Row> rows() {
    Random random = new Random(11);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < 600; r++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      double f = a - Math.abs(b) + 0.5 * random.nextGaussian();
      String name = f > 0.8 ? "rare" : f > 0.3 ? "odd" : "usual";
      rows.add(RowFactory.create(a, b, 1.0 + r % 2, name, name.equals("usual") ? 0.0 : 1.0));
    }
    Dataset<Row> table =
        SparkTest.session()
            .createDataFrame(
                rows,
                new StructType()
                    .add("a", DataTypes.DoubleType)
                    .add("b", DataTypes.DoubleType)
                    .add("w", DataTypes.DoubleType)
                    .add("name", DataTypes.StringType)
                    .add("binary", DataTypes.DoubleType))
            .repartition(3);
    return new StringIndexer()
        .setInputCol("name")
        .setOutputCol("three")
        .fit(table)
        .transform(table)
        .cache();
  }

  private static ConvexReLUClassifier classifier(String label) {
    return new ConvexReLUClassifier()
        .setFeaturesCols("a", "b")
        .setLabelCol(label)
        .setWeightCol("w")
        .setNumGates(8)
        .setRegRatio(0.1)
        .setSeed(2);
  }

  private static double[] probabilities(ConvexReLUClassificationModel model, Dataset<Row> rows) {
    return model.transform(rows).select("probability").collectAsList().stream()
        .flatMapToDouble(
            row -> Arrays.stream(((org.apache.spark.ml.linalg.Vector) row.get(0)).toArray()))
        .toArray();
  }

  /** W / (C W_k) for the classes of a label. */
  private static Column balanced(Dataset<Row> rows, String label) {
    List<Row> sums = rows.groupBy(label).agg(functions.sum("w")).collectAsList();
    double all = sums.stream().mapToDouble(s -> s.getDouble(1)).sum();
    Column factor = functions.lit(0.0);
    for (Row sum : sums) {
      factor =
          factor.plus(
              functions
                  .when(
                      functions.col(label).equalTo(sum.getDouble(0)),
                      all / (sums.size() * sum.getDouble(1)))
                  .otherwise(0));
    }
    return factor;
  }

  @ParameterizedTest
  @CsvSource({
    "binary, 'balanced', ''",
    "binary, '1,5', 'if(binary = 1, 5d, 1d)'",
    "binary, '1:5', 'if(binary = 1, 5d, 1d)'",
    "three, 'balanced', ''",
    "three, 'rare:4,odd:.5', 'case name when \"rare\" then 4d when \"odd\" then 0.5d else 1d end'"
  })
  void isTheFitWithAColumnOfTheSameWeights(String label, String weights, String factor)
      throws IOException {
    Dataset<Row> rows = rows();
    ConvexReLUClassificationModel model =
        classifier(label).setClassWeights(weights.split(",")).fit(rows);
    Column times = factor.isEmpty() ? balanced(rows, label) : functions.expr(factor);
    Dataset<Row> weighted = rows.withColumn("v", functions.col("w").multiply(times));
    ConvexReLUClassificationModel expected = classifier(label).setWeightCol("v").fit(weighted);
    double[] p = probabilities(model, rows);
    assertThat(p).containsExactly(probabilities(expected, rows), within(1e-6));
    assertThat(p).isNotEqualTo(probabilities(classifier(label).fit(rows), rows));
    assertThat(model.certificate().primalObjective())
        .isCloseTo(expected.certificate().primalObjective(), within(1e-6));

    String path = folder.resolve("model").toString();
    model.save(path);
    assertThat(ConvexReLUClassificationModel.load(path).getClassWeights())
        .containsExactly(weights.split(","));
  }

  /** The mean probability of each class is its share of the weighted rows, where a constant is fitted. */
  @Test
  void balancedClassesCountAlike() {
    Dataset<Row> rows = rows().withColumn("none", functions.lit(1.0));
    double[] p =
        probabilities(
            classifier("three").setFeaturesCols("none").setClassWeights("balanced").fit(rows),
            rows.limit(1));
    assertThat(p).containsExactly(new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0}, within(1e-3));
  }

  /** Weights keep to their classes where others have no rows. */
  @Test
  void classesWithoutRowsKeepTheirs() {
    Dataset<Row> rows = rows().where("name <> 'odd'");
    Dataset<Row> weighted = rows.withColumn("v", functions.expr("w * if(name = 'rare', 3d, 1d)"));
    double[] p =
        probabilities(classifier("three").setClassWeights("rare:3", "odd:7").fit(rows), rows);
    assertThat(p)
        .containsExactly(
            probabilities(classifier("three").setWeightCol("v").fit(weighted), rows), within(1e-6));
  }

  @Test
  void whatIsNoWeightIsRefused() {
    Dataset<Row> rows = rows();
    for (String[] wrong :
        List.of(
            new String[] {"equal"},
            new String[] {"1", "0"},
            new String[] {"1", "-2"},
            new String[] {"1", "NaN"},
            new String[] {"1", "1e999"},
            new String[] {"1", "rare:2"},
            new String[] {":2"},
            new String[] {"balanced", "2"})) {
      assertThatThrownBy(() -> new ConvexReLUClassifier().setClassWeights(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("classWeights is [", "must be 'balanced', or a positive number");
    }
    refused("three", rows, "classWeights names 'absent'", "usual", "absent:2");
    refused("three", rows, "classWeights names '3'", "below 3", "3:2");
    refused(
        "three", rows, "classWeights is [1, 2], and there are 3 classes", "'balanced'", "1", "2");
    refused("binary", rows, "classWeights is [1, 2, 3], and there are 2", "each", "1", "2", "3");
    refused("binary", rows, "classWeights is [2:9], and there are 2 classes", "each", "2:9");
    refused("binary", rows, "'1' is to have two weights", "give each class one", "1:9", "1:8");
    assertThatThrownBy(
            () ->
                new ConvexReLURegressor()
                    .setFeaturesCols("a")
                    .setLabelCol("b")
                    .setClassWeights("balanced")
                    .fit(rows))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("classWeights is [balanced] and labels are numbers", "weightCol");
  }

  private static void refused(
      String label, Dataset<Row> rows, String first, String second, String... weights) {
    assertThatThrownBy(() -> classifier(label).setClassWeights(weights).fit(rows))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(first, second);
  }
}
