package org.convexnn.ml;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * A small table of a saved model: Parquet files in {@code data/<name>}.
 *
 * @param name directory below {@code data}
 * @param schema columns; all of them must be there when it is read, others are ignored
 * @param rowBytes about how much one row takes
 */
record SavedTable(String name, StructType schema, long rowBytes) {

  // Rows travel to the tasks inside their descriptions, which Spark limits to 128 MB.
  private static final long TASK_BYTES = 16L << 20;

  /** Writes the rows. */
  void write(SparkSession session, String path, List<Row> rows) {
    long slices = Math.min(rows.size(), 1 + rows.size() * rowBytes / TASK_BYTES);
    session
        .createDataFrame(
            JavaSparkContext.fromSparkContext(session.sparkContext())
                .parallelize(rows, (int) Math.max(1, slices)),
            schema)
        .write()
        .parquet(directory(path));
  }

  /**
   * Reads the rows, in no order.
   *
   * @throws IllegalArgumentException when the table is missing, not Parquet or lacks a column
   */
  List<Row> read(SparkSession session, String path) {
    String directory =
        existing(session, path, "data/" + name)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the model at '" + path + "' is incomplete: data/" + name + " is missing"));
    try {
      // The schema is given, so that no file has to be read for it and types are as expected.
      return session.read().schema(schema).parquet(directory).collectAsList();
    } catch (Exception e) {
      // Not RuntimeException: SparkException is a checked one, which Scala throws undeclared.
      throw new IllegalArgumentException(
          "the model at '" + path + "' is damaged: data/" + name + " cannot be read", e);
    }
  }

  private String directory(String path) {
    return new Path(new Path(path, "data"), name).toString();
  }

  /** The directory {@code path/name}, where it exists, on whatever file system it is. */
  static Optional<String> existing(SparkSession session, String path, String name) {
    Path directory = new Path(path, name);
    try {
      FileSystem files = directory.getFileSystem(session.sessionState().newHadoopConf());
      return files.exists(directory) ? Optional.of(directory.toString()) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look at '" + directory + "'", e);
    }
  }
}
