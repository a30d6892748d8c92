package org.convexnn.ml.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The SHA-256 of every file of a saved folder, in a file {@code checksums.sha256} of it as {@code
 * sha256sum} writes and checks it: one line for each file, 64 hexadecimal digits, two blanks, the path
 * below the folder. Spark's own marks, {@code _SUCCESS}, and hidden files are left out.
 */
public final class Checksums {

  private static final String NAME = "checksums.sha256";
  private static final int DIGITS = 64;
  private static final String BETWEEN = "  ";

  private Checksums() {}

  /** Adds the file to a folder that has been written. */
  public static void write(FileSystem files, Path folder) throws IOException {
    byte[] bytes = String.join("", of(files, folder)).getBytes(StandardCharsets.UTF_8);
    new WholeFile(files, new Path(folder, NAME)).write(out -> out.write(bytes));
  }

  /**
   * Compares a folder with its checksums; one that has none, of an earlier version, is not looked at.
   *
   * @throws IllegalArgumentException naming the file that is not as it was written
   */
  public static void check(FileSystem files, Path folder) throws IOException {
    Path list = new Path(folder, NAME);
    if (!files.exists(list)) {
      return;
    }
    Set<String> found = of(files, folder);
    String written;
    try (InputStream in = files.open(list)) {
      written = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    if (!written.equals(String.join("", found))) {
      String changed =
          found.stream()
              .filter(line -> !written.contains(line))
              .findFirst()
              .map(line -> "'" + line.substring(DIGITS).strip() + "' is not as " + NAME + " has it")
              .orElse(NAME + " names a file that is missing");
      throw new CorruptFileException(folder.toString(), changed);
    }
  }

  /** One line for each file, in the order of paths. */
  private static Set<String> of(FileSystem files, Path folder) throws IOException {
    Set<String> lines = new TreeSet<>(Comparator.comparing(line -> line.substring(DIGITS)));
    add(files, folder, "", lines);
    return lines;
  }

  private static void add(FileSystem files, Path folder, String prefix, Set<String> lines)
      throws IOException {
    for (FileStatus status : files.listStatus(folder)) {
      String name = status.getPath().getName();
      if (name.startsWith("_") || name.startsWith(".")) {
        continue;
      }
      if (status.isDirectory()) {
        add(files, status.getPath(), prefix + name + "/", lines);
      } else if (!(prefix + name).equals(NAME)) {
        lines.add(sum(files, status.getPath()) + BETWEEN + prefix + name + "\n");
      }
    }
  }

  private static String sum(FileSystem files, Path file) throws IOException {
    try (InputStream in = files.open(file)) {
      MessageDigest sum = MessageDigest.getInstance("SHA-256");
      byte[] bytes = new byte[1 << 16];
      for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
        sum.update(bytes, 0, read);
      }
      return HexFormat.of().formatHex(sum.digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
