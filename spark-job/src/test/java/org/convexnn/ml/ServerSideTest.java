package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.util.Summary;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convexnn.SparkTest;
import org.convexnn.solver.TrainingResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Spark Connect's server asks of estimators and models; profile connect asks the server itself. */
@Tag("spark")
class ServerSideTest {

  @TempDir Path directory;

  private static List<String> found(Class<?> service) {
    return ServiceLoader.load(service).stream()
        .map(p -> p.type().getName())
        .filter(name -> name.startsWith("org.convexnn."))
        .toList();
  }

  @Test
  void estimatorsAndModelsAreFoundByName() {
    assertThat(found(Estimator.class))
        .containsExactlyInAnyOrder(
            ConvexReLUClassifier.class.getName(), ConvexReLURegressor.class.getName());
    assertThat(found(Transformer.class))
        .containsExactlyInAnyOrder(
            ConvexReLUClassificationModel.class.getName(),
            ConvexReLURegressionModel.class.getName());
  }

  @Test
  void aModelMadeByTheLoaderSaysThatItIsNone() {
    assertThatThrownBy(() -> new ConvexReLUClassificationModel().network())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("this model holds no network");
    assertThatThrownBy(() -> new ConvexReLURegressionModel().certificate())
        .isInstanceOf(IllegalStateException.class);
  }

  /** Files of Spark's tasks would be on the executors' disks. */
  @Test
  void aModelGoesToTheDriversDiskAndComesBackBitByBit() throws Exception {
    assumeTrue(SparkTest.since(4, 1), "saveToLocal is skipped: it is of Spark 4.1");
    String path = directory.resolve("model").toString();
    ConvexReLUClassificationModel model =
        new ConvexReLUClassificationModel("mine", Models.network(), Models.CERTIFICATE);
    model.setThresholds(new double[] {0.3, 0.7});
    model.write().saveToLocal(path);
    assertThat(Files.isRegularFile(Path.of(path, "metadata"))).isTrue();
    ConvexReLUClassificationModel loaded = ConvexReLUClassificationModel.read().loadFromLocal(path);
    assertThat(loaded.network())
        .usingRecursiveComparison()
        .withStrictTypeChecking()
        .isEqualTo(Models.network());
    assertThat(loaded.certificate()).isEqualTo(Models.CERTIFICATE);
    assertThat(loaded.getThresholds()).containsExactly(0.3, 0.7);
    Files.writeString(Path.of(path, "data", "matrix"), "{\"row\":0,\"val");
    assertThatThrownBy(() -> ConvexReLUClassificationModel.read().loadFromLocal(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(path, "data/matrix");
  }

  /** The server hands out no summary without it. */
  @Test
  void trainingSummariesBearTheMark() {
    assumeTrue(SparkTest.since(4, 0), "the mark is skipped: it is of Spark 4.0");
    Dataset<Row> data = Models.hinge(40);
    assertThat(new ConvexReLURegressor().setNumGates(4).setRegRatio(0.5).fit(data).summary())
        .isInstanceOf(Summary.class);
    assertThat(ConvexReLUClassificationTrainingSummary.class).isAssignableTo(Summary.class);
  }

  @Test
  void aTrainingSummaryIsPutAsideAndTakenUpAgain() throws Exception {
    Dataset<Row> data = Models.hinge(80);
    ConvexReLURegressionModel model =
        new ConvexReLURegressor().setNumGates(6).setPatternRank(1).fit(data);
    TrainingResult training = model.summary().training();
    assertThat(training.path()).isNotEmpty();
    assertThat(training.rankBound()).isPresent();
    String path = directory.resolve("summary").toString();
    model.saveSummary(path);
    ConvexReLURegressionModel other =
        new ConvexReLURegressionModel("other", model.network(), model.certificate());
    other.loadSummary(path, data);
    // The model has the marginals, not the file.
    TrainingResult again = other.summary().training();
    assertThat(training.marginals().map(again::with).orElse(again)).isEqualTo(training);
    assertThat(other.summary().r2()).isEqualTo(model.summary().r2());
  }

  /** Spark's own estimate follows the summary into the session. */
  @Test
  void theSizeIsThatOfTheNetwork() {
    ConvexReLURegressionModel model =
        new ConvexReLURegressor().setNumGates(4).setRegRatio(0.1).fit(Models.hinge(60));
    assertThat(model.hasSummary()).isTrue();
    assertThat(model.estimatedSize()).isEqualTo(model.network().bytes()).isBetween(100L, 10_000L);
  }
}
