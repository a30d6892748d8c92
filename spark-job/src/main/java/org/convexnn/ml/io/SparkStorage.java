package org.convexnn.ml.io;

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
public record SparkStorage(SparkSession session, String path) implements Storage {

  // Bits that flipped are refused, not loaded: Parquet writes checksums, and reads them when asked.
  private static final String VERIFY = "parquet.page.verify-checksum.enabled";

  @Override
  public void seal() {
    onFiles(Checksums::write);
  }

  @Override
  public void check() {
    onFiles(Checksums::check);
  }

  private interface OfFolder {
    void apply(FileSystem files, Path folder) throws IOException;
  }

  private void onFiles(OfFolder action) {
    Path folder = new Path(path);
    try {
      action.apply(folder.getFileSystem(session.sessionState().newHadoopConf()), folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read or write '" + ShownText.of(path) + "'", e);
    }
  }

  @Override
  public Storage below(String folder) {
    return new SparkStorage(session, file(folder));
  }

  @Override
  public void writeText(String name, List<String> lines) {
    session.createDataset(lines, Encoders.STRING()).coalesce(1).write().text(file(name));
  }

  @Override
  public Optional<List<String>> readText(String name) {
    return read(name, saved -> saved.text().lines().toList());
  }

  @Override
  public void writeTable(String name, Dataset<Row> rows) {
    rows.write().parquet(file(name));
  }

  /**
   * The schema is given and the files are named: so no file is asked for types, which could be
   * classes by name, no folder for columns, and none is skipped because it cannot be read.
   */
  @Override
  public Optional<Dataset<Row>> readTable(String name, StructType schema) {
    return read(
        name,
        saved ->
            session
                .read()
                .option(VERIFY, true)
                .option("ignoreCorruptFiles", false)
                .option("ignoreMissingFiles", false)
                .schema(schema)
                .parquet(
                    saved.list().stream().map(SparkStorage::literally).toArray(String[]::new)));
  }

  /** A path as Spark's readers take it for this path alone. */
  private static String literally(Path path) {
    return path.toString().replaceAll("[\\\\{}\\[\\]*?]", "\\\\$0");
  }

  private String file(String name) {
    return new Path(path, name).toString();
  }

  private interface Reading<T> {
    T of(SavedFiles saved) throws IOException;
  }

  private <T> Optional<T> read(String name, Reading<T> reading) {
    try {
      SavedFiles saved = SavedFiles.of(path, name, session.sessionState().newHadoopConf());
      return saved.exist() ? Optional.of(reading.of(saved)) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read '" + file(name) + "'", e);
    }
  }
}
