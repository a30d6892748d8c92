package org.convexnn.ml;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.PredictorParams;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.convexnn.ml.params.QuotedName;

/**
 * Rows parted by a hash, of their features and label or of their group: those that a network is trained
 * on, gates, penalty and weights, and those that it is calibrated on and never sees.
 *
 * @param training the first
 * @param calibration the second: a tenth, but at least 1,000 rows where these are at most half, and at
 *     most 100,000
 */
record CalibrationRows(Dataset<Row> training, Dataset<Row> calibration) {

  private static final double SHARE = 0.1;
  // The coverage of a calibrated network varies by sqrt(coverage (1 - coverage) / rows): .01 of
  // 1,000 rows,
  // .001 of 100,000 at .9.
  private static final double FEWEST = 1_000;
  private static final double MOST = 100_000;
  private static final double LARGEST_SHARE = 0.5;
  private static final int PARTS = 1 << 20;
  // Apart from the hashes that decide folds.
  private static final long SALT = 0xCA11B8L;
  private static final int MOST_NUMBERS = 4_000_000;

  /** Parts the rows of a fit. */
  static <P extends PredictorParams & ConvexReLUParams> CalibrationRows of(
      P estimator, Dataset<?> rows) {
    Dataset<Row> all = rows.toDF();
    double n = Math.max(1, all.count());
    double share = Math.min(Math.min(LARGEST_SHARE, Math.max(SHARE, FEWEST / n)), MOST / n);
    List<Column> hashed = new ArrayList<>(List.of(functions.lit(SALT ^ estimator.getSeed())));
    if (estimator.foldColumn().isPresent()) {
      estimator.foldColumn().map(QuotedName::column).ifPresent(hashed::add);
    } else {
      hashed.add(QuotedName.column(estimator.getLabelCol()));
      List<String> features = estimator.featureColumns();
      (features.isEmpty() ? List.of(estimator.getFeaturesCol()) : features)
          .forEach(name -> hashed.add(QuotedName.column(name)));
    }
    Column part =
        functions.pmod(
            functions.xxhash64(hashed.toArray(Column[]::new)), functions.lit((long) PARTS));
    Column calibrates = part.lt(functions.lit((long) (share * PARTS)));
    return new CalibrationRows(all.where(functions.not(calibrates)), all.where(calibrates));
  }

  /**
   * Brings columns of numbers to the driver, the last of them weights: all rows of positive weight whose
   * first number is not NaN, or where that is too much a sample.
   *
   * @return by row
   */
  static double[][] taken(Dataset<Row> rows, List<Column> columns, long seed) {
    Dataset<Row> numbers =
        rows.select(functions.array(columns.toArray(Column[]::new)).as("numbers"))
            .where(functions.not(functions.isnan(functions.expr("numbers[0]"))))
            .where(functions.expr("numbers[" + (columns.size() - 1) + "] > 0"));
    double most = (double) MOST_NUMBERS / columns.size();
    double share = most / Math.max(1, numbers.count());
    return (share < 1 ? numbers.sample(share, seed) : numbers)
        .collectAsList().stream()
            .map(row -> row.<Double>getList(0).stream().mapToDouble(v -> v).toArray())
            .toArray(double[][]::new);
  }

  /** The column of a table of numbers. */
  static double[] column(double[][] numbers, int k) {
    double[] column = new double[numbers.length];
    for (int r = 0; r < column.length; r++) {
      column[r] = numbers[r][k];
    }
    return column;
  }
}
