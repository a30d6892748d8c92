package org.convexnn.ml;

import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sqrt;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;

import java.io.Serializable;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.mllib.evaluation.RegressionMetrics;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;
import org.convexnn.loss.RegressionLoss;
import org.convexnn.ml.score.Importances;

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

  /**
   * The summary of one output of a model that was trained on several labels, whose metrics are of one each.
   *
   * @param k from 0 on
   * @throws IllegalArgumentException where there is no such output
   */
  public ConvexReLURegressionSummary ofOutput(int k) {
    return new ConvexReLURegressionSummary(scored.ofOutput(k));
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

  /**
   * How much each feature matters on the rows: the mean of its absolute contributions.
   *
   * @throws IllegalStateException where the model knows no marginals of its training rows
   */
  public Vector featureImportances() {
    return Vectors.dense(importances().absolute());
  }

  /**
   * What the mean loss ({@link PredictionCost}) of the rows would grow by if each feature's contributions were taken away; below
   * zero where they harm.
   *
   * @throws IllegalStateException where the model knows no marginals of its training rows
   */
  public Vector lossImportances() {
    return Vectors.dense(importances().loss());
  }

  private Importances importances() {
    return scored.importances(rowLoss(scored.loss()));
  }

  private static Importances.RowLoss rowLoss(RegressionLoss loss) {
    // Not the record itself: tasks send this, and Spark's Kryo writes no records.
    RegressionLoss.Kind kind = loss.kind();
    double parameter = loss.parameter();
    return (outputs, label) ->
        new RegressionLoss(kind, parameter).cost(label, kind.prediction(outputs[0]));
  }

  private Column residual() {
    return scored.label().minus(scored.prediction());
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

  /**
   * The deviance, of exposure 1 on average: {@code sum w d(label, prediction) / sum w e^((2-p) offset)}, d
   * the unit deviance; of squared loss the mean square error.
   *
   * @throws IllegalStateException where the model's loss has none
   */
  public double meanDeviance() {
    refuseUnless(scored.loss().squared() || scored.loss().kind().logLink(), "deviance");
    Row sums = costs();
    return sums.getDouble(0) / sums.getDouble(1);
  }

  /**
   * The deviance, {@code sum w d(label, prediction)}, as MLlib's GeneralizedLinearRegression has it.
   *
   * @throws IllegalStateException where the model's loss has none
   */
  public double deviance() {
    refuseUnless(scored.loss().squared() || scored.loss().kind().logLink(), "deviance");
    return costs().getDouble(0);
  }

  /**
   * The mean pinball loss of the model's quantile, {@code max(q e, (q - 1) e)} with e = label - prediction.
   *
   * @throws IllegalStateException where the model's loss is another
   */
  public double pinballLoss() {
    refuseUnless(scored.loss().kind() == RegressionLoss.Kind.QUANTILE, "pinball loss");
    Row sums = costs();
    return sums.getDouble(0) / sums.getDouble(1);
  }

  private void refuseUnless(boolean has, String measure) {
    if (!has) {
      throw new IllegalStateException(
          "the model was trained with loss '" + scored.loss() + "', which has no " + measure);
    }
  }

  /** The sums of what predictions cost and of what rows count for. */
  private Row costs() {
    RegressionLoss loss = scored.loss();
    UDF2<Double, Double, Double> cost = loss::cost;
    UDF2<Double, Double, Double> unit = loss::weight;
    Column costs = udf(cost, DataTypes.DoubleType).apply(scored.label(), scored.prediction());
    Column units = udf(unit, DataTypes.DoubleType).apply(scored.weight(), scored.offset());
    return scored.aggregates(sum(scored.weight().multiply(costs)), sum(units));
  }

  private synchronized RegressionMetrics metrics() {
    if (metrics == null) {
      metrics = new RegressionMetrics(scored.judged(scored.prediction()));
    }
    return metrics;
  }
}
