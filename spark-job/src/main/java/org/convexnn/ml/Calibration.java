package org.convexnn.ml;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.convexnn.ml.score.Ranking;

/**
 * What rows that had no part in training say of a network's errors: split conformal prediction (Papadopoulos,
 * Proedrou, Vovk and Gammerman, Inductive confidence machines for regression, ECML 2002; Lei, G'Sell,
 * Rinaldo, Tibshirani and Wasserman, Distribution-free predictive inference for regression, JASA 2018).
 *
 * <p>With the scores s_1 .. s_n of the n rows, how far each label is from what is predicted, Q is the
 * {@code ceil((n + 1) coverage)}-th smallest. Where another row and these are exchangeable, as rows drawn
 * independently are, its score is at most Q with a probability of at least the coverage, and at most
 * {@code coverage + 1 / (n + 1)} where no scores are equal: over draws of both the rows and that other one,
 * whatever the network, for finite n.
 *
 * @param coverage 1 - alpha
 * @param rows n, of positive weight
 * @param quantile Q: half the width of an interval, or what is added to its two ends, in units of
 *     a scale where there is one; of classes 1 - the
 *     least probability of a class in a set
 * @param probabilities of each class the map from the network's probability to the calibrated one; empty
 *     where probabilities are left alone
 */
public record Calibration(
    double coverage, long rows, double quantile, List<IsotonicMap> probabilities)
    implements Serializable {

  /** (n + 1) coverage in floating point may be above the whole number that it is. */
  private static final double ROUNDING = 1e-9;

  /** Copies the list and checks what may come from a file. */
  public Calibration {
    probabilities = List.copyOf(probabilities);
    if (!(coverage > 0 && coverage < 1) || rows < 1 || !Double.isFinite(quantile)) {
      throw new IllegalArgumentException(
          "no calibration: coverage " + coverage + ", rows " + rows + ", quantile " + quantile);
    }
  }

  /**
   * Of scores. Weights count as multiples of their mean, the row that is predicted having the mean one.
   *
   * @throws IllegalArgumentException where rows are too few for a finite Q: fewer than coverage / (1 -
   *     coverage)
   */
  static Calibration of(double coverage, double[] scores, double[] weights) {
    int n = scores.length;
    double mean = Arrays.stream(weights).sum() / n;
    double rank = (n + 1) * coverage * (1 - ROUNDING);
    double reached = 0;
    for (int r : Ranking.ascending(scores, n)) {
      reached += weights[r] / mean;
      if (reached >= rank) {
        return new Calibration(coverage, n, scores[r], List.of());
      }
    }
    throw new IllegalArgumentException(
        "coverage is "
            + coverage
            + " and there are "
            + n
            + " rows to calibrate on: at least "
            + (long) Math.ceil(coverage / (1 - coverage) * (1 - ROUNDING))
            + " are needed; give more rows, or lower coverage");
  }

  /**
   * That of a model.
   *
   * @param param that asks for it
   * @param value of the Param
   * @throws IllegalStateException where the model has none
   */
  static Calibration of(ConvexReLUModel<?> model, String param, String value) {
    return model
        .calibration()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    param
                        + " is '"
                        + value
                        + "', and "
                        + model.uid()
                        + " is not calibrated: set "
                        + param
                        + " before fit, which then holds rows out, or use withCalibration(rows) with rows"
                        + " that the model was not trained on"));
  }

  /** This calibration with maps of probabilities. */
  Calibration with(List<IsotonicMap> maps) {
    return new Calibration(coverage, rows, quantile, maps);
  }

  /** Overwrites probabilities by calibrated ones, which sum to one. */
  void calibrate(double[] p) {
    if (probabilities.isEmpty()) {
      return;
    }
    double sum = 0;
    for (int k = 0; k < p.length; k++) {
      p[k] = probabilities.get(k).of(p[k]);
      sum += p[k];
    }
    for (int k = 0; k < p.length; k++) {
      p[k] /= sum;
    }
  }
}
