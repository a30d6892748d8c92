package org.convexnn.ml.io;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.convexnn.solver.checkpoint.Checkpoint;
import org.convexnn.solver.checkpoint.CheckpointFormat;
import org.convexnn.solver.checkpoint.CheckpointStore;

/**
 * The checkpoints of one fit in a folder of any Hadoop file system, {@code checkpoint-000001.bin} and
 * so on. Each is written under another name and renamed; the last two are kept. Other files of the
 * folder are left alone.
 */
public final class CheckpointFolder implements CheckpointStore {

  private static final int KEPT = 2;
  // A driver that is killed while it writes leaves the file of the second form.
  private static final Pattern NAME =
      Pattern.compile("checkpoint-(\\d{1,9})\\.bin|_checkpoint-\\d+\\.bin-.*\\.part");

  private final WholeFile folder;
  private final boolean made;
  private final Consumer<String> messages;

  private CheckpointFolder(WholeFile folder, boolean made, Consumer<String> messages) {
    this.folder = folder;
    this.made = made;
    this.messages = messages;
  }

  /**
   * A folder, which is made where there is none.
   *
   * @param messages hears what a user may want to know
   * @throws IllegalArgumentException where it cannot be made
   */
  public static CheckpointFolder of(WholeFile folder, Consumer<String> messages) {
    try {
      boolean made = !folder.files().exists(folder.path());
      if (!folder.files().mkdirs(folder.path())) {
        throw new IOException("no folder was made");
      }
      return new CheckpointFolder(folder, made, messages);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "checkpointDir is '"
              + folder.shown()
              + "', which is no folder and cannot be made one ("
              + ShownText.of(String.valueOf(e.getMessage()))
              + "): name a folder that the driver may write",
          e);
    }
  }

  @Override
  public void save(Checkpoint checkpoint) {
    List<Path> before = whole();
    int number = before.isEmpty() ? 1 : number(before.get(0)) + 1;
    String name = String.format(Locale.ROOT, "checkpoint-%06d.bin", number);
    new WholeFile(folder.files(), new Path(folder.path(), name))
        .write(out -> CheckpointFormat.write(checkpoint, out));
    before.stream().skip(KEPT - 1).forEach(this::delete);
  }

  @Override
  public Optional<Checkpoint> latest(String version) {
    for (Path file : whole()) {
      try {
        return Optional.of(
            CheckpointFormat.read(
                () -> new BufferedInputStream(folder.files().open(file)), version));
      } catch (CheckpointFormat.DamagedException | ChecksumException e) {
        messages.accept(
            "checkpoint '" + shown(file) + "' is left, it is damaged: " + e.getMessage());
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read '" + shown(file) + "'", e);
      }
    }
    return Optional.empty();
  }

  /** Deletes the files, and the folder where it was made here and holds nothing else. */
  @Override
  public void clear() {
    files().forEach(this::delete);
    if (made && list().length == 0) {
      delete(folder.path());
    }
  }

  /** The checkpoints that have their names, the last one first. */
  private List<Path> whole() {
    return files().stream()
        .filter(file -> number(file) > 0)
        .sorted(Comparator.comparingInt(CheckpointFolder::number).reversed())
        .toList();
  }

  private static int number(Path file) {
    Matcher name = NAME.matcher(file.getName());
    return name.matches() && name.group(1) != null ? Integer.parseInt(name.group(1)) : 0;
  }

  private List<Path> files() {
    return Arrays.stream(list())
        .map(FileStatus::getPath)
        .filter(file -> NAME.matcher(file.getName()).matches())
        .toList();
  }

  private FileStatus[] list() {
    try {
      return folder.files().listStatus(folder.path());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list '" + folder.shown() + "'", e);
    }
  }

  private static String shown(Path file) {
    return ShownText.of(file.toString());
  }

  private void delete(Path file) {
    try {
      folder.files().delete(file, false);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete '" + shown(file) + "'", e);
    }
  }
}
