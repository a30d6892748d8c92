package org.convexnn.cli.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.ShutdownHookManager;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.ErrorMessages;
import org.convexnn.ml.io.NewName;

/**
 * An output directory that appears whole or not at all: written beside its place under another name
 * and renamed by {@link #commit}. Closing without a commit deletes what was written.
 */
public final class StagedOutput implements AutoCloseable {

  /** After Spark's own hook, which ends the tasks that write, before the file systems close. */
  private static final int HOOK_PRIORITY = FileSystem.SHUTDOWN_HOOK_PRIORITY + 10;

  private static final String MODEL = "model";
  private static final String REPORT = "report.json";

  /** Files that train, certify and score write, and Hadoop's checksums of them. */
  private static final Pattern FILES =
      Pattern.compile(
          "report\\.(json|html)|_SUCCESS|part-.*|\\.(report\\.|_SUCCESS|part-).*\\.crc");

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
   * @param overwrite whether the output of an earlier run is replaced; nothing else ever is
   * @param inputs paths and patterns of files that must not lie in the directory, for they would be
   *     deleted with it
   */
  public static StagedOutput of(
      Configuration hadoop, String output, boolean overwrite, Iterable<String> inputs) {
    try {
      Path given = new Path(output);
      FileSystem files = given.getFileSystem(hadoop);
      Path target = files.makeQualified(given);
      if (target.getParent() == null) {
        throw new CommandException(
            "output " + output + " is the root of a file system; name a folder");
      }
      if (files.exists(target) && !overwrite) {
        throw new CommandException(
            "output "
                + output
                + " exists already; name another one, or replace it with --overwrite");
      }
      for (String input : inputs) {
        refuseOverlap(files, target, input, hadoop);
      }
      if (files.exists(target)) {
        refuseForeign(files, target);
      }
      StagedOutput staged = new StagedOutput(files, target, overwrite);
      staged.tryOut();
      ShutdownHookManager.get().addShutdownHook(staged.onInterrupt, HOOK_PRIORITY);
      return staged;
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandException("cannot use output " + output + ": " + ErrorMessages.of(e), e);
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

  /** Refuses an output that holds an input, by whatever names and links both are reached. */
  private static void refuseOverlap(
      FileSystem files, Path target, String input, Configuration hadoop) throws IOException {
    Path given = new Path(input);
    FileSystem inputs = given.getFileSystem(hadoop);
    List<Path> read = new ArrayList<>(List.of(given));
    // What does not exist holds nothing, and listing may take long.
    if (files.exists(target)) {
      addFiles(inputs, given, read);
    }
    Path output = real(files, target);
    for (Path path : read) {
      for (Path p = real(inputs, path); p != null; p = p.getParent()) {
        if (p.equals(output)) {
          throw new CommandException(
              "output " + target + " holds the input " + path + "; write somewhere else");
        }
      }
    }
  }

  /** Adds what a path is read as: itself or what it matches, and the files of folders. */
  private static void addFiles(FileSystem inputs, Path given, List<Path> read) throws IOException {
    List<FileStatus> matches = new ArrayList<>();
    if (inputs.exists(given)) {
      matches.add(inputs.getFileStatus(given));
    }
    FileStatus[] glob = inputs.globStatus(given);
    if (glob != null) {
      matches.addAll(List.of(glob));
    }
    Deque<FileStatus> left = new ArrayDeque<>(matches);
    while (!left.isEmpty()) {
      FileStatus next = left.remove();
      // As Spark reads a folder: its files, and folders of partitions.
      boolean folder = matches.contains(next) || next.getPath().getName().contains("=");
      if (next.isDirectory() && folder) {
        left.addAll(List.of(inputs.listStatus(next.getPath())));
      }
      if (next.isFile() || folder) {
        read.add(next.getPath());
      }
    }
  }

  /** The one name that a place has. */
  private static Path real(FileSystem files, Path path) throws IOException {
    FileSystem raw = files instanceof LocalFileSystem checked ? checked.getRaw() : files;
    if (raw instanceof RawLocalFileSystem local) {
      return new Path("file", null, local.pathToFile(path).getCanonicalPath());
    }
    return files.makeQualified(files.exists(path) ? files.resolvePath(path) : path);
  }

  /**
   * Refuses to replace what no command wrote: a folder of anything but a model with its report, or the
   * parts of a table.
   */
  private static void refuseForeign(FileSystem files, Path target) throws IOException {
    if (!files.getFileStatus(target).isDirectory()) {
      throw new CommandException(
          "output " + target + " is a file, which --overwrite does not replace; name a folder");
    }
    for (FileStatus status : files.listStatus(target)) {
      if (!isOurs(files, target, status)) {
        throw new CommandException(
            "output "
                + target
                + " holds '"
                + status.getPath().getName()
                + "', which no earlier run wrote there, and --overwrite replaces the outputs of"
                + " earlier runs alone; name another folder, or move that away");
      }
    }
  }

  private static boolean isOurs(FileSystem files, Path target, FileStatus status)
      throws IOException {
    String name = status.getPath().getName();
    if (name.equals(MODEL)) {
      return status.isDirectory()
          && files.exists(new Path(status.getPath(), "metadata"))
          && files.exists(new Path(target, REPORT));
    }
    return status.isFile() && FILES.matcher(name).matches();
  }

  /** Where to write. */
  public Path directory() {
    return staging;
  }

  /** The file system of the directory. */
  public FileSystem files() {
    return files;
  }

  /** The place the directory will have. */
  Path target() {
    return target;
  }

  /** Moves what was written to its place. */
  public void commit() {
    try {
      Path old = new Path(target.getParent(), staging.getName() + ".old");
      boolean replaced = files.exists(target);
      if (replaced && !overwrite) {
        throw taken(null);
      }
      if (replaced) {
        NewName.give(files, target, old);
      }
      try {
        NewName.give(files, staging, target);
      } catch (IOException e) {
        if (replaced) {
          NewName.give(files, old, target);
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
      throw new CommandException("cannot write output " + target + ": " + ErrorMessages.of(e), e);
    }
  }

  private CommandException taken(Throwable cause) {
    return new CommandException(
        "output "
            + target
            + " was made by someone else meanwhile and stays as it is; name another one and run"
            + " again",
        cause);
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
