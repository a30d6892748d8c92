package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.solver.PathPoint;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** foldCol: rows of a group are held out together. */
@Tag("spark")
class FoldColTest {

  /** Ten copies with noise of each of 60 rows, whose labels are noise. */
  private static Dataset<Row> copies() {
    Random random = new Random(8);
    List<Row> rows = new ArrayList<>();
    for (int o = 0; o < 60; o++) {
      double[] x = random.doubles(2).toArray();
      double label = random.nextInt(2);
      for (int k = 0; k < 10; k++) {
        double near = x[0] + 1e-6 * random.nextDouble();
        rows.add(RowFactory.create(Vectors.dense(near, x[1]), label, "p" + o, o));
      }
    }
    StructType schema =
        new StructType()
            .add(Models.SCHEMA.apply("features"))
            .add("label", "double")
            .add("patient", "string")
            .add("number", "integer");
    return SparkTest.session().createDataFrame(rows, schema).repartition(3);
  }

  private static double best(List<PathPoint> path) {
    return path.stream().mapToDouble(PathPoint::validationLoss).min().orElseThrow();
  }

  @Test
  void groupsAreHeldOutTogether() {
    Dataset<Row> data = copies();
    ConvexReLUClassifier classifier =
        new ConvexReLUClassifier().setNumTrees(20).setNumLeaves(8).setSeed(1);
    double twins = best(classifier.fit(data).summary().path());
    for (String column : List.of("patient", "number")) {
      double strangers = best(classifier.setFoldCol(column).fit(data).summary().path());
      assertThat(twins).isLessThan(0.6);
      assertThat(strangers).isGreaterThan(0.65);
    }
    ConvexReLURegressor regressor = new ConvexReLURegressor().setNumTrees(20).setSeed(1);
    assertThat(best(regressor.setFoldCol("patient").fit(data).summary().path()))
        .isGreaterThan(1.1 * best(regressor.setFoldCol("").fit(data).summary().path()));
  }

  @Test
  void badGroupsAreOneMessage() {
    Dataset<Row> data = copies();
    ConvexReLUClassifier classifier =
        new ConvexReLUClassifier().setNumGates(4).setFoldCol("patient");
    refused(
        classifier,
        data.withColumn("patient", functions.expr("if(patient = 'p7', null, patient)")),
        "fold column 'patient' is null",
        "every row needs a group");
    refused(
        classifier,
        data.withColumn("patient", functions.lit("one")),
        "fold column 'patient' has one value on all 600 rows",
        "unset foldCol");
    refused(
        classifier.copy(new ParamMap()).setNumFolds(7),
        data.where("number < 6"),
        "numFolds is 7, but foldCol has only 6 groups");
    refused(classifier.copy(new ParamMap()).setFoldCol("who"), data, "fold column 'who' does not");
    refused(
        classifier.copy(new ParamMap()).setFoldCol("features"),
        data,
        "fold column 'features' has the type",
        "strings or integers");
    refused(
        classifier.copy(new ParamMap()).setRegParam(0.1),
        data,
        "foldCol is 'patient', and regParam is set");
    refused(
        classifier.copy(new ParamMap()).setValidationIndicatorCol("held"),
        data.withColumn("held", functions.expr("number = 1")),
        "foldCol is 'patient', and validationIndicatorCol is set");
  }

  private static void refused(ConvexReLUClassifier estimator, Dataset<Row> data, String... words) {
    assertThatThrownBy(() -> estimator.fit(data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(words);
  }

  /** Two groups are folds of their own. */
  @Test
  void twoGroupsAreEnough() {
    ConvexReLUClassificationModel model =
        new ConvexReLUClassifier()
            .setNumGates(4)
            .setFoldCol("number")
            .fit(copies().withColumn("number", functions.expr("number % 2")));
    assertThat(model.summary().path()).hasSizeGreaterThan(1);
  }
}
