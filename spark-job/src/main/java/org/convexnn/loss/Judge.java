package org.convexnn.loss;

import java.io.Serializable;

/**
 * Judges raw outputs f of rows with labels y by a number that is small where they are good. It is a
 * function of sums over rows, so that parts of the rows may be summed anywhere and in any order. Numbers
 * are in training units.
 */
public sealed interface Judge extends Serializable {

  /** How many sums there are. */
  int size();

  /**
   * Adds a row to the sums.
   *
   * @param f its outputs at {@code f[at ..]}
   * @param sums {@link #size} numbers
   */
  void add(double y, double[] f, int at, double weight, double[] sums);

  /** This judge of rows with these labels, see {@link Loss#on}. */
  default Judge on(double[] labels) {
    return this;
  }

  /** The number, of the sums of all rows. */
  double value(double[] sums);

  /** {@code sum w v / sum w} of a value v of each row. */
  sealed interface Mean extends Judge {

    /** The value of a row. */
    double of(double y, double[] f, int at);

    @Override
    default int size() {
      return 2;
    }

    @Override
    default void add(double y, double[] f, int at, double weight, double[] sums) {
      sums[0] += weight * of(y, f, at);
      sums[1] += weight;
    }

    @Override
    default double value(double[] sums) {
      return sums[0] / sums[1];
    }
  }

  /** The mean loss. */
  record OfLoss(Loss loss) implements Mean {
    @Override
    public double of(double y, double[] f, int at) {
      return loss.value(y, f, at);
    }

    @Override
    public Judge on(double[] labels) {
      return loss.labels() == 1 ? this : new OfLoss(loss.on(labels));
    }
  }

  /** The share of rows that another class than theirs is predicted for: 1 - accuracy. */
  record Errors(int outputs) implements Mean {
    @Override
    public double of(double y, double[] f, int at) {
      if (outputs == 1) {
        return (f[at] > 0 ? 1 : 0) == y ? 0 : 1;
      }
      int best = 0;
      for (int c = 1; c < outputs; c++) {
        best = f[at + c] > f[at + best] ? c : best;
      }
      return best == y ? 0 : 1;
    }
  }

  /** The mean absolute error of predictions. */
  record AbsoluteErrors(boolean logLink) implements Mean {
    @Override
    public double of(double y, double[] f, int at) {
      return Math.abs(y - (logLink ? Math.exp(f[at]) : f[at]));
    }
  }

  /** The root of the mean squared error of predictions. */
  record SquaredErrors(boolean logLink) implements Mean {
    @Override
    public double of(double y, double[] f, int at) {
      double error = y - (logLink ? Math.exp(f[at]) : f[at]);
      return error * error;
    }

    @Override
    public double value(double[] sums) {
      return Math.sqrt(Mean.super.value(sums));
    }
  }

  /**
   * 1 - the area under ROC of one output: the weighted share of pairs of a row of class 1 and one of class
   * 0 of which the first has the smaller output, equal ones counted half. Outputs within 0.01 count as
   * equal; so do all beyond 20 to either side, where a probability is 2e-9 from 0 or 1.
   */
  record Area() implements Judge {

    private static final int BINS = 4000;
    private static final double LARGEST = 20;

    @Override
    public int size() {
      return 2 * BINS;
    }

    @Override
    public void add(double y, double[] f, int at, double weight, double[] sums) {
      int bin = (int) Math.floor((f[at] + LARGEST) / (2 * LARGEST) * BINS);
      sums[2 * Math.min(Math.max(bin, 0), BINS - 1) + (y > 0 ? 1 : 0)] += weight;
    }

    @Override
    public double value(double[] sums) {
      double negatives = 0; // of higher bins
      double positives = 0;
      double wrong = 0;
      for (int bin = BINS - 1; bin >= 0; bin--) {
        double negative = sums[2 * bin];
        double positive = sums[2 * bin + 1];
        wrong += positive * (negatives + 0.5 * negative);
        negatives += negative;
        positives += positive;
      }
      // Rows of one class are told apart no better than by chance.
      double pairs = negatives * positives;
      return pairs > 0 ? wrong / pairs : 0.5;
    }
  }
}
