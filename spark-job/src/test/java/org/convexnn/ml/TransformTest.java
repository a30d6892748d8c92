package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.convexnn.SparkTest;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("spark")
class TransformTest {

  private final ConvexReLUClassificationModel classifier =
      new ConvexReLUClassificationModel("mine", Models.network(), Models.CERTIFICATE);

  private static double f(Network network, Vector x) {
    double[] out = new double[1];
    network.evaluator().evaluate(x.toArray(), out);
    return out[0];
  }

  @Test
  void classificationGivesLogOddsAndProbabilities() {
    for (Row row : classifier.transform(Models.ring(40)).collectAsList()) {
      double f = f(Models.network(), row.getAs("features"));
      Vector raw = row.getAs("rawPrediction");
      Vector probability = row.getAs("probability");
      assertThat(raw.toArray()).containsExactly(-f, f);
      assertThat(probability.apply(1)).isCloseTo(1 / (1 + Math.exp(-f)), within(1e-15));
      assertThat(probability.apply(0) + probability.apply(1)).isCloseTo(1, within(1e-15));
      assertThat(row.<Double>getAs("prediction")).isEqualTo(f > 0 ? 1.0 : 0.0);
    }
  }

  @Test
  void regressionIsInLabelUnits() {
    ConvexReLURegressionModel model =
        new ConvexReLURegressionModel("r", Models.linear(), Models.CERTIFICATE);
    assertThat(model.predict(Vectors.dense(1, 2))).isEqualTo(10 + 3 * (1 - 4 + 0.5));
    assertThat(model.numFeatures()).isEqualTo(2);
  }

  @Test
  void sparseVectorsAreScoredAsDenseOnes() {
    Vector dense = Vectors.dense(0, 1.5, 0);
    assertThat(classifier.predictRaw(dense.toSparse())).isEqualTo(classifier.predictRaw(dense));
  }

  @Test
  void thresholdsMoveTheDecision() {
    Vector x = Vectors.dense(0.1, 0.2, 0.3);
    double p = classifier.predictProbability(x).apply(1);
    classifier.setThresholds(new double[] {1 - p, p * 1.01});
    assertThat(classifier.predict(x)).isZero();
    classifier.setThresholds(new double[] {1 - p, p * 0.99});
    assertThat(classifier.predict(x)).isEqualTo(1);
    classifier.clear(classifier.thresholds());
  }

  @Test
  void columnsThatAreNotWantedAreLeftOut() {
    classifier.setRawPredictionCol("").setProbabilityCol("");
    Dataset<Row> scored = classifier.transform(Models.ring(10));
    assertThat(scored.columns()).containsExactly("features", "label", "weight", "prediction");
    for (Row row : scored.collectAsList()) {
      double f = f(Models.network(), row.getAs("features"));
      assertThat(row.<Double>getAs("prediction")).isEqualTo(f > 0 ? 1.0 : 0.0);
    }
    // Spark asks for these columns when it computes summaries.
    assertThat((String) classifier.findSummaryModel()._2()).startsWith("probability");
  }

  @Test
  void aVectorOfAnotherSizeIsRefusedWithBothSizes() {
    assertThatThrownBy(() -> classifier.predict(Vectors.dense(1, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("2 entries", "trained on 3");
    List<Row> rows = List.of(RowFactory.create(Vectors.dense(1, 2), 0.0, 1.0));
    Dataset<Row> data = SparkTest.session().createDataFrame(rows, Models.SCHEMA);
    assertThatThrownBy(() -> classifier.transform(data).collectAsList())
        .hasStackTraceContaining("a features vector has 2 entries, the model was trained on 3");
  }

  @Test
  void aNullVectorIsRefusedWithARemedy() {
    assertThatThrownBy(() -> classifier.predict(null)).hasMessageContaining("na().drop()");
  }

  @Test
  void manyThreadsMayScore() {
    List<Vector> rows =
        Models.ring(300).select("features").collectAsList().stream()
            .map(r -> r.<Vector>getAs(0))
            .toList();
    List<Double> expected = rows.stream().map(x -> f(Models.network(), x)).toList();
    List<Double> actual =
        rows.parallelStream().map(x -> classifier.predictRaw(x).apply(1)).toList();
    assertThat(actual).isEqualTo(expected);
  }

  @Test
  void aLargeModelIsBroadcastAndScoresTheSame() {
    int d = 3;
    int gates = 40_000;
    Random random = new Random(8);
    Network large =
        new Network(
            FeatureMap.identity(d),
            GateSet.of(
                new HalfSpaces(
                    d,
                    random.doubles((long) gates * d, -1, 1).toArray(),
                    new double[gates],
                    new double[gates])),
            random.doubles((1L + gates) * (d + 1), -1, 1).toArray(),
            new double[1],
            0,
            1);
    ConvexReLUClassificationModel model =
        new ConvexReLUClassificationModel("large", large, Models.CERTIFICATE);
    for (Row row : model.transform(Models.ring(20)).collectAsList()) {
      assertThat(row.<Vector>getAs("rawPrediction").apply(1))
          .isEqualTo(f(large, row.getAs("features")));
    }
    for (Row row :
        model.transform(model.transform(Models.ring(5)).select("features")).collectAsList()) {
      assertThat(row.<Vector>getAs("probability").size()).isEqualTo(2);
    }
  }

  @Test
  void toStringTellsSizesAndCertificate() {
    assertThat(classifier.toString())
        .contains("uid=mine", "numFeatures=3", "numClasses=2", "activeNeurons=6", "gap 2.00e-04");
  }

  @Test
  void aModelWithoutSummarySaysSo() {
    assertThat(classifier.hasSummary()).isFalse();
    assertThatThrownBy(classifier::summary)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("hasSummary()");
  }
}
