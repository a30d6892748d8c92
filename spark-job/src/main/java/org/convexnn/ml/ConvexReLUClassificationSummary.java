package org.convexnn.ml;

import static org.apache.spark.ml.functions.vector_to_array;
import static org.apache.spark.sql.functions.col;

import org.apache.spark.api.java.function.Function;
import org.apache.spark.ml.classification.BinaryClassificationSummary;
import org.apache.spark.ml.classification.ClassificationSummary;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.mllib.evaluation.BinaryClassificationMetrics;
import org.apache.spark.mllib.evaluation.MulticlassMetrics;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.SoftmaxLoss;
import org.convexnn.ml.score.Importances;
import scala.Tuple3;

/**
 * How a classifier does on some rows, weighted by the weight column where they have it. Metrics are
 * MLlib's: of any number of classes accuracy, weightedPrecision, recallByLabel, ...; of two classes
 * also roc, areaUnderROC, pr, fMeasureByThreshold, ..., from curves of 1000 points. Nothing is computed
 * before it is asked for.
 *
 * @see org.apache.spark.mllib.evaluation.MulticlassMetrics
 * @see org.apache.spark.mllib.evaluation.BinaryClassificationMetrics
 */
// ClassificationSummary is named again for Python: py4j sees no further than the interfaces of a
// class.
public class ConvexReLUClassificationSummary
    implements BinaryClassificationSummary, ClassificationSummary {

  private static final long serialVersionUID = 1L;
  private static final int POINTS = 1000;

  private final ScoredRows scored;
  private final String probabilityCol;
  private final int classes;
  private transient MulticlassMetrics multiclass;
  private transient BinaryClassificationMetrics binary;

  ConvexReLUClassificationSummary(ConvexReLUClassificationModel model, ScoredRows scored) {
    this.scored = scored;
    this.probabilityCol = model.getProbabilityCol();
    this.classes = model.numClasses();
  }

  /** The rows with the model's predictions. */
  @Override
  public Dataset<Row> predictions() {
    return scored.rows();
  }

  /** The column of {@link #predictions} with the probabilities of the classes. */
  public String probabilityCol() {
    return probabilityCol;
  }

  /** The column that curves are made of: {@link #probabilityCol}. */
  @Override
  public String scoreCol() {
    return probabilityCol;
  }

  /** The column of {@link #predictions} with the class predicted. */
  @Override
  public String predictionCol() {
    return scored.predictionCol();
  }

  /** The column with the true class. */
  @Override
  public String labelCol() {
    return scored.labelCol();
  }

  /** The column with the features. */
  public String featuresCol() {
    return scored.featuresCol();
  }

  /** The weight column, the empty string where none was set; rows without it count once each. */
  @Override
  public String weightCol() {
    return scored.weightCol();
  }

  /**
   * How much each feature matters on the rows: the mean of its absolute contributions, added up
   * over classes.
   *
   * @throws IllegalStateException where the model knows no marginals of its training rows
   */
  public Vector featureImportances() {
    return Vectors.dense(importances().absolute());
  }

  /**
   * What the mean log loss of the rows would grow by if each feature's contributions were taken away; below
   * zero where they harm.
   *
   * @throws IllegalStateException where the model knows no marginals of its training rows
   */
  public Vector lossImportances() {
    return Vectors.dense(importances().loss());
  }

  private Importances importances() {
    return scored.importances(
        (outputs, label) ->
            (outputs.length == 1 ? new LogisticLoss() : new SoftmaxLoss(outputs.length))
                .value(label, outputs, 0));
  }

  // The accessors of the two traits, made when they are first used. MLlib's own initialisers are
  // not
  // run: they make them with the summary, which of rows behind a shuffle starts a job.

  /** What the metrics of any number of classes are computed from; for MLlib. */
  @Override
  public synchronized MulticlassMetrics
      org$apache$spark$ml$classification$ClassificationSummary$$multiclassMetrics() {
    if (multiclass == null) {
      multiclass = new MulticlassMetrics(scored.judged(col(predictionCol())));
    }
    return multiclass;
  }

  /**
   * What the metrics of two classes are computed from; for MLlib.
   *
   * @throws IllegalStateException of a model of more classes
   */
  @Override
  public synchronized BinaryClassificationMetrics
      org$apache$spark$ml$classification$BinaryClassificationSummary$$binaryMetrics() {
    if (classes > 2) {
      throw new IllegalStateException(
          "curves and the areas under them are of two classes, this model has "
              + classes
              + ": use accuracy, weightedFMeasure, precisionByLabel and the like");
    }
    if (binary == null) {
      Column score = vector_to_array(col(probabilityCol), "float64").getItem(1);
      binary =
          new BinaryClassificationMetrics(
              scored.judged(score).toJavaRDD().map(new Judged()).rdd(), POINTS);
    }
    return binary;
  }

  /** Score, label and weight of a row. */
  private static final class Judged implements Function<Row, Tuple3<Object, Object, Object>> {
    private static final long serialVersionUID = 1L;

    @Override
    public Tuple3<Object, Object, Object> call(Row row) {
      return new Tuple3<>(row.get(0), row.get(1), row.get(2));
    }
  }

  /** The session; for MLlib. */
  @Override
  public SparkSession
      org$apache$spark$ml$classification$BinaryClassificationSummary$$sparkSession() {
    return predictions().sparkSession();
  }

  /** Never called: Scala's initialiser of the trait, its only caller, is not run. */
  @Override
  public void
      org$apache$spark$ml$classification$ClassificationSummary$_setter_$org$apache$spark$ml$classification$ClassificationSummary$$multiclassMetrics_$eq(
          MulticlassMetrics metrics) {}

  /** Never called, as above. */
  @Override
  public void
      org$apache$spark$ml$classification$BinaryClassificationSummary$_setter_$org$apache$spark$ml$classification$BinaryClassificationSummary$$binaryMetrics_$eq(
          BinaryClassificationMetrics metrics) {}

  /** Never called, as above. */
  @Override
  public void
      org$apache$spark$ml$classification$BinaryClassificationSummary$_setter_$org$apache$spark$ml$classification$BinaryClassificationSummary$$sparkSession_$eq(
          SparkSession session) {}
}
