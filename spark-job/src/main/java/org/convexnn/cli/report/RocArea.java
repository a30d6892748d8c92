package org.convexnn.cli.report;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.convexnn.cli.table.RowColumns;

/**
 * The area under ROC, exactly: the chance that a row of class 1 scores above one of class 0, rows
 * counted by their weight and ties one half. A sum over rows in the order of their scores; rows above
 * others are added to them.
 *
 * @param won sum over pairs of the product of their weights, class 1 above class 0
 * @param positives sum of weights of class 1
 * @param negatives sum of weights of class 0
 */
public record RocArea(double won, double positives, double negatives) {

  /** Of no rows. */
  static final RocArea NONE = new RocArea(0, 0, 0);

  /** Of rows of one score. */
  static RocArea tied(double positives, double negatives) {
    return new RocArea(0.5 * positives * negatives, positives, negatives);
  }

  /** Of these rows and others of higher scores. */
  RocArea below(RocArea above) {
    return new RocArea(
        won + above.won + above.positives * negatives,
        positives + above.positives,
        negatives + above.negatives);
  }

  /** The area; NaN where a class is missing. */
  public double value() {
    double pairs = positives * negatives;
    return pairs > 0 ? won / pairs : Double.NaN;
  }

  /**
   * The column of vectors whose second entries are scores: raw predictions where there are some, as of
   * probabilities next to one many are the same number.
   */
  static String column(Dataset<Row> predicted) {
    boolean raw = Arrays.asList(predicted.columns()).contains(RowColumns.RAW_PREDICTION);
    return raw ? RowColumns.RAW_PREDICTION : RowColumns.PROBABILITY;
  }

  /**
   * Of the rows of a table that a classifier of two classes transformed. Sorts the distinct scores, as
   * they may be more than a driver holds.
   */
  static RocArea of(Dataset<Row> predicted) {
    Column score =
        org.apache
            .spark
            .ml
            .functions
            .vector_to_array(predicted.col(column(predicted)), "float64")
            .getItem(1);
    Column weight = predicted.col(RowColumns.WEIGHT);
    Column positive = predicted.col(RowColumns.LABEL).equalTo(1);
    return predicted
        .groupBy(score.as("score"))
        .agg(
            functions.sum(functions.when(positive, weight).otherwise(0.0)).as("positives"),
            functions.sum(functions.when(positive, 0.0).otherwise(weight)).as("negatives"))
        .orderBy("score")
        .select("positives", "negatives")
        .toJavaRDD()
        .mapPartitions(RocArea::inOrder)
        .collect()
        .stream()
        .map(sums -> new RocArea(sums[0], sums[1], sums[2]))
        .reduce(NONE, RocArea::below);
  }

  /**
   * Of rows (positives, negatives) in the order of their scores; numbers alone, as Kryo, which many
   * clusters set, takes no records.
   */
  private static Iterator<double[]> inOrder(Iterator<Row> rows) {
    RocArea area = NONE;
    while (rows.hasNext()) {
      Row row = rows.next();
      area = area.below(tied(row.getDouble(0), row.getDouble(1)));
    }
    return List.of(new double[] {area.won, area.positives, area.negatives}).iterator();
  }
}
