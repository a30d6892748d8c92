package org.convexnn.ml;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** A directory on any Hadoop file system, in MLlib's layout: text files, and Parquet for tables. */
record SparkStorage(SparkSession session, String path) implements Storage {

  // Bits that flipped are refused, not loaded: Parquet writes checksums, and reads them when asked.
  private static final String VERIFY = "parquet.page.verify-checksum.enabled";

  @Override
  public void writeText(String name, List<String> lines) {
    session.createDataset(lines, Encoders.STRING()).coalesce(1).write().text(below(name));
  }

  @Override
  public Optional<List<String>> readText(String name) {
    return existing(name).map(directory -> session.read().textFile(directory).collectAsList());
  }

  @Override
  public void writeTable(String name, Dataset<Row> rows) {
    rows.write().parquet(below(name));
  }

  /** The schema is given, so that no file has to be read for it and types are as expected. */
  @Override
  public Optional<Dataset<Row>> readTable(String name, StructType schema) {
    return existing(name)
        .map(directory -> session.read().option(VERIFY, true).schema(schema).parquet(directory));
  }

  private String below(String name) {
    return new Path(path, name).toString();
  }

  private Optional<String> existing(String name) {
    Path directory = new Path(path, name);
    try {
      FileSystem files = directory.getFileSystem(session.sessionState().newHadoopConf());
      return files.exists(directory) ? Optional.of(directory.toString()) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look at '" + directory + "'", e);
    }
  }
}
