package org.convexnn.cli.table;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.convexnn.cli.message.CommandException;

/**
 * Exact medians of the columns of a small table, from one job that brings its numbers to the driver.
 * MLlib's Imputer keeps five numbers for each of them, and of a thousand columns Spark plans for
 * minutes.
 */
final class Medians {

  private Medians() {}

  /** Of n numbers, blanks and NaN aside, the one at place n / 2, rounded up, as Imputer has it. */
  static double[] of(Dataset<Row> table, String[] columns) {
    List<double[]> rows =
        table
            .select(functions.array(Arrays.stream(columns).map(Sql::column).toArray(Column[]::new)))
            .toJavaRDD()
            .map(Medians::numbers)
            .collect();
    double[] medians = new double[columns.length];
    for (int j = 0; j < columns.length; j++) {
      int column = j;
      double[] sorted =
          rows.stream()
              .mapToDouble(r -> r[column])
              .filter(x -> !Double.isNaN(x))
              .sorted()
              .toArray();
      if (sorted.length == 0) {
        throw new CommandException(
            "column '" + columns[j] + "' has no number in any row; leave it out with --drop");
      }
      medians[j] = sorted[(sorted.length + 1) / 2 - 1];
    }
    return medians;
  }

  private static double[] numbers(Row row) {
    List<Double> cells = row.getList(0);
    return cells.stream().mapToDouble(x -> x == null ? Double.NaN : x).toArray();
  }
}
