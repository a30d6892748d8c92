package org.convexnn.ml.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.UUID;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * A file on any Hadoop file system that appears whole or not at all: it is written beside its place
 * under another name and renamed.
 *
 * @param files the file system
 * @param path the file
 */
public record WholeFile(FileSystem files, Path path) {

  /** Writes the bytes of a file. */
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** The file of this path, whether it exists or not. */
  public static WholeFile of(String path) {
    Path given = new Path(path);
    try {
      FileSystem files = given.getFileSystem(SparkSession.active().sessionState().newHadoopConf());
      return new WholeFile(files, files.makeQualified(given));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look at '" + ShownText.of(path) + "'", e);
    }
  }

  /**
   * Writes the file; what exists is never replaced.
   *
   * @throws IllegalArgumentException where the path exists
   */
  public void write(Content content) {
    try {
      if (files.exists(path)) {
        throw refused("exists");
      }
      Path part =
          new Path(path.getParent(), "_" + path.getName() + "-" + UUID.randomUUID() + ".part");
      try {
        try (OutputStream out = new BufferedOutputStream(files.create(part, false))) {
          content.writeTo(out);
        }
        NewName.give(files, part, path);
      } finally {
        files.delete(part, false);
      }
    } catch (FileAlreadyExistsException e) {
      throw refused("was made by someone else meanwhile");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write '" + shown() + "'", e);
    } catch (FSError e) {
      // So Hadoop says that a local disk is full.
      throw new UncheckedIOException("cannot write '" + shown() + "'", new IOException(e));
    }
  }

  private IllegalArgumentException refused(String why) {
    return new IllegalArgumentException(
        "'"
            + shown()
            + "' "
            + why
            + ", and no file is replaced; name another path, or delete it first");
  }

  /** The path for messages. */
  String shown() {
    return ShownText.of(path.toString());
  }
}
