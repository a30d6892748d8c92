package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.convexnn.SparkTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Estimators with activation relu, on an RDD. */
@Tag("spark")
class PlainReluTest {

  @TempDir Path directory;

  /** Whether a point is in a ring, or how far out it is. */
  private static Dataset<Row> ring(int n, boolean classes) {
    Random random = new Random(8);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < n; r++) {
      double[] x = random.doubles(3, -1, 1).toArray();
      double radius = Math.hypot(x[0], x[1]);
      double label = classes ? (radius < 0.7 ? 1 : 0) : radius;
      rows.add(RowFactory.create(Vectors.dense(x), label, 1.0 + r % 2));
    }
    return SparkTest.session().createDataFrame(rows, Models.SCHEMA).repartition(3);
  }

  @Test
  void aPolishedClassifierIsCertifiedSavedAndLoaded() throws Exception {
    Dataset<Row> data = ring(2500, true);
    ConvexReLUClassificationModel model =
        new ConvexReLUClassifier()
            .setActivation("relu")
            .setPolish(true)
            .setNumGates(24)
            .setWeightCol("weight")
            .setSeed(1)
            .fit(data);
    double accuracy =
        new MulticlassClassificationEvaluator()
            .setMetricName("accuracy")
            .evaluate(model.transform(data));
    assertThat(accuracy).isGreaterThan(0.95);
    assertThat(model.toString())
        .contains("plain ReLU: the dual bound is the one over all activation patterns");
    assertThat(model.network().activeGroups()).isBetween(1, 24);
    assertThat(model.summary().path()).isNotEmpty();
    String path = directory.resolve("model").toString();
    model.save(path);
    ConvexReLUClassificationModel loaded = ConvexReLUClassificationModel.load(path);
    assertThat(loaded.certificate()).isEqualTo(model.certificate());
    assertThat(loaded.getActivation()).isEqualTo("relu");
    assertThat(loaded.network().weights()).containsExactly(model.network().weights());
  }

  @Test
  void aRegressionGrows() {
    Dataset<Row> data = ring(2500, false);
    ConvexReLURegressionModel model =
        new ConvexReLURegressor().setActivation("relu").setNumGates(32).setSeed(1).fit(data);
    double r2 = new RegressionEvaluator().setMetricName("r2").evaluate(model.transform(data));
    assertThat(r2).isGreaterThan(0.9);
    assertThat(model.certificate().solver()).endsWith("growth");
    assertThat(model.certificate().allPatterns().bound())
        .isLessThanOrEqualTo(model.certificate().dualBound());
  }

  @Test
  void polishAloneIsRefusedBeforeAnyJob() {
    assertThatThrownBy(() -> new ConvexReLURegressor().setPolish(true).fit(ring(20, false)))
        .hasMessageContaining("polish is true and activation is 'gated'");
  }
}
