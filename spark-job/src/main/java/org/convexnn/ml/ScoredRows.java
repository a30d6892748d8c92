package org.convexnn.ml;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.raise_error;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.ml.PredictorParams;
import org.apache.spark.ml.Transformer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convexnn.loss.RegressionLoss;
import org.convexnn.ml.params.InputColumns;
import org.convexnn.ml.params.LabelColumn;
import org.convexnn.ml.score.Importances;

/** Rows with a model's predictions, made when they are first asked for, and what metrics read of them. */
final class ScoredRows implements Serializable {

  private static final long serialVersionUID = 1L;

  /** All outputs. */
  private static final int ALL = -1;

  private final String featuresCol;
  private final String labelCol;
  private final String predictionCol;
  private final String weightCol;
  private final String offsetCol;
  private final RegressionLoss loss;
  private final int outputs;
  private final int output;
  private final String contributionsCol;
  private final transient Supplier<Dataset<Row>> scoring;
  private final transient Supplier<Dataset<Row>> explaining;
  private transient Importances importances;
  private transient Dataset<Row> rows;

  private <M extends PredictorParams & ConvexReLUModel<?>> ScoredRows(
      M model, Supplier<Dataset<Row>> scoring, Supplier<Dataset<?>> rows) {
    this.featuresCol = model.getFeaturesCol();
    this.labelCol = model.getLabelCol();
    this.predictionCol = model.getPredictionCol();
    this.weightCol = model.weightColumn().orElse("");
    this.offsetCol = model.offsetColumn().orElse("");
    this.loss = model.regressionLoss();
    this.outputs = model instanceof ConvexReLURegressionModel ? model.network().outputs() : 1;
    this.output = ALL;
    this.scoring = scoring;
    this.explaining = () -> model.contributions(rows.get());
    this.contributionsCol = model.contributionsColumn().orElse(ContributionsColumn.NAME);
  }

  /**
   * The rows of a data set.
   *
   * @param model has names for the columns that are asked for
   * @param labelRemedy what to do about a label that is not numeric
   * @throws IllegalArgumentException where the columns of features and label are not what they must be
   */
  static <M extends Transformer & PredictorParams & ConvexReLUModel<?>> ScoredRows of(
      M model, Dataset<?> dataset, String labelRemedy) {
    if (model.network().outputs() == 1
        || !LabelColumn.several(dataset.schema(), model.getLabelCol())) {
      new InputColumns(dataset.schema()).checkLabel(model.getLabelCol(), labelRemedy);
    }
    Dataset<Row> scored = model.transform(dataset);
    return new ScoredRows(model, () -> scored, () -> dataset);
  }

  /**
   * The rows that a model was trained on.
   *
   * @param model has names for the columns that are asked for
   * @param rows empty where the rows themselves are not known: then to ask for them is an error
   */
  static <M extends Transformer & PredictorParams & ConvexReLUModel<?>> ScoredRows trainedOn(
      M model, Optional<Dataset<Row>> rows) {
    Supplier<Dataset<?>> known = () -> rows.orElseThrow(ScoredRows::unknown);
    return new ScoredRows(model, () -> model.transform(known.get()), known);
  }

  private ScoredRows(ScoredRows all, int output) {
    this.featuresCol = all.featuresCol;
    this.labelCol = all.labelCol;
    this.predictionCol = all.predictionCol;
    this.weightCol = all.weightCol;
    this.offsetCol = all.offsetCol;
    this.loss = all.loss;
    this.outputs = all.outputs;
    this.output = output;
    this.scoring = all::rows;
    this.explaining = all.explaining;
    this.contributionsCol = all.contributionsCol;
  }

  /**
   * The same rows, of which one of several labels and its predictions count.
   *
   * @param k from 0 on
   * @throws IllegalArgumentException where there is no such label
   */
  ScoredRows ofOutput(int k) {
    if (k < 0 || k >= outputs) {
      throw new IllegalArgumentException(
          "output "
              + k
              + " of a model of "
              + outputs
              + " outputs; it must be from 0 to "
              + (outputs - 1));
    }
    return outputs == 1 ? this : new ScoredRows(this, k);
  }

