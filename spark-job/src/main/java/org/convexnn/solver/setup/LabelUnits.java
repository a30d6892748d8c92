package org.convexnn.solver.setup;

import org.convexnn.block.ColumnStats;
import org.convexnn.block.pass.data.LabelsPass;
import org.convexnn.loss.Loss;
import org.convexnn.loss.RegressionLoss;
import org.convexnn.solver.rows.Rows;

/**
 * Units in which the labels of a regression are trained on, (label - shift) / scale, and in which the
 * constant model is 0:
 *
 * <pre>log links      shift 0, scale the mean label: f = 0 is the constant model, where all losses' curvature is 1
 * huber, quantile   shift the best constant, scale the distance of the quartiles / 1.349 (1 for the normal
 *                   distribution), which labels far out do not move</pre>
 *
 * Quartiles and constants of many rows are a sample's: the intercept makes up for what is left.
 *
 * @param shift of the label
 * @param scale of the label, positive
 * @param constantLoss mean loss of f = 0, in these units
 * @param dispersion sum w r^2 / sum w h at f = 0, r the derivatives and h the curvatures
 */
record LabelUnits(double shift, double scale, double constantLoss, double dispersion) {

  private static final int MOST_LABELS = 1 << 17;
  private static final double QUARTILES_OF_NORMAL = 1.349;
  private static final int BISECTIONS = 100;

  /**
   * Of a loss other than squared loss.
   *
   * @param deviation of the labels, used where half of them are equal; 0 where all are
   * @throws IllegalArgumentException where a mean label of 0 has no logarithm
   */
  static LabelUnits of(
      Rows rows,
      ColumnStats stats,
      double deviation,
      boolean intercept,
      RegressionLoss asked,
      long seed) {
    Loss loss = asked.training();
    double rate = Math.min(1, (double) MOST_LABELS / stats.rows());
    double[][] sample = LabelsPass.sorted(rows.sum("labels", new LabelsPass(rate, seed)));
    if (loss.logLink()) {
      if (!(stats.labelMean() > 0)) {
        throw new IllegalArgumentException(
            "the label is 0 on all rows: loss '"
                + asked.kind().word()
                + "' is of a mean that is positive; check the label column, or use loss 'squared'");
      }
      LabelUnits units = new LabelUnits(0, intercept ? stats.labelMean() : 1, 0, 1);
      return units.with(loss, sample);
    }
    double middle = quantile(sample, 0.75) - quantile(sample, 0.25);
    double scale = middle > 0 ? middle / QUARTILES_OF_NORMAL : deviation > 0 ? deviation : 1;
    double shift = intercept ? best(loss, sample, scale) : 0;
    return new LabelUnits(shift, scale, 0, 1).with(loss, sample);
  }

  private LabelUnits with(Loss loss, double[][] sample) {
    double[] f = new double[1];
    double[] r = new double[1];
    double sum = 0;
    double weight = 0;
    double squares = 0;
    double curvatures = 0;
    for (int i = 0; i < sample[0].length; i++) {
      double y = (sample[0][i] - shift) / scale;
      double w = sample[1][i];
      loss.derivative(y, f, 0, r, 0);
      sum += w * loss.value(y, f, 0);
      weight += w;
      squares += w * r[0] * r[0];
      curvatures += w * loss.rowCurvature(y, f, 0, r, 0);
    }
    return new LabelUnits(shift, scale, sum / weight, squares > 0 ? squares / curvatures : 1);
  }

  /** The least label of which and those below the weight is a share of all. */
  private static double quantile(double[][] sample, double share) {
    double total = 0;
    for (double w : sample[1]) {
      total += w;
    }
    double below = 0;
    int r = 0;
    while (r < sample[0].length - 1 && below + sample[1][r] < share * total) {
      below += sample[1][r++];
    }
    return sample[0][r];
  }

  /** The constant of the least loss, where the sum of derivatives changes its sign. */
  private static double best(Loss loss, double[][] sample, double scale) {
    double low = sample[0][0];
    double high = sample[0][sample[0].length - 1];
    double[] r = new double[1];
    for (int k = 0; k < BISECTIONS && low < high; k++) {
      double middle = low + 0.5 * (high - low);
      double slope = 0;
      for (int i = 0; i < sample[0].length; i++) {
        loss.derivative((sample[0][i] - middle) / scale, new double[1], 0, r, 0);
        slope += sample[1][i] * r[0];
      }
      if (slope > 0) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return low + 0.5 * (high - low);
  }
}
