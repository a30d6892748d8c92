package org.convexnn.solver.setup;

import java.util.Arrays;
import org.convexnn.block.ColumnStats;
import org.convexnn.block.pass.data.FoldWeightsPass;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SoftmaxLoss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.rows.Rows;

/**
 * The best constant b0 of a task: weighted mean, log-odds, or logarithms of the classes' shares, of
 * mean zero.
 *
 * @param loss the task's loss
 * @param offset b0, C numbers
 * @param shares the classes' shares of the weight, empty in a regression
 */
public record ConstantModel(Loss loss, double[] offset, double[] shares) {

  /**
   * The constant model of these rows.
   *
   * @param stats their statistics
   * @throws IllegalArgumentException when labels do not suit the task
   */
  public static ConstantModel of(Rows rows, ColumnStats stats, TrainingOptions.Task task) {
    return switch (task) {
      case BINARY -> binary(stats);
      case MULTICLASS -> multiclass(rows, stats);
      case REGRESSION ->
          new ConstantModel(new SquaredLoss(), new double[] {stats.labelMean()}, new double[0]);
    };
  }

  /** The share of the rarest class, 1 in a regression. */
  double rarestClass() {
    return Arrays.stream(shares).min().orElse(1);
  }

  /** Of classes, the mean loss of b0: their entropy. */
  double entropy() {
    return Arrays.stream(shares).map(p -> -p * Math.log(p)).sum();
  }

  private static ConstantModel binary(ColumnStats stats) {
    double p = stats.labelMean();
    if (stats.labelMin() < 0 || stats.labelMax() > 1 || !(p > 0 && p < 1)) {
      throw new IllegalArgumentException(
          "binary labels must be 0 and 1, both present; they range from "
              + stats.labelMin()
              + " to "
              + stats.labelMax());
    }
    return new ConstantModel(
        new LogisticLoss(), new double[] {Math.log(p / (1 - p))}, new double[] {1 - p, p});
  }

  private static ConstantModel multiclass(Rows rows, ColumnStats stats) {
    double[] shares = classShares(rows, stats);
    double meanLog = Arrays.stream(shares).map(Math::log).average().orElseThrow();
    double[] offset = new double[shares.length];
    for (int k = 0; k < shares.length; k++) {
      offset[k] = Math.log(shares[k]) - meanLog;
    }
    return new ConstantModel(new SoftmaxLoss(shares.length), offset, shares);
  }

  /** The classes' shares of the weight. */
  private static double[] classShares(Rows rows, ColumnStats stats) {
    int classes = (int) stats.labelMax() + 1;
    if (stats.labelMin() < 0 || stats.labelMax() != classes - 1 || classes < 2) {
      throw new IllegalArgumentException(
          "class labels must be 0, 1, .. C - 1; they range from "
              + stats.labelMin()
              + " to "
              + stats.labelMax());
    }
    double[] sums = rows.sum("weights of the classes", new FoldWeightsPass(1, 0, classes))[0];
    double[] shares = Arrays.copyOfRange(sums, FoldWeightsPass.CLASSES, sums.length);
    double total = Arrays.stream(shares).sum();
    for (int k = 0; k < classes; k++) {
      if (!(shares[k] > 0)) {
        throw new IllegalArgumentException(
            "no row has class " + k + " of " + classes + ": index the labels without gaps");
      }
      shares[k] /= total;
    }
    return shares;
  }
}
