package org.convexnn.ml;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sqrt;

import java.io.Serializable;
import org.apache.spark.mllib.evaluation.RegressionMetrics;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How a regression does on some rows, weighted by the weight column where they have it. Metrics are
 * MLlib's, in label units. Nothing is computed before it is asked for.
 *
 * <p>{@code r2adj}, {@code degreesOfFreedom} and what MLlib makes of them are left out: they count
 * coefficients, and of a network whose gates were drawn for the data and whose weights a penalty
 * shrinks no count of weights is the number of degrees of freedom.
 *
 * @see org.apache.spark.mllib.evaluation.RegressionMetrics
 */
public class ConvexReLURegressionSummary implements Serializable {

  private static final long serialVersionUID = 1L;

  private final ScoredRows scored;
  private transient RegressionMetrics metrics;

  ConvexReLURegressionSummary(ScoredRows scored) {
    this.scored = scored;
  }

  /** The rows with the model's predictions. */
  public Dataset<Row> predictions() {
    return scored.rows();
  }

  /** The column of {@link #predictions} with the label predicted. */
  public String predictionCol() {
    return scored.predictionCol();
  }

  /** The column with the true label. */
  public String labelCol() {
    return scored.labelCol();
  }

  /** The column with the features. */
  public String featuresCol() {
    return scored.featuresCol();
  }

  /** The weight column, the empty string where none was set; rows without it count once each. */
  public String weightCol() {
    return scored.weightCol();
  }

  /** One column, {@code residuals}: label - prediction. */
  public Dataset<Row> residuals() {
    return predictions().select(residual().as("residuals"));
  }

  /** min and max of sqrt(weight) (label - prediction) over the rows, in this order. */
  public double[] devianceResiduals() {
    Column weighted = sqrt(scored.weight()).multiply(residual());
    Row range = scored.aggregates(min(weighted), max(weighted));
    return new double[] {range.getDouble(0), range.getDouble(1)};
  }

  private Column residual() {
    return scored.label().minus(col(predictionCol()));
  }

  /** The number of rows. */
  public long numInstances() {
    return predictions().count();
  }

  /** The mean square distance of the predictions from the mean label. */
  public double explainedVariance() {
    return metrics().explainedVariance();
  }

  /** mean |label - prediction|. */
  public double meanAbsoluteError() {
    return metrics().meanAbsoluteError();
  }

  /** mean (label - prediction)^2. */
  public double meanSquaredError() {
    return metrics().meanSquaredError();
  }

  /** The root of {@link #meanSquaredError}. */
  public double rootMeanSquaredError() {
    return metrics().rootMeanSquaredError();
  }

  /**
   * 1 - sum w (label - prediction)^2 / sum w (label - mean)^2. MLlib's is that of rows without weights;
   * where weights differ it has W - 1 in place of W - sum w^2 / W, and a weight of 2 is not two rows.
   */
  public double r2() {
    Row weights = scored.weights();
    double sum = weights.getDouble(0);
    double freedom = sum - weights.getDouble(1) / sum;
    return 1 - (1 - metrics().r2()) * (sum - 1) / freedom;
  }

  private synchronized RegressionMetrics metrics() {
    if (metrics == null) {
      metrics = new RegressionMetrics(scored.judged(col(predictionCol())));
    }
    return metrics;
  }
}
