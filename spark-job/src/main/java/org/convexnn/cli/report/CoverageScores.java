package org.convexnn.cli.report;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.convexnn.cli.table.RowColumns;
import org.convexnn.cli.table.Sql;

/** How often labels of rows are in their intervals or sets, and how large these are, by weight. */
public final class CoverageScores {

  private CoverageScores() {}

  /** {@code coverage} and the mean {@code width} or {@code classes}; nothing where a model tells neither. */
  public static Map<String, Double> of(Dataset<Row> predicted) {
    Map<String, Double> scores = new LinkedHashMap<>();
    Column label = Sql.column(RowColumns.LABEL);
    if (has(predicted, RowColumns.INTERVAL)) {
      Column lower = Sql.column(RowColumns.INTERVAL).getField("lower");
      Column upper = Sql.column(RowColumns.INTERVAL).getField("upper");
      Row means = means(predicted, label.between(lower, upper), upper.minus(lower));
      scores.put("coverage", means.getDouble(0));
      scores.put("width", means.getDouble(1));
    } else if (has(predicted, RowColumns.SET)) {
      Column set = Sql.column(RowColumns.SET);
      Row means = means(predicted, functions.array_contains(set, label), functions.size(set));
      scores.put("coverage", means.getDouble(0));
      scores.put("classes", means.getDouble(1));
    }
    return scores;
  }

  private static boolean has(Dataset<Row> rows, String column) {
    return Arrays.asList(rows.columns()).contains(column);
  }

  private static Row means(Dataset<Row> rows, Column covered, Column size) {
    Column weight = Sql.column(RowColumns.WEIGHT);
    Column all = functions.sum(weight);
    return rows.agg(
            functions.sum(weight.multiply(covered.cast("double"))).divide(all),
            functions.sum(weight.multiply(size)).divide(all))
        .first();
  }
}
