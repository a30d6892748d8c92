package org.convexnn.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * An output directory that appears whole or not at all: written beside its place under another name
 * and renamed by {@link #commit}. Closing without a commit deletes what was written.
 */
final class StagedOutput implements AutoCloseable {

  /** After Spark's own hook, which ends the tasks that write, before the file systems close. */
  private static final int HOOK_PRIORITY = FileSystem.SHUTDOWN_HOOK_PRIORITY + 10;

  private final FileSystem files;
  private final Path target;
  private final Path staging;
  private final boolean overwrite;
  private final Runnable onInterrupt = this::close;
  private boolean committed;

  private StagedOutput(FileSystem files, Path target, boolean overwrite) {
    this.files = files;
    this.target = target;
    this.overwrite = overwrite;
    this.staging =
        new Path(target.getParent(), "_" + target.getName() + "-" + UUID.randomUUID() + ".part");
  }

  /**
   * Prepares to write a directory.
   *
   * @param inputs paths that must not lie in the directory, for they would be deleted with it
   */
  static StagedOutput of(
      Configuration hadoop, String output, boolean overwrite, Iterable<String> inputs) {
    try {
      Path given = new Path(output);
      FileSystem files = given.getFileSystem(hadoop);
      Path target = files.makeQualified(given);
      if (target.getParent() == null) {
        throw new JobException("output " + output + " is the root of a file system; name a folder");
      }
      if (files.exists(target) && !overwrite) {
        throw new JobException(
            "output "
                + output
                + " exists already; name another one, or replace it with --overwrite");
      }
      for (String input : inputs) {
        refuseOverlap(files, target, input, hadoop);
      }
      StagedOutput staged = new StagedOutput(files, target, overwrite);
      staged.tryOut();
      ShutdownHookManager.get().addShutdownHook(staged.onInterrupt, HOOK_PRIORITY);
      return staged;
    } catch (IOException | IllegalArgumentException e) {
      throw new JobException("cannot use output " + output + ": " + ErrorMessages.of(e), e);
    }
  }

  /** Makes the folder and takes it away: what cannot be written is found before a long run. */
  private void tryOut() throws IOException {
    Path first = staging;
    while (first.getParent() != null && !files.exists(first.getParent())) {
      first = first.getParent();
    }
    if (!files.mkdirs(staging)) {
      throw new IOException("cannot make folder " + staging);
    }
    Path made = staging;
    while (made.depth() >= first.depth() && files.listStatus(made).length == 0) {
      files.delete(made, false);
      made = made.getParent();
    }
  }

  private static void refuseOverlap(
      FileSystem files, Path target, String input, Configuration hadoop) throws IOException {
    Path path = new Path(input);
    Path qualified = path.getFileSystem(hadoop).makeQualified(path);
    for (Path p = qualified; p != null; p = p.getParent()) {
      if (p.equals(target)) {
        throw new JobException(
            "output " + target + " holds the input " + input + "; write somewhere else");
      }
    }
  }

  /** Where to write. */
  Path directory() {
    return staging;
  }

  /** The file system of the directory. */
  FileSystem files() {
    return files;
  }

  /** The place the directory will have. */
  Path target() {
    return target;
  }

  /** Moves what was written to its place. */
  void commit() {
    try {
      Path old = new Path(target.getParent(), staging.getName() + ".old");
      boolean replaced = files.exists(target);
      if (replaced && !overwrite) {
        throw taken(null);
      }
      if (replaced) {
        rename(target, old);
      }
      try {
        rename(staging, target);
      } catch (IOException e) {
        if (replaced) {
          rename(old, target);
        }
        throw e;
      }
      checkPlace();
      committed = true;
      if (replaced) {
        files.delete(old, true);
      }
    } catch (FileAlreadyExistsException e) {
      throw taken(e);
    } catch (IOException e) {
      throw new JobException("cannot write output " + target + ": " + ErrorMessages.of(e), e);
    }
  }

  private JobException taken(Throwable cause) {
    return new JobException(
        "output "
            + target
            + " was made by someone else meanwhile and stays as it is; name another one and run"
            + " again",
        cause);
  }

  /**
   * A rename that refuses a target that exists: HDFS does so atomically, others look first.
   *
   * @throws FileAlreadyExistsException where the target exists
   */
  private void rename(Path from, Path to) throws IOException {
    try {
      FileContext.getFileContext(from.toUri(), files.getConf())
          .rename(from, to, Options.Rename.NONE);
    } catch (UnsupportedFileSystemException e) {
      if (!files.rename(from, to)) {
        throw new IOException("cannot rename " + from + " to " + to, e);
      }
    }
  }

  /** Where a file system looked first, a folder made in between holds the output now. */
  private void checkPlace() throws IOException {
    Path inside = new Path(target, staging.getName());
    if (files.exists(inside)) {
      files.delete(inside, true);
      throw new FileAlreadyExistsException(target.toString());
    }
  }

  @Override
  public void close() {
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(onInterrupt);
    }
    if (!committed) {
      try {
        files.delete(staging, true);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