  /** That of an output, of a column of several. */
  private Column of(Column several) {
    if (outputs == 1) {
      return several;
    }
    if (output == ALL) {
      throw new IllegalStateException(
          "the model was trained on "
              + outputs
              + " labels: metrics are of one; ask ofOutput(k), k from 0 to "
              + (outputs - 1));
    }
    return several.getItem(output);
  }

  /** The prediction. */
  Column prediction() {
    return of(col(predictionCol));
  }

  /** The error of a summary of training on rows of which only sums were there. */
  private static IllegalStateException unknown() {
    return new IllegalStateException(
        "this model was trained from sums, without its rows: evaluate(dataset) gives the metrics of a"
            + " data set");
  }

  synchronized Dataset<Row> rows() {
    if (rows == null) {
      rows = scoring.get();
    }
    return rows;
  }

  String featuresCol() {
    return featuresCol;
  }

  String labelCol() {
    return labelCol;
  }

  String predictionCol() {
    return predictionCol;
  }

  /** The empty string where there is none. */
  String weightCol() {
    return weightCol;
  }

  /** The label; an error where a row has none. */
  Column label() {
    Column label =
        outputs == 1
            ? col(labelCol).cast("double")
            : of(LabelColumn.numbers(rows().schema(), labelCol));
    return checked(
        label,
        label.isNotNull().and(not(label.isNaN())),
        "label column '" + labelCol + "'",
        "drop such rows before they are evaluated");
  }

  /** The weight, 1 where the rows have no weight column. */
  Column weight() {
    return weight(rows());
  }

  private Column weight(Dataset<Row> of) {
    if (!Arrays.asList(of.columns()).contains(weightCol)) {
      return lit(1.0);
    }
    Column weight = col(weightCol).cast("double");
    return checked(
        weight,
        weight.geq(0).and(weight.lt(Double.POSITIVE_INFINITY)),
        "weight column '" + weightCol + "'",
        "weights must be 0 or positive, and finite");
  }

  /** How much each feature matters on the rows, by the loss of outputs. */
  synchronized Importances importances(Importances.RowLoss rowLoss) {
    if (importances == null) {
      Dataset<Row> explained = explaining.get();
      if (explained.isEmpty()) {
        throw noRows();
      }
      importances =
          Importances.of(
              explained.select(of(col(contributionsCol)), label(), weight(explained)), rowLoss);
    }
    return importances;
  }

  /** The model's loss. */
  RegressionLoss loss() {
    return loss;
  }

  /** The offset, which the model has checked; 0 where the rows have no such column. */
  Column offset() {
    return offsetCol.isEmpty() ? lit(0.0) : col(offsetCol).cast("double");
  }

  private static Column checked(Column column, Column good, String name, String remedy) {
    Column value = coalesce(column.cast("string"), lit("null"));
    return when(good, column)
        .otherwise(raise_error(concat(lit(name + " has the value "), value, lit(": " + remedy))));
  }

  /** Two aggregates over the rows; an error where there are none. */
  Row aggregates(Column first, Column second) {
    Row values = rows().agg(first, second).first();
    if (values.isNullAt(0)) {
      throw noRows();
    }
    return values;
  }

  /** Sum of the weights, sum of their squares. */
  Row weights() {
    Column weight = weight();
    return aggregates(sum(weight), sum(weight.multiply(weight)));
  }

  /** An output of the model, the label and the weight: what MLlib's metrics are made of. */
  Dataset<Row> judged(Column output) {
    if (rows().isEmpty()) {
      throw noRows();
    }
    return rows().select(output, label(), weight());
  }

  private static IllegalArgumentException noRows() {
    return new IllegalArgumentException(
        "the data set to evaluate has no rows: a metric needs at least one");
  }
}
