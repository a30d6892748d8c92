package org.convexnn.cli.input;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.ErrorMessages;
import org.convexnn.cli.message.Suggestions;

/**
 * The files of an input: a file, a folder or a pattern. A path that exists as it stands is no pattern.
 *
 * @param path the path for Spark's readers, in which signs of a literal path are no pattern's
 * @param files the data files, those of folders too
 * @param partitionColumns the names in folders {@code NAME=VALUE} below the input
 */
record FoundFiles(String path, List<FileStatus> files, List<String> partitionColumns) {

  private static final String PATTERN_SIGNS = "\\{}[]*?";

  /** How a table's own format tells itself, by a folder in it, and what it is. */
  private enum Managed {
    DELTA("_delta_log", "a Delta table"),
    HUDI(".hoodie", "a Hudi table"),
    ICEBERG("metadata", "an Iceberg table");

    private final String folder;
    private final String name;

    Managed(String folder, String name) {
      this.folder = folder;
      this.name = name;
    }
  }

  /**
   * Finds the files.
   *
   * @throws CommandException where there are none, or files that only another reader can tell from
   *     deleted ones
   */
  static FoundFiles of(Configuration hadoop, String input) {
    try {
      Path literal = literal(input);
      FileSystem files = literal.getFileSystem(hadoop);
      boolean exists = files.exists(literal);
      FileStatus[] found =
          exists
              ? new FileStatus[] {files.getFileStatus(literal)}
              : files.globStatus(new Path(input));
      if (found == null || found.length == 0) {
        throw new CommandException(
            "input " + input + " does not exist; check the path" + parentHint(files, literal));
      }
      List<FileStatus> all = new ArrayList<>();
      Set<String> columns = new LinkedHashSet<>();
      for (FileStatus status : found) {
        refuseManaged(files, status, input);
        if (status.isDirectory()) {
          addFiles(files, status.getPath(), all, columns);
        } else {
          all.add(status);
        }
      }
      if (all.isEmpty()) {
        throw new CommandException("input " + input + " is a folder without files");
      }
      if (all.stream().allMatch(s -> s.getLen() == 0)) {
        throw new CommandException("input " + input + " is empty; it needs a header and rows");
      }
      return new FoundFiles(
          exists ? escaped(found[0].getPath().toString()) : input, all, List.copyOf(columns));
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandException("cannot read input " + input + ": " + ErrorMessages.of(e), e);
    }
  }

  /** The first file that is not empty. */
  Path first() {
    return files.stream().filter(s -> s.getLen() > 0).findFirst().orElseThrow().getPath();
  }

  /** Of a local file with a colon in its name, what is before it would be taken for a scheme. */
  private static Path literal(String input) {
    File local = new File(input);
    if (local.getName().indexOf(':') >= 0 && local.exists()) {
      throw new CommandException(
          "input "
              + input
              + " has a colon in its name, which Hadoop's file systems cannot read; rename it, or"
              + " give a link to it");
    }
    return local.exists() ? new Path(local.toURI()) : new Path(input);
  }

  private static String escaped(String path) {
    StringBuilder escaped = new StringBuilder();
    for (char c : path.toCharArray()) {
      escaped.append(PATTERN_SIGNS.indexOf(c) >= 0 ? "\\" : "").append(c);
    }
    return escaped.toString();
  }

  private static String parentHint(FileSystem files, Path path) throws IOException {
    Path parent = path.getParent();
    if (parent == null) {
      return "";
    }
    List<String> names = new ArrayList<>();
    try {
      for (FileStatus s : files.listStatus(parent)) {
        names.add(s.getPath().getName());
      }
    } catch (FileNotFoundException e) {
      return "";
    }
    return Suggestions.didYouMean(path.getName(), names);
  }

  /** Data files below a folder; names that start with a dot or underscore are Spark's own. */
  private static void addFiles(
      FileSystem files, Path folder, List<FileStatus> all, Set<String> columns) throws IOException {
    for (FileStatus status : files.listStatus(folder)) {
      String name = status.getPath().getName();
      if (name.startsWith(".") || name.startsWith("_") && name.indexOf('=') < 0) {
        continue;
      }
      if (status.isDirectory()) {
        if (name.indexOf('=') > 0) {
          columns.add(name.substring(0, name.indexOf('=')));
        }
        addFiles(files, status.getPath(), all, columns);
      } else {
        all.add(status);
      }
    }
  }

  /** Of such tables the folder holds files of rows that were deleted, too. */
  private static void refuseManaged(FileSystem files, FileStatus found, String input)
      throws IOException {
    Path path = found.isDirectory() ? found.getPath() : found.getPath().getParent();
    for (Path folder = path; folder != null; folder = folder.getParent()) {
      for (Managed format : Managed.values()) {
        Path own = new Path(folder, format.folder);
        if (isFolder(files, own) && (format != Managed.ICEBERG || isIceberg(files, own))) {
          throw new CommandException(
              String.format(
                  "input %s is %s%s, whose files may hold rows that were deleted; read it with its"
                      + " own reader and write it as Parquet, in PySpark"
                      + " spark.read.format('%s').load('%s').write.parquet('new')",
                  input,
                  folder.equals(path) ? "" : "part of ",
                  format.name,
                  format.name().toLowerCase(Locale.ROOT),
                  folder));
        }
      }
    }
  }

  private static boolean isFolder(FileSystem files, Path path) {
    try {
      return files.getFileStatus(path).isDirectory();
    } catch (IOException e) {
      // Not there, or above what may be looked at.
      return false;
    }
  }

  private static boolean isIceberg(FileSystem files, Path metadata) throws IOException {
    for (FileStatus file : files.listStatus(metadata)) {
      String name = file.getPath().getName();
      if (name.endsWith(".metadata.json")
          || name.endsWith(".metadata.json.gz")
          || name.equals("version-hint.text")) {
        return true;
      }
    }
    return false;
  }
}
