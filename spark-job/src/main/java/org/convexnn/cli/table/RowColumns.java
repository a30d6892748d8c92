package org.convexnn.cli.table;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Names of the columns that are made here; no likely names of raw columns. */
public final class RowColumns {

  /** The vector of features. */
  public static final String FEATURES = "convexnn_features";

  /** The number to learn. */
  public static final String LABEL = "convexnn_label";

  /** The row's weight. */
  public static final String WEIGHT = "convexnn_weight";

  /** The offset of the row's raw output. */
  public static final String OFFSET = "convexnn_offset";

  /** The group of the row that is held out with it. */
  public static final String FOLD = "convexnn_fold";

  /** What a model predicts: class 0, 1, ..., or the number. */
  public static final String PREDICTION = "prediction";

  /** The chances of the classes. */
  public static final String PROBABILITY = "probability";

  /** Scores of the classes that are no chances. */
  public static final String RAW_PREDICTION = "rawPrediction";

  /** Between what numbers the label is. */
  public static final String INTERVAL = "prediction_interval";

  /** Which classes the label is among. */
  public static final String SET = "prediction_set";

  /** What features add to the raw prediction. */
  public static final String CONTRIBUTIONS = "convexnn_contributions";

  /** The predicted class by its name. */
  public static final String PREDICTED_LABEL = "predictedLabel";

  private RowColumns() {}

  /** Whether rows have offsets of their raw outputs. */
  public static boolean haveOffsets(Dataset<Row> rows) {
    return List.of(rows.columns()).contains(OFFSET);
  }
}
