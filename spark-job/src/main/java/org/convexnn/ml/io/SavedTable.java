package org.convexnn.ml.io;

import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * A small table of a saved model, {@code data/<name>}.
 *
 * @param name below {@code data}
 * @param schema columns; others are ignored when it is read
 * @param rowBytes about how much one row takes
 */
record SavedTable(String name, StructType schema, long rowBytes) {

  // Rows travel to the tasks inside their descriptions, which Spark limits to 128 MB.
  private static final long TASK_BYTES = 16L << 20;

  /** Writes the rows. */
  void write(Storage storage, List<Row> rows) {
    long slices = Math.min(rows.size(), 1 + rows.size() * rowBytes / TASK_BYTES);
    SparkSession session = storage.session();
    storage.writeTable(
        "data/" + name,
        session.createDataFrame(
            JavaSparkContext.fromSparkContext(session.sparkContext())
                .parallelize(rows, (int) Math.max(1, slices)),
            schema));
  }

  /**
   * Reads the rows, in no order.
   *
   * @throws IllegalArgumentException when the table is missing or cannot be read
   */
  List<Row> read(Storage storage) {
    return read(storage, "data/" + name, schema);
  }

  /** Reads the rows of the table in this folder. */
  static List<Row> read(Storage storage, String folder, StructType schema) {
    try {
      return storage
          .readTable(folder, schema)
          .orElseThrow(() -> new CorruptFileException(storage.path(), folder + " is missing"))
          .collectAsList();
    } catch (CorruptFileException e) {
      throw e;
    } catch (Exception e) {
      // Not RuntimeException: SparkException is a checked one, which Scala throws undeclared.
      throw new CorruptFileException(storage.path(), folder + " cannot be read", e);
    }
  }
}
