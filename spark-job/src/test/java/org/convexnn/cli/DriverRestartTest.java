package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.convexnn.cluster.ClusterProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The train command in a JVM of its own, which is killed in mid-fit. */
@Tag("spark")
class DriverRestartTest {

  private static final long MOST_SECONDS = 240;

  @TempDir private Path folder;

  @Test
  void aKilledDriverIsResumed() throws Exception {
    JsonNode report = killedAndResumed(folder, NoisyXor.libsvm(folder), folder.toString(), "1e-6");
    // The program is given by rows and options: its bound tells that this is its optimum.
    assertThat(report.get("relativeGap").asDouble()).isBetween(-1e-9, 1e-6);
    assertThat(report.get("beta").asDouble()).isEqualTo(NoisyXor.BETA);
    assertThat(report.get("stopReason").asText()).isEqualTo("GAP");
  }

  /** Ctrl-C in mid-fit: one line, and nothing but the checkpoints is left. */
  @Test
  void anInterruptedDriverSaysSo() throws Exception {
    Path checkpoints = folder.resolve("checkpoints");
    List<String> train = new ArrayList<>(List.of("train", "--label", "label", "--input"));
    train.add(NoisyXor.libsvm(folder).toString());
    train.addAll(List.of("--output", folder.resolve("out").resolve("model").toString()));
    train.addAll(NoisyXor.fit("1e-9"));
    train.addAll(List.of("--checkpoint-dir", checkpoints.toString()));
    train.addAll(List.of("--checkpoint-interval", "3"));
    String text =
        ClusterProcess.interruptWhen(
            () -> checkpoints.resolve("checkpoint-000003.bin").toFile().exists(),
            folder,
            MOST_SECONDS,
            Main.class,
            train.toArray(String[]::new));
    assertThat(text.lines().filter(line -> line.startsWith("error: ")))
        .containsExactly("error: interrupted; no output was written");
    assertThat(text).doesNotContain("RejectedExecutionException");
    assertThat(folder.resolve("out")).doesNotExist();
    assertThat(checkpoints).isNotEmptyDirectory();
  }

  /** The report of a fit whose input, checkpoints and output are on any file system. */
  static JsonNode killedAndResumed(Path work, Object input, String root, String tol)
      throws Exception {
    String checkpoints = root + "/checkpoints";
    String output = root + "/model";
    FileSystem files = new org.apache.hadoop.fs.Path(root).getFileSystem(new Configuration());
    List<String> options = new ArrayList<>(NoisyXor.fit(tol));
    options.addAll(List.of("--checkpoint-dir", checkpoints, "--checkpoint-interval", "3"));
    List<String> train = new ArrayList<>(List.of("train", "--input", input.toString()));
    train.addAll(List.of("--label", "label", "--output", output));
    train.addAll(options);
    ClusterProcess.killWhen(
        () -> exists(files, checkpoints + "/checkpoint-000003.bin"),
        work,
        MOST_SECONDS,
        Main.class,
        train.toArray(String[]::new));
    assertThat(exists(files, output)).isFalse();

    options.add("--resume");
    CommandLineRun.train(input, "label", output, options.toArray()).good();
    assertThat(files.listStatus(new org.apache.hadoop.fs.Path(checkpoints))).isEmpty();
    return Outcome.report(new org.apache.hadoop.fs.Path(output));
  }

  /** Whether there is something of this path, which may be a glob. */
  static boolean exists(FileSystem files, String path) {
    try {
      FileStatus[] found = files.globStatus(new org.apache.hadoop.fs.Path(path));
      return found != null && found.length > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
