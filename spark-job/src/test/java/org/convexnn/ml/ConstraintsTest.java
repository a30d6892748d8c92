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
import java.util.function.UnaryOperator;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.network.Network;
import org.convexnn.network.Tree;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Monotone and interaction constraints through the estimators. */
@Tag("spark")
class ConstraintsTest {

  private static final String[] FEATURES = {"a", "b", "c", "town"};

  @TempDir Path folder;

  /** A count and a class that rise in a and fall in b, but not on these rows; some values missing. */
  private static Dataset<Row> rows() {
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < 1500; r++) {
      double a = random.nextInt(7) == 0 ? Double.NaN : random.nextGaussian();
      double b = random.nextGaussian();
      double c = random.nextGaussian();
      double town = random.nextInt(5);
      double f = Math.sin(3 * (Double.isNaN(a) ? 1 : a)) - 0.5 * b * b + c * (town - 2) * 0.3;
      double count = Math.floor(-Math.log(1 - random.nextDouble()) * Math.exp(f));
      rows.add(
          RowFactory.create(
              a, b, c, town, count, f + random.nextGaussian() > 0 ? 1.0 : 0.0, r % 3.0));
    }
    StructType schema = new StructType();
    for (String name : List.of("a", "b", "c", "town", "count", "binary", "three")) {
      schema = schema.add(name, DataTypes.DoubleType);
    }
    return SparkTest.session().createDataFrame(rows, schema).repartition(3).cache();
  }

  private static <E extends ConvexReLUTraining<E>> E small(E estimator) {
    return estimator
        .setFeaturesCols(FEATURES)
        .setCategoricalCols("town")
        .setHandleInvalid("keep")
        .setNumTrees(30)
        .setNumLeaves(12)
        .setSeed(3);
  }

  private static ConvexReLURegressor regressor() {
    return small(new ConvexReLURegressor().setLabelCol("count")).setLoss("poisson");
  }

  /** The raw output rises in feature 0 and falls in feature 1, from random points along a grid. */
  private static int violations(Network network) {
    Random random = new Random(9);
    var evaluator = network.evaluator();
    double[] f = new double[1];
    int violations = 0;
    for (int trial = 0; trial < 200; trial++) {
      double[] point = {
        random.nextInt(4) == 0 ? Double.NaN : random.nextGaussian(),
        random.nextInt(4) == 0 ? Double.NaN : random.nextGaussian(),
        random.nextInt(4) == 0 ? Double.NaN : random.nextGaussian(),
        random.nextInt(6)
      };
      for (int j = 0; j < 2; j++) {
        double last = Double.NEGATIVE_INFINITY;
        for (double value = -4; value <= 4; value += 0.02) {
          double[] x = point.clone();
          x[j] = value;
          evaluator.evaluate(x, f);
          double risen = j == 0 ? f[0] : -f[0];
          violations += risen < last ? 1 : 0;
          last = risen;
        }
      }
    }
    return violations;
  }

  @ParameterizedTest
  @ValueSource(strings = {"chosen", "given"})
  void monotoneEverywhere(String beta) throws IOException {
    Dataset<Row> rows = rows();
    ConvexReLURegressor estimator = regressor().setMonotoneConstraints("a:1", "b:-1", "c:0");
    ConvexReLURegressor free = regressor();
    if (beta.equals("given")) {
      estimator.setRegParam(0.5).setBoostingPrior(0.5).setElasticNetParam(0.2).setTol(1e-4);
      free.setRegParam(0.5).setBoostingPrior(0.5).setElasticNetParam(0.2).setTol(1e-4);
    }
    ConvexReLURegressionModel model = estimator.fit(rows);
    assertThat(violations(model.network())).isZero();
    assertThat(violations(free.fit(rows).network())).isPositive();
    assertThat(model.certificate().relativeGap()).isLessThanOrEqualTo(model.certificate().tol());
    assertThat(model.bestAmong())
        .contains("networks with these gates that are monotone in a (+), b (-)");
    String path = folder.resolve(beta).toString();
    model.write().save(path);
    ConvexReLURegressionModel loaded = ConvexReLURegressionModel.load(path);
    assertThat(loaded.bestAmong()).isEqualTo(model.bestAmong());
    assertThat(violations(loaded.network())).isZero();
    // By numbers of features the fit is the same.
    ConvexReLURegressionModel numbered =
        estimator.setMonotoneConstraints("1", "-1", "0", "0").fit(rows);
    assertThat(numbered.network().weights())
        .containsExactly(model.network().weights(), within(1e-9));
    // From the model on, and not without its constraints.
    ConvexReLURegressionModel further =
        regressor()
            .setMonotoneConstraints("a:1", "b:-1")
            .setInitialModel(path)
            .setLoss("poisson")
            .fit(rows);
    assertThat(violations(further.network())).isZero();
    assertThatThrownBy(() -> regressor().setInitialModel(path).fit(rows))
        .hasMessageContainingAll(
            "initialModel was trained to be monotone in a (+), b (-)", "unset");
  }

  @Test
  void oddsOfTwoClassesAreMonotone() {
    Dataset<Row> rows = rows();
    ConvexReLUClassificationModel model =
        small(new ConvexReLUClassifier().setLabelCol("binary"))
            .setMonotoneConstraints("0:1", "1:-1")
            .fit(rows);
    assertThat(violations(model.network())).isZero();
  }

  @Test
  void featuresActTogetherWhereListsSaySo() {
    ConvexReLURegressionModel model =
        regressor().setInteractionConstraints("a, b", "b,c").fit(rows());
    int both = 0;
    for (Tree tree : model.network().gates().trees()) {
      for (int[] path : tree.paths()) {
        List<Integer> columns = Arrays.stream(path).boxed().toList();
        assertThat(
                List.of(0, 1).containsAll(columns)
                    || List.of(1, 2).containsAll(columns)
                    || columns.equals(List.of(3)))
            .isTrue();
        both += columns.size() == 2 ? 1 : 0;
      }
    }
    assertThat(both).isPositive();
  }

  private static void refused(UnaryOperator<ConvexReLURegressor> set, String... parts) {
    assertThatThrownBy(() -> set.apply(regressor()).fit(rows()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void whatCannotBeHeldIsRefused() {
    refused(e -> e.setMonotoneConstraints("d:1"), "monotoneConstraints names 'd'", "one of a, b");
    refused(
        e -> e.setMonotoneConstraints("town:1"), "monotoneConstraints names 'town'", "categories");
    refused(
        e -> e.setMonotoneConstraints("a:1", "b:1", "a:-1"),
        "monotoneConstraints is [a:1, b:1, a:-1]",
        "'a'",
        "give each feature one");
    refused(e -> e.setMonotoneConstraints("1", "0"), "2 numbers, and there are 4 features");
    refused(
        e -> e.setMonotoneConstraints("a:2"), "monotoneConstraints", "a:2", "feature:1 (rises)");
    refused(e -> e.setMonotoneConstraints("a:1", "0"), "monotoneConstraints", "it must be");
    refused(e -> e.setInteractionConstraints("a,,b"), "interactionConstraints", "it must be");
    refused(e -> e.setInteractionConstraints("a,x"), "interactionConstraints names 'x'");
    for (UnaryOperator<ConvexReLURegressor> other :
        List.<UnaryOperator<ConvexReLURegressor>>of(
            e -> e.setLeafModel("linear"),
            e -> e.setLinearSkip(true),
            e -> e.setNumTrees(0).setNumLeaves(0).setNumGates(8),
            e -> e.setSolver("gradient"),
            e -> e.setGateSampler("gaussian"),
            e -> e.setNumLeaves(1000))) {
      refused(e -> other.apply(e.setMonotoneConstraints("a:1")), "monotoneConstraints is set and");
      refused(
          e -> other.apply(e.setInteractionConstraints("a,b")),
          "interactionConstraints is set and");
    }
    assertThatThrownBy(
            () ->
                small(new ConvexReLUClassifier().setLabelCol("three"))
                    .setMonotoneConstraints("a:1")
                    .fit(rows()))
        .hasMessageContainingAll("monotoneConstraints", "more than two classes", "unset");
  }

  /** Numbers of features that only rows can count. */
  @Test
  void numbersBeyondTheFeaturesAreRefused() {
    StructType schema =
        new StructType()
            .add("features", SQLDataTypes.VectorType())
            .add("label", DataTypes.DoubleType);
    List<Row> some = new ArrayList<>();
    for (int r = 0; r < 50; r++) {
      some.add(RowFactory.create(Vectors.dense(r, r % 7), (double) (r % 5)));
    }
    Dataset<Row> rows = SparkTest.session().createDataFrame(some, schema);
    assertThatThrownBy(() -> new ConvexReLURegressor().setMonotoneConstraints("7:1").fit(rows))
        .hasMessageContainingAll("monotoneConstraints is [7:1]", "2 features", "from 0 to 1");
    assertThatThrownBy(
            () -> new ConvexReLURegressor().setMonotoneConstraints("1", "0", "0").fit(rows))
        .hasMessageContainingAll("monotoneConstraints is [1, 0, 0]", "2 features");
    assertThatThrownBy(() -> new ConvexReLURegressor().setInteractionConstraints("0,5").fit(rows))
        .hasMessageContainingAll("interactionConstraints is [0,5]", "2 features");
    // Of few rows trees of constant leaves all the same.
    assertThat(
            new ConvexReLURegressor()
                .setMonotoneConstraints("0:1")
                .fit(rows)
                .network()
                .gates()
                .wide())
        .isZero();
  }
}
