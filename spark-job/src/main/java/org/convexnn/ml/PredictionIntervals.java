package org.convexnn.ml;

import static org.convexnn.ml.params.QuotedName.column;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The column {@code predictionIntervalCol}: {@code [l(x) - Q s(x), u(x) + Q s(x)]} with a calibrated Q
 * ({@link Calibration}) of the scores {@code max(l(x) - y, y - u(x)) / s(x)}. By {@code intervalMethod}:
 *
 * <pre>residual   l = u = f, s = 1: all of one width, the score is |y - f(x)|
 * scale      l = u = f, s(x) a network's mean absolute error, learnt from that of f on its training rows:
 *            locally weighted split conformal intervals (Lei, G'Sell, Rinaldo, Tibshirani and Wasserman,
 *            JASA 2018, section 5.2)
 * quantile   l, u two quantiles, s = 1, the score negative inside: conformalised quantile regression
 *            (Romano, Patterson and Candes, NeurIPS 2019)</pre>
 */
final class PredictionIntervals {

  /** Of the column. */
  static final StructType TYPE =
      new StructType().add("lower", DataTypes.DoubleType).add("upper", DataTypes.DoubleType);

  /** The word for two quantiles. */
  static final String QUANTILE = "quantile";

  /** The word for absolute residuals. */
  static final String RESIDUAL = "residual";

  /** The word for absolute residuals by their size. */
  static final String SCALE = "scale";

  private static final Column ONE = functions.lit(1.0);

  private PredictionIntervals() {}

  /** Rows with predictions, the ends l and u, and s. */
  private record Ends(Dataset<Row> rows, Column lower, Column upper, Column scale, String[] added) {

    /** With one more column of another model's predictions. */
    Ends and(Dataset<Row> more, String name) {
      String[] all = Arrays.copyOf(added, added.length + 1);
      all[added.length] = name;
      return new Ends(more, lower, upper, scale, all);
    }

    Ends from(Column low, Column high) {
      return new Ends(rows, low, high, scale, added);
    }

    Ends by(Column other) {
      return new Ends(rows, lower, upper, other, added);
    }
  }

  private static String unused() {
    return Identifiable$.MODULE$.randomUID("interval");
  }

  /** A schema with the column, where there is to be one. */
  static StructType in(StructType schema, ConvexReLUParams params) {
    return params.predictionIntervalColumn().map(name -> schema.add(name, TYPE)).orElse(schema);
  }

  /** The model without intervals, and with a name for its predictions. */
  private static ConvexReLURegressionModel plain(ConvexReLURegressionModel model) {
    ConvexReLURegressionModel plain = model.copy(new ParamMap());
    plain.set(plain.predictionIntervalCol(), "");
    if (plain.getPredictionCol().isEmpty()) {
      plain.setPredictionCol(unused());
    }
    return plain;
  }

  private static Ends ends(
      ConvexReLURegressionModel model, ConvexReLURegressionModel plain, Dataset<Row> scored) {
    String prediction = plain.getPredictionCol();
    String[] unwanted =
        model.getPredictionCol().isEmpty() ? new String[] {prediction} : new String[0];
    Ends own = new Ends(scored, column(prediction), column(prediction), ONE, unwanted);
    if (model.intervals().isEmpty()) {
      return own;
    }
    if (model.intervals().get() instanceof IntervalModels.Scale scale) {
      String size = unused();
      return predicted(own, scale.scale(), size, model)
          .by(functions.greatest(column(size), functions.lit(Double.MIN_NORMAL)));
    }
    IntervalModels.Quantiles quantiles = (IntervalModels.Quantiles) model.intervals().get();
    String low = unused();
    String high = unused();
    // Quantiles that were fitted apart may cross.
    return predicted(predicted(own, quantiles.lower(), low, model), quantiles.upper(), high, model)
        .from(
            functions.least(column(low), column(high)),
            functions.greatest(column(low), column(high)));
  }

  private static Ends predicted(
      Ends ends, ConvexReLURegressionModel other, String name, ConvexReLURegressionModel model) {
    return ends.and(other.predictingTo(name, model).transform(ends.rows), name);
  }

  /** Rows with a model's absolute errors in place of their labels. */
  static Dataset<Row> errors(ConvexReLURegressionModel model, Dataset<Row> rows, String label) {
    ConvexReLURegressionModel plain = model.copy(new ParamMap());
    plain.set(plain.predictionIntervalCol(), "");
    plain.set(plain.contributionsCol(), "");
    plain.set(plain.trainingCol(), "");
    String prediction = unused();
    plain.setPredictionCol(prediction);
    Column error = functions.abs(column(label).minus(column(prediction)));
    return plain
        .transform(rows)
        .where(functions.not(functions.isnan(column(prediction))))
        .withColumn(label, error)
        .drop(prediction);
  }

  /**
   * What a model's transform gives, with intervals.
   *
   * @throws IllegalStateException where the model is not calibrated
   */
  static Dataset<Row> transform(ConvexReLURegressionModel model, Dataset<?> dataset) {
    String name = model.getPredictionIntervalCol();
    double quantile = Calibration.of(model, "predictionIntervalCol", name).quantile();
    ConvexReLURegressionModel plain = plain(model);
    Ends ends = ends(model, plain, plain.transform(dataset));
    Column margin = ends.scale.multiply(quantile);
    Column lower = ends.lower.minus(margin);
    Column upper = ends.upper.plus(margin);
    // Where Q is negative and quantiles are close nothing is between them: the middle stands for
    // it.
    Column middle = lower.plus(upper).divide(2);
    Column crossed = lower.gt(upper);
    Column least = functions.when(crossed, middle).otherwise(lower);
    boolean positive = model.regressionLoss().kind().logLink();
    return ends.rows
        .withColumn(
            name,
            functions.struct(
                (positive ? functions.greatest(least, functions.lit(0.0)) : least).as("lower"),
                functions.when(crossed, middle).otherwise(upper).as("upper")))
        .drop(ends.added);
  }

  /** Calibrates a model on rows that it has not seen. */
  static Calibration calibrated(ConvexReLURegressionModel model, Dataset<?> dataset) {
    ConvexReLURegressionModel plain = plain(model);
    ScoredRows scored = ScoredRows.of(plain, dataset, ConvexReLURegressor.LABEL_REMEDY);
    Ends ends = ends(model, plain, scored.rows());
    Column score =
        functions
            .greatest(ends.lower.minus(scored.label()), scored.label().minus(ends.upper))
            .divide(ends.scale);
    double[][] numbers =
        CalibrationRows.taken(ends.rows, List.of(score, scored.weight()), model.getSeed());
    return Calibration.of(
        model.getCoverage(),
        CalibrationRows.column(numbers, 0),
        CalibrationRows.column(numbers, 1));
  }
}
