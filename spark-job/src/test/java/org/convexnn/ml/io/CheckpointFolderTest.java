package org.convexnn.ml.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.checkpoint.Checkpoint;
import org.convexnn.solver.checkpoint.FitIdentity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {

  private static final String VERSION = "1.0";

  @TempDir private Path directory;
  private final List<String> messages = new ArrayList<>();

  private CheckpointFolder folder() throws IOException {
    org.apache.hadoop.fs.Path path =
        new org.apache.hadoop.fs.Path(directory.resolve("checkpoints").toString());
    return CheckpointFolder.of(
        new WholeFile(FileSystem.getLocal(new Configuration()), path), messages::add);
  }

  private static Checkpoint checkpoint(double beta) {
    return new Checkpoint(
        new FitIdentity(VERSION, Map.of(), new long[3], 1, new double[2], new double[2]),
        List.of(new Checkpoint.Solve(beta, new double[] {1, 2}, 1, 0, StopReason.GAP, 1, 2, 3)));
  }

  private static Optional<Double> beta(CheckpointFolder folder) {
    return folder
        .latest(VERSION)
        .map(checkpoint -> ((Checkpoint.Solve) checkpoint.steps().get(0)).beta());
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(directory.resolve("checkpoints"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(".crc"))
          .sorted()
          .toList();
    }
  }

  private void cut(String name) throws IOException {
    Path file = directory.resolve("checkpoints").resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    // With Hadoop's own checksum, and without it.
    Files.deleteIfExists(file.resolveSibling("." + name + ".crc"));
  }

  @Test
  void theLastOneCountsAndTwoAreKept() throws IOException {
    CheckpointFolder folder = folder();
    assertThat(beta(folder)).isEmpty();
    for (int k = 1; k <= 4; k++) {
      folder.save(checkpoint(k));
    }
    assertThat(names()).containsExactly("checkpoint-000003.bin", "checkpoint-000004.bin");
    assertThat(beta(folder())).contains(4.0);
    folder.clear();
    assertThat(directory.resolve("checkpoints")).doesNotExist();
  }

  @Test
  void halfWrittenOnesAreLeftAndSaid() throws IOException {
    CheckpointFolder folder = folder();
    folder.save(checkpoint(1));
    folder.save(checkpoint(2));
    Files.writeString(
        directory.resolve("checkpoints").resolve("_checkpoint-000003.bin-77.part"), "half");
    cut("checkpoint-000002.bin");
    assertThat(beta(folder())).contains(1.0);
    assertThat(messages)
        .singleElement()
        .asString()
        .contains("checkpoint-000002.bin", "it ends too early");
    cut("checkpoint-000001.bin");
    assertThat(beta(folder())).isEmpty();
    // What is written next is the last one.
    folder().save(checkpoint(5));
    assertThat(beta(folder())).contains(5.0);
  }

  /** Also where the format, the version of the library or the length of a text changed. */
  @Test
  void anyChangedByteLeadsToTheOneBefore() throws IOException {
    CheckpointFolder folder = folder();
    folder.save(checkpoint(1));
    folder.save(checkpoint(2));
    Path file = directory.resolve("checkpoints").resolve("checkpoint-000002.bin");
    Files.delete(file.resolveSibling("." + file.getFileName() + ".crc"));
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at < bytes.length; at++) {
      byte[] changed = bytes.clone();
      changed[at] ^= 1 << at % 8;
      Files.write(file, changed);
      assertThat(beta(folder())).as("byte %d", at).contains(1.0);
    }
    assertThat(messages).hasSize(bytes.length);
  }

  /** Hadoop's checksums of local files tell of the damage before ours do. */
  @Test
  void changedBytesAreLeftAndSaid() throws IOException {
    CheckpointFolder folder = folder();
    folder.save(checkpoint(1));
    folder.save(checkpoint(2));
    Path file = directory.resolve("checkpoints").resolve("checkpoint-000002.bin");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 9] ^= 1;
    Files.write(file, bytes);
    assertThat(beta(folder())).contains(1.0);
    assertThat(messages).singleElement().asString().contains("is damaged");
  }

  @Test
  void otherFilesAndAFolderThatWasThereStay() throws IOException {
    Path checkpoints = Files.createDirectory(directory.resolve("checkpoints"));
    Files.writeString(checkpoints.resolve("notes.txt"), "mine");
    Files.writeString(checkpoints.resolve("_checkpoint-000003.bin-77.part"), "half");
    CheckpointFolder folder = folder();
    folder.save(checkpoint(1));
    folder.clear();
    assertThat(names()).containsExactly("notes.txt");
    Files.delete(checkpoints.resolve("notes.txt"));
    folder().clear();
    assertThat(checkpoints).exists();
  }

  @Test
  void aFileIsNoFolder() throws IOException {
    Files.writeString(directory.resolve("checkpoints"), "a file");
    assertThatThrownBy(this::folder)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("checkpointDir is '", "name a folder that the driver may write");
  }
}
