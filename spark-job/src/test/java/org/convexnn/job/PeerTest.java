package org.convexnn.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.convexnn.job.LearningTask.BINARY;
import static org.convexnn.job.LearningTask.MULTICLASS;
import static org.convexnn.job.LearningTask.REGRESSION;

import java.util.List;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.regression.GBTRegressor;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.RandomForestRegressor;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convexnn.ml.ConvexReLURegressor;
import org.junit.jupiter.api.Test;

/** Which of MLlib's Estimators learns which task. */
class PeerTest {

  private static final List<LearningTask> TASKS = List.of(BINARY, MULTICLASS, REGRESSION);

  private static void learns(Peer peer, LearningTask task, Class<?> estimator) {
    assertThat(peer.obstacle(task)).isEmpty();
    // These do not look at the rows.
    Dataset<Row> rows = null;
    assertThat(peer.estimator(rows, task)).isInstanceOf(estimator);
  }

  @Test
  void linear() {
    learns(new Peer.Linear(), BINARY, LogisticRegression.class);
    learns(new Peer.Linear(), MULTICLASS, LogisticRegression.class);
    learns(new Peer.Linear(), REGRESSION, LinearRegression.class);
    ConvexReLURegressor counts = new ConvexReLURegressor().setLoss("poisson");
    learns(new Peer.Linear(counts), BINARY, LogisticRegression.class);
    assertThat(new Peer.Linear(counts.setLoss("quantile")).obstacle(REGRESSION)).isPresent();
    assertThat(new Peer.RandomForest(1, counts).obstacle(REGRESSION)).isPresent();
    assertThat(new Peer.RandomForest(1, counts).obstacle(BINARY)).isEmpty();
  }

  @Test
  void randomForest() {
    learns(new Peer.RandomForest(1), BINARY, RandomForestClassifier.class);
    learns(new Peer.RandomForest(1), MULTICLASS, RandomForestClassifier.class);
    learns(new Peer.RandomForest(1), REGRESSION, RandomForestRegressor.class);
  }

  @Test
  void boostedTrees() {
    learns(new Peer.BoostedTrees(1), BINARY, GBTClassifier.class);
    learns(new Peer.BoostedTrees(1), REGRESSION, GBTRegressor.class);
    assertThat(new Peer.BoostedTrees(1).obstacle(MULTICLASS)).isPresent();
  }

  @Test
  void perceptronLearnsClassesOnly() {
    Peer perceptron = new Peer.Perceptron(List.of(3), 2, 1);
    assertThat(TASKS.stream().filter(task -> perceptron.obstacle(task).isEmpty()))
        .containsExactly(BINARY, MULTICLASS);
  }
}
