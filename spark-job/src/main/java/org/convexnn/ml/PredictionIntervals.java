package org.convexnn.ml;

import static org.convexnn.ml.CalibrationRows.column;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The column {@code predictionIntervalCol}: {@code [l(x) - Q, u(x) + Q]} with a calibrated Q
 * ({@link Calibration}). Where {@code intervalMethod} is residual, l and u are the prediction, and a row's
 * score is {@code |y - f(x)|}; where it is quantile they are two quantiles, and the score is {@code max(l(x)
 * - y, y - u(x))}, negative inside: conformalised quantile regression (Romano, Patterson and Candes,
 * NeurIPS 2019).
 */
final class PredictionIntervals {

  /** Of the column. */
  static final StructType TYPE =
      new StructType().add("lower", DataTypes.DoubleType).add("upper", DataTypes.DoubleType);

  /** The word for two quantiles. */
  static final String QUANTILE = "quantile";

  /** The word for absolute residuals. */
  static final String RESIDUAL = "residual";

  private PredictionIntervals() {}

  /** Rows with predictions and the ends l and u. */
  private record Ends(Dataset<Row> rows, Column lower, Column upper, String[] added) {}

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
    if (model.quantiles().isEmpty()) {
      return new Ends(scored, column(prediction), column(prediction), unwanted);
    }
    String low = unused();
    String high = unused();
    Dataset<Row> rows =
        model
            .quantiles()
            .get()
            .upper()
            .predictingTo(high, model)
            .transform(model.quantiles().get().lower().predictingTo(low, model).transform(scored));
    // Quantiles that were fitted apart may cross.
    return new Ends(
        rows,
        functions.least(column(low), column(high)),
        functions.greatest(column(low), column(high)),
        Stream.concat(Arrays.stream(unwanted), Stream.of(low, high)).toArray(String[]::new));
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
    Column lower = ends.lower.minus(quantile);
    Column upper = ends.upper.plus(quantile);
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
        functions.greatest(ends.lower.minus(scored.label()), scored.label().minus(ends.upper));
    double[][] numbers =
        CalibrationRows.taken(ends.rows, List.of(score, scored.weight()), model.getSeed());
    return Calibration.of(
        model.getCoverage(),
        CalibrationRows.column(numbers, 0),
        CalibrationRows.column(numbers, 1));
  }
}
