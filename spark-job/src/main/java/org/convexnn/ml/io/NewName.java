package org.convexnn.ml.io;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/** Gives what was written its name, and never takes the name from something else. */
public final class NewName {

  private NewName() {}

  /**
   * Renames a file or a folder. Of two who give files the same name at once one is refused: on local
   * disks and HDFS always; object stores, which have no such operation, look first.
   *
   * @throws FileAlreadyExistsException where something has the name
   */
  public static void give(FileSystem files, Path from, Path to) throws IOException {
    Optional<RawLocalFileSystem> local = local(files);
    if (local.isPresent() && files.getFileStatus(from).isFile()) {
      link(local.get().pathToFile(from).toPath(), local.get().pathToFile(to).toPath());
      if (files instanceof LocalFileSystem checked) {
        Path sums = checked.getChecksumFile(from);
        if (local.get().exists(sums)) {
          move(local.get(), sums, checked.getChecksumFile(to));
        }
      }
      return;
    }
    try {
      FileContext.getFileContext(from.toUri(), files.getConf())
          .rename(from, to, Options.Rename.NONE);
    } catch (UnsupportedFileSystemException e) {
      if (files.exists(to)) {
        throw new FileAlreadyExistsException(to.toString());
      }
      if (!files.rename(from, to)) {
        throw new IOException("cannot rename " + from + " to " + to, e);
      }
    }
  }

  private static Optional<RawLocalFileSystem> local(FileSystem files) {
    FileSystem raw = files instanceof LocalFileSystem checked ? checked.getRaw() : files;
    return raw instanceof RawLocalFileSystem local ? Optional.of(local) : Optional.empty();
  }

  /** POSIX renames replace what is there; links and new files do not. */
  private static void link(java.nio.file.Path from, java.nio.file.Path to) throws IOException {
    try {
      try {
        Files.createLink(to, from);
        Files.delete(from);
      } catch (java.nio.file.FileAlreadyExistsException taken) {
        throw taken;
      } catch (UnsupportedOperationException | FileSystemException noLinks) {
        Files.createFile(to);
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (java.nio.file.FileAlreadyExistsException taken) {
      throw new FileAlreadyExistsException(to.toString());
    }
  }

  private static void move(RawLocalFileSystem local, Path from, Path to) throws IOException {
    Files.move(
        local.pathToFile(from).toPath(),
        local.pathToFile(to).toPath(),
        StandardCopyOption.REPLACE_EXISTING);
  }
}
