package org.convexnn.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.convexnn.cli.table.ColumnSurvey;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.ml.PredictionCost;
import org.junit.jupiter.api.Test;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

class ScoresTest {

  /** Every pair compared, with ties and weights, and the rows cut in two anywhere. */
  @Test
  void areaUnderRocIsTheShareOfPairsInOrder() {
    CounterRandom random = new CounterRandom(1, 1);
    int n = 50;
    double[] positives = new double[n];
    double[] negatives = new double[n];
    for (int i = 0; i < n; i++) {
      positives[i] = random.nextInt(3);
      negatives[i] = random.nextInt(4);
    }
    double won = 0;
    double all = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        all += positives[i] * negatives[j];
        won += positives[i] * negatives[j] * (i > j ? 1 : i == j ? 0.5 : 0);
      }
    }
    for (int cut = 0; cut <= n; cut++) {
      RocArea low = area(positives, negatives, 0, cut);
      RocArea whole = low.below(area(positives, negatives, cut, n));
      assertThat(whole.value()).isCloseTo(won / all, within(1e-14));
    }
    assertThat(RocArea.tied(3, 0).below(RocArea.tied(2, 0)).value()).isNaN();
  }

  private static RocArea area(double[] positives, double[] negatives, int from, int to) {
    RocArea area = RocArea.NONE;
    for (int i = from; i < to; i++) {
      area = area.below(RocArea.tied(positives[i], negatives[i]));
    }
    return area;
  }

  @Test
  void theCurveHasTheRatesAtItsProbabilities() {
    int n = 5000;
    double[] p = new double[n];
    double[] y = new double[n];
    Scores.BinaryTally tally = new Scores.BinaryTally();
    CounterRandom random = new CounterRandom(2, 1);
    for (int i = 0; i < n; i++) {
      p[i] = random.nextDouble();
      y[i] = random.nextDouble() < p[i] ? 1 : 0;
      tally.add(y[i], 1, p[i] >= 0.5 ? 1 : 0, p[i]);
    }
    List<Scores.CurvePoint> curve = tally.curve();
    assertThat(curve).hasSizeBetween(300, 410);
    double area = 0;
    for (int k = 1; k < curve.size(); k++) {
      Scores.CurvePoint point = curve.get(k);
      double trues = 0;
      double falses = 0;
      double positives = 0;
      for (int i = 0; i < n; i++) {
        positives += y[i];
        if (p[i] >= point.probability()) {
          trues += y[i];
          falses += 1 - y[i];
        }
      }
      assertThat(point.truePositiveRate()).isCloseTo(trues / positives, within(1e-3));
      assertThat(point.falsePositiveRate()).isCloseTo(falses / (n - positives), within(1e-3));
      assertThat(point.precision()).isCloseTo(trues / (trues + falses), within(0.02));
      Scores.CurvePoint last = curve.get(k - 1);
      area +=
          (point.falsePositiveRate() - last.falsePositiveRate())
              * (point.truePositiveRate() + last.truePositiveRate())
              / 2;
    }
    double won = 0;
    double all = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        all += y[i] * (1 - y[j]);
        won += y[i] * (1 - y[j]) * (p[i] > p[j] ? 1 : 0);
      }
    }
    assertThat(area).isCloseTo(won / all, within(1e-4));
  }

  @Test
  void logLossIsClippedAndWeighted() {
    Scores.Tally tally = new Scores.BinaryTally();
    tally.add(1, 1, 0, 0);
    tally.add(0, 3, 0, 0.5);
    Scores scores = tally.scores();
    double expected = (-Math.log(1e-15) - 3 * Math.log(0.5)) / 4;
    assertThat(scores.get("logLoss")).isCloseTo(expected, within(1e-12));
    assertThat(scores.get("accuracy")).isEqualTo(0.75);
  }

  @Test
  void aSingleClassHasNoAreaAndAConstantLabelNoR2() {
    Scores.Tally tally = new Scores.BinaryTally();
    tally.add(1, 1, 1, 0.9);
    assertThat(tally.scores().get("areaUnderROC")).isNaN();
    assertThat(tally.scores()).hasToString("accuracy 1.000, logLoss 0.1054");
    for (double guess : new double[] {7, 8}) {
      Scores.Tally constant = new Scores.RegressionTally(PredictionCost.SQUARED);
      constant.add(7, 1, guess, guess);
      constant.add(7, 2, guess, guess);
      assertThat(constant.scores().get("r2")).isNaN();
      assertThat(constant.scores().get("rmse")).isEqualTo(guess - 7);
    }
  }

  @Test
  void severalClassesAreCountedByWeight() {
    Scores.Tally tally = new Scores.MulticlassTally();
    Scores.Tally other = new Scores.MulticlassTally();
    tally.add(0, 1, 0, 0.5);
    other.add(0, 3, 1, 0);
    other.add(3, 2, 3, 1);
    // Class 2 occurs nowhere; F1 of the others: 2 1 / (4 + 1), 0, 2 2 / (2 + 2).
    Scores scores = tally.merge(new Scores.MulticlassTally()).merge(other).scores();
    assertThat(scores.values()).containsOnlyKeys("accuracy", "logLoss", "macroF1");
    assertThat(scores.get("accuracy")).isEqualTo(0.5);
    assertThat(scores.get("macroF1")).isCloseTo(1.4 / 3, within(1e-15));
    assertThat(scores.get("logLoss"))
        .isCloseTo(-(Math.log(0.5) + 3 * Math.log(1e-15)) / 6, within(1e-12));
  }

  @Test
  void r2SurvivesLabelsFarFromZero() {
    double[] label = {1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 6};
    double[] guess = {1e9 + 1, 1e9 + 2, 1e9 + 4, 1e9 + 5};
    Scores.Tally tally = new Scores.RegressionTally(PredictionCost.SQUARED);
    Scores.Tally other = new Scores.RegressionTally(PredictionCost.SQUARED);
    for (int i = 0; i < 4; i++) {
      (i < 1 ? tally : other).add(label[i], 2, guess[i], guess[i]);
    }
    // mean 3, squared deviations 4 + 1 + 0 + 9 = 14, squared errors 0 + 0 + 1 + 1 = 2
    Scores scores =
        tally.merge(new Scores.RegressionTally(PredictionCost.SQUARED)).merge(other).scores();
    assertThat(scores.get("r2")).isCloseTo(1 - 2.0 / 14, within(1e-7));
    assertThat(scores.get("rmse")).isCloseTo(Math.sqrt(0.5), within(1e-9));
  }

  /** What tasks send back: many clusters set Kryo, which takes no records. */
  @Test
  void talliesAndSurveysSurviveKryo() {
    SerializerInstance kryo = new KryoSerializer(new SparkConf(false)).newInstance();
    ClassTag<Object> tag = ClassTag$.MODULE$.apply(Object.class);
    for (Object sent :
        List.of(
            new Scores.BinaryTally(),
            new Scores.MulticlassTally(),
            new Scores.RegressionTally(PredictionCost.SQUARED),
            new ColumnSurvey[] {new ColumnSurvey(10, 10)},
            new int[] {1, 2})) {
      assertThat(kryo.<Object>deserialize(kryo.serialize(sent, tag), tag))
          .hasSameClassAs(sent)
          .usingRecursiveComparison()
          .withEqualsForType((a, b) -> Double.compare(a, b) == 0, Double.class)
          .isEqualTo(sent);
    }
  }
}
