package org.convexnn.cli.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.convexnn.cli.table.LearningTask.BINARY;
import static org.convexnn.cli.table.LearningTask.MULTICLASS;
import static org.convexnn.cli.table.LearningTask.REGRESSION;

import java.util.List;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.regression.GBTRegressor;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.RandomForestRegressor;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convexnn.cli.table.LearningTask;
import org.convexnn.ml.ConvexReLURegressor;
import org.junit.jupiter.api.Test;

/** Which of MLlib's Estimators learns which task. */
class MllibBaselineTest {

  private static final List<LearningTask> TASKS = List.of(BINARY, MULTICLASS, REGRESSION);

  private static void learns(MllibBaseline baseline, LearningTask task, Class<?> estimator) {
    assertThat(baseline.obstacle(task)).isEmpty();
    // These do not look at the rows.
    Dataset<Row> rows = null;
    assertThat(baseline.estimator(rows, task)).isInstanceOf(estimator);
  }

  @Test
  void linear() {
    learns(new MllibBaseline.Linear(), BINARY, LogisticRegression.class);
    learns(new MllibBaseline.Linear(), MULTICLASS, LogisticRegression.class);
    learns(new MllibBaseline.Linear(), REGRESSION, LinearRegression.class);
    ConvexReLURegressor counts = new ConvexReLURegressor().setLoss("poisson");
    learns(new MllibBaseline.Linear(counts), BINARY, LogisticRegression.class);
    assertThat(new MllibBaseline.Linear(counts.setLoss("quantile")).obstacle(REGRESSION))
        .isPresent();
    assertThat(new MllibBaseline.RandomForest(1, counts).obstacle(REGRESSION)).isPresent();
    assertThat(new MllibBaseline.RandomForest(1, counts).obstacle(BINARY)).isEmpty();
  }

  @Test
  void randomForest() {
    learns(new MllibBaseline.RandomForest(1), BINARY, RandomForestClassifier.class);
    learns(new MllibBaseline.RandomForest(1), MULTICLASS, RandomForestClassifier.class);
    learns(new MllibBaseline.RandomForest(1), REGRESSION, RandomForestRegressor.class);
  }

  @Test
  void boostedTrees() {
    learns(new MllibBaseline.BoostedTrees(1), BINARY, GBTClassifier.class);
    learns(new MllibBaseline.BoostedTrees(1), REGRESSION, GBTRegressor.class);
    assertThat(new MllibBaseline.BoostedTrees(1).obstacle(MULTICLASS)).isPresent();
  }

  @Test
  void perceptronLearnsClassesOnly() {
    MllibBaseline perceptron = new MllibBaseline.Perceptron(List.of(3), 2, 1);
    assertThat(TASKS.stream().filter(task -> perceptron.obstacle(task).isEmpty()))
        .containsExactly(BINARY, MULTICLASS);
  }
}
