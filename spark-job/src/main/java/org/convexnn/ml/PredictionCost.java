package org.convexnn.ml;

import java.io.Serializable;
import java.util.Optional;
import org.convexnn.loss.RegressionLoss;

/**
 * What predictions of a regression cost by the loss that it was trained with, in label units: deviances
 * of log links, the pinball loss of quantiles.
 */
public final class PredictionCost implements Serializable {

  /** Of squared loss, which is told by RMSE and R2. */
  public static final PredictionCost SQUARED = new PredictionCost(RegressionLoss.SQUARED);

  private static final long serialVersionUID = 1L;

  // Not the record of both: tasks send this, and Spark's Kryo writes no records.
  private final RegressionLoss.Kind kind;
  private final double parameter;

  private PredictionCost(RegressionLoss loss) {
    this.kind = loss.kind();
    this.parameter = loss.parameter();
  }

  private RegressionLoss loss() {
    return new RegressionLoss(kind, parameter);
  }

  /** Of the loss of an estimator or a model. */
  public static PredictionCost of(ConvexReLUParams params) {
    return new PredictionCost(params.regressionLoss());
  }

  /** What the mean cost is called: deviance or pinball; empty of losses whose measure is the RMSE. */
  public Optional<String> measure() {
    return loss().measure();
  }

  /** The cost of a prediction: the unit deviance, the pinball loss, or the square of the error. */
  public double of(double label, double prediction) {
    return loss().cost(label, prediction);
  }

  /** What a label is without the offset of its row: for those who know no offsets. */
  public double withoutOffset(double label, double offset) {
    return loss().label(label, offset);
  }

  /** Whether an offset multiplies predictions by its exponential, and is not added to them. */
  public boolean logLink() {
    return kind.logLink();
  }

  /**
   * What a row counts for in a mean of costs: its weight, times {@code e^((2-p) offset)} of a log link;
   * with the logarithm of an exposure as offset and p = 1 that is the exposure.
   */
  public double unit(double weight, double offset) {
    return loss().weight(weight, offset);
  }
}
