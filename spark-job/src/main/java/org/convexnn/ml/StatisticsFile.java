package org.convexnn.ml;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.convexnn.solver.GramStatistics;

/**
 * A file of statistics on any Hadoop file system. It appears whole or not at all: it is written
 * beside its place under another name and renamed.
 *
 * @param files the file system
 * @param path the file
 */
record StatisticsFile(FileSystem files, Path path) {

  /** The file of this path, whether it exists or not. */
  static StatisticsFile of(String path) {
    Path given = new Path(path);
    try {
      FileSystem files = given.getFileSystem(SparkSession.active().sessionState().newHadoopConf());
      return new StatisticsFile(files, files.makeQualified(given));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look at '" + path + "'", e);
    }
  }

  /**
   * Writes the statistics; what exists is never replaced, for its rows may be gone.
   *
   * @throws IllegalArgumentException where the path exists
   */
  void write(GramStatistics statistics) {
    try {
      if (files.exists(path)) {
        throw new IllegalArgumentException(
            "'"
                + path
                + "' exists: statistics replace nothing, as their rows may be gone; name another"
                + " path, or delete it first");
      }
      Path part =
          new Path(path.getParent(), "_" + path.getName() + "-" + UUID.randomUUID() + ".part");
      try {
        try (OutputStream out = new BufferedOutputStream(files.create(part, false))) {
          statistics.write(out);
        }
        if (!files.rename(part, path)) {
          throw new IOException("cannot rename " + part);
        }
      } finally {
        files.delete(part, false);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot save statistics as '" + path + "'", e);
    }
  }

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException where there is no file, or a damaged or newer one
   */
  GramStatistics read() {
    try (InputStream in = new BufferedInputStream(files.open(path))) {
      return GramStatistics.read(in);
    } catch (FileNotFoundException e) {
      throw new IllegalArgumentException("there is no file of statistics at '" + path + "'", e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + path + "': " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read statistics from '" + path + "'", e);
    }
  }
}
