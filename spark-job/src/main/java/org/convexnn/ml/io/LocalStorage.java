package org.convexnn.ml.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * A directory on the driver's own disk, which executors do not see: text files, and lines of JSON for
 * tables. Spark Connect's server keeps models there while it does not need them.
 */
public record LocalStorage(SparkSession session, String path) implements Storage {

  @Override
  public Storage below(String folder) {
    return new LocalStorage(session, Path.of(path, folder).toString());
  }

  @Override
  public void writeText(String name, List<String> lines) {
    Path file = Path.of(path, name);
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write '" + file + "'", e);
    }
  }

  @Override
  public Optional<List<String>> readText(String name) {
    Path file = Path.of(path, name);
    try {
      return Files.exists(file) ? Optional.of(Files.readAllLines(file)) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read '" + file + "'", e);
    }
  }

  @Override
  public void writeTable(String name, Dataset<Row> rows) {
    writeText(name, rows.toJSON().collectAsList());
  }

  @Override
  public Optional<Dataset<Row>> readTable(String name, StructType schema) {
    return readText(name)
        .map(
            lines ->
                session
                    .read()
                    .schema(schema)
                    .json(session.createDataset(lines, Encoders.STRING())));
  }
}
