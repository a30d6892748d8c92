package org.convexnn.cli.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.AtomicType;
import org.apache.spark.sql.types.StructType;

/**
 * A table whose rows the driver holds: what there is to ask of them needs no job, and what is made of
 * them is computed once. A query that reads files is planned, compiled and started anew for each
 * question, which takes longer than the fit of a few thousand rows.
 *
 * @param table the rows as a table of as many partitions as there are cores
 * @param rows the same rows
 */
public record SmallTable(Dataset<Row> table, List<Row> rows) {

  /** Most bytes of the files of a small table; compressed ones are bounded by their cells. */
  private static final long MOST_BYTES = 16L << 20;

  /** Most cells of a small table. */
  private static final int MOST_CELLS = 1_000_000;

  /**
   * Reads a table if it is small and its cells are single values; of another one no more is read than
   * a small one may have.
   */
  public static Optional<SmallTable> of(Dataset<Row> table) {
    if (table.queryExecution().optimizedPlan().stats().sizeInBytes().$greater(bytes(MOST_BYTES))
        || !singleValues(table.schema())) {
      return Optional.empty();
    }
    int most = MOST_CELLS / Math.max(1, table.columns().length);
    List<Row> rows = table.limit(most + 1).collectAsList();
    return rows.size() > most ? Optional.empty() : Optional.of(of(table, dealt(table, rows)));
  }

  /** The rows of a table that is made of a small one, computed. */
  public static SmallTable computed(Dataset<Row> table) {
    return of(table, table.collectAsList());
  }

  private static SmallTable of(Dataset<Row> table, List<Row> rows) {
    return new SmallTable(table.sparkSession().createDataFrame(rows, table.schema()), rows);
  }

  private static scala.math.BigInt bytes(long bytes) {
    return scala.math.BigInt.apply(bytes);
  }

  private static boolean singleValues(StructType schema) {
    for (var field : schema.fields()) {
      if (!(field.dataType() instanceof AtomicType)) {
        return false;
      }
    }
    return true;
  }

  /** Rows as cards are dealt to the partitions: where a file is sorted, each has some of all. */
  private static List<Row> dealt(Dataset<Row> table, List<Row> rows) {
    int parts = table.sparkSession().sparkContext().defaultParallelism();
    List<Row> dealt = new ArrayList<>(rows.size());
    for (int part = 0; part < parts; part++) {
      for (int i = part; i < rows.size(); i += parts) {
        dealt.add(rows.get(i));
      }
    }
    return dealt;
  }
}
