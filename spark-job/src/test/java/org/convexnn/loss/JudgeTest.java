package org.convexnn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Judges beside their definitions, on all pairs of rows or one after the other. */
class JudgeTest {

  private static final int N = 300;
  private final Random random = new Random(4);
  private final double[] y = new double[N];
  private final double[] w = new double[N];
  private final double[] f = new double[3 * N];

  /** Sums of two parts, in another order. */
  private double judged(Judge judge, int outputs) {
    double[] first = new double[judge.size()];
    double[] second = new double[judge.size()];
    for (int r = N - 1; r >= 0; r--) {
      judge.add(y[r], f, r * outputs, w[r], r % 3 == 0 ? first : second);
    }
    for (int i = 0; i < first.length; i++) {
      first[i] += second[i];
    }
    return judge.value(first);
  }

  private void rows(int classes, double scale) {
    for (int r = 0; r < N; r++) {
      y[r] = random.nextInt(classes);
      w[r] = 1 + random.nextInt(3);
    }
    for (int i = 0; i < f.length; i++) {
      // Far apart in bins, with ties.
      f[i] = scale * Math.round(4 * random.nextGaussian() + y[i % N] % 2);
    }
  }

  @Test
  void theAreaIsTheShareOfPairsInOrder() {
    rows(2, 0.5);
    double pairs = 0;
    double right = 0;
    for (int r = 0; r < N; r++) {
      for (int s = 0; s < N; s++) {
        if (y[r] == 1 && y[s] == 0) {
          pairs += w[r] * w[s];
          right += w[r] * w[s] * (f[r] > f[s] ? 1 : f[r] == f[s] ? 0.5 : 0);
        }
      }
    }
    assertThat(judged(EvalMetric.AREA_UNDER_ROC.of(new LogisticLoss()), 1))
        .isCloseTo(1 - right / pairs, within(1e-12));
  }

  @Test
  void theAreaOfOneClassIsThatOfChance() {
    rows(1, 1);
    assertThat(judged(EvalMetric.AREA_UNDER_ROC.of(new LogisticLoss()), 1)).isEqualTo(0.5);
  }

  @Test
  void accuracyCountsRows() {
    rows(3, 1);
    double wrong = 0;
    double all = 0;
    for (int r = 0; r < N; r++) {
      int best = 0;
      for (int c = 1; c < 3; c++) {
        best = f[3 * r + c] > f[3 * r + best] ? c : best;
      }
      wrong += best == y[r] ? 0 : w[r];
      all += w[r];
    }
    assertThat(judged(EvalMetric.ACCURACY.of(new SoftmaxLoss(3)), 3))
        .isCloseTo(wrong / all, within(1e-12));
    rows(2, 1);
    wrong = 0;
    all = 0;
    for (int r = 0; r < N; r++) {
      wrong += (LogisticLoss.sigmoid(f[r]) > 0.5) == (y[r] == 1) ? 0 : w[r];
      all += w[r];
    }
    assertThat(judged(EvalMetric.ACCURACY.of(new LogisticLoss()), 1))
        .isCloseTo(wrong / all, within(1e-12));
  }

  @Test
  void errorsAreOfPredictionsAndNotOfRawOutputs() {
    rows(9, 0.1);
    double squares = 0;
    double sizes = 0;
    double all = 0;
    for (int r = 0; r < N; r++) {
      double error = y[r] - Math.exp(f[r]);
      squares += w[r] * error * error;
      sizes += w[r] * Math.abs(error);
      all += w[r];
    }
    Loss poisson = new TweedieLoss(1);
    assertThat(judged(EvalMetric.RMSE.of(poisson), 1))
        .isCloseTo(Math.sqrt(squares / all), within(1e-12));
    assertThat(judged(EvalMetric.MAE.of(poisson), 1)).isCloseTo(sizes / all, within(1e-12));
    double rmse = judged(EvalMetric.RMSE.of(new SquaredLoss()), 1);
    assertThat(judged(EvalMetric.AUTO.of(new SquaredLoss()), 1))
        .isCloseTo(rmse * rmse / 2, within(1e-12));
  }
}
