package org.convexnn.solver.path;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.convexnn.solver.fit.RunLog;

/**
 * The held-out losses of K-fold cross-validation, by ratio beta / betaMax and fold. With the fold's
 * weights w_k and losses l_k at a ratio,
 *
 * <pre>mean = sum w_k l_k / W,   standard error^2 = K / (K - 1) sum (w_k / W)^2 (l_k - mean)^2</pre>
 *
 * the second of folds of one weight the usual s^2 / K. (Folds share training rows, so it is somewhat
 * too small: Bengio and Grandvalet, No unbiased estimator of the variance of K-fold
 * cross-validation, JMLR 2004.)
 */
public final class FoldLosses {

  private final double[] ratios;
  private final List<Double> weights = new ArrayList<>();
  private final List<double[]> losses = new ArrayList<>();

  /** No folds yet. */
  public FoldLosses(double[] ratios) {
    this.ratios = ratios.clone();
  }

  /**
   * Adds a fold.
   *
   * @param weight of its rows
   * @param byRatio its mean losses at the ratios; infinite at those that it did not come to, which no
   *     fold's loss can make up for
   */
  public void add(double weight, double... byRatio) {
    weights.add(weight);
    losses.add(byRatio.clone());
  }

  /** Whether no fold was scored. */
  boolean isEmpty() {
    return losses.isEmpty();
  }

  /** The mean loss at a ratio. */
  public double mean(int ratio) {
    double sum = 0;
    for (int k = 0; k < losses.size(); k++) {
      sum += weights.get(k) * losses.get(k)[ratio];
    }
    return sum / weight();
  }

  /** The standard error of the mean loss at a ratio; NaN of one fold. */
  public double standardError(int ratio) {
    double mean = mean(ratio);
    double sum = 0;
    for (int k = 0; k < losses.size(); k++) {
      double share = weights.get(k) / weight() * (losses.get(k)[ratio] - mean);
      sum += share * share;
    }
    double folds = losses.size();
    return Math.sqrt(folds / (folds - 1) * sum);
  }

  private double weight() {
    return weights.stream().mapToDouble(w -> w).sum();
  }

  /**
   * The ratio of the lowest mean loss; all means of all folds become the path of the log.
   *
   * @param folds K, those without a score among them
   * @throws IllegalArgumentException where no fold was scored
   */
  double choose(int folds, RunLog log) {
    if (isEmpty()) {
      throw new IllegalArgumentException(
          "none of "
              + folds
              + " folds can be validated on: each has no rows, all of them or all of a class (equal"
              + " rows are always in one fold); lower numFolds, or set regRatio");
    }
    double[] means = IntStream.range(0, ratios.length).mapToDouble(this::mean).toArray();
    int best = 0;
    for (int i = 0; i < ratios.length; i++) {
      best = means[i] < means[best] ? i : best;
      if (means[i] < Double.POSITIVE_INFINITY) {
        log.validated(ratios[i], means[i], standardError(i));
      }
    }
    log.message(
        String.format(
            Locale.ROOT,
            "regRatio %.3g has the lowest mean validation loss of %d folds, %.5f",
            ratios[best],
            losses.size(),
            means[best]));
    return ratios[best];
  }
}
