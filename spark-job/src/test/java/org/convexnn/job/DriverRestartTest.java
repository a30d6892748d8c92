package org.convexnn.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.convexnn.cluster.ClusterProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The train command in a JVM of its own, which is killed in mid-fit. */
@Tag("spark")
class DriverRestartTest {

  @TempDir private Path folder;

  private static JsonNode report(Path output) throws IOException {
    return new ObjectMapper().readTree(output.resolve("report.json").toFile());
  }

  @Test
  void aKilledDriverIsResumed() throws Exception {
    Path input = NoisyXor.libsvm(folder);
    Path checkpoints = folder.resolve("checkpoints");
    Path output = folder.resolve("model");
    List<String> options = new ArrayList<>(NoisyXor.fit("1e-6"));
    options.addAll(
        List.of("--checkpoint-dir", checkpoints.toString(), "--checkpoint-interval", "3"));
    List<String> train = new ArrayList<>(List.of("train", "--input", input.toString()));
    train.addAll(List.of("--label", "label", "--output", output.toString()));
    train.addAll(options);
    ClusterProcess.killWhen(
        () -> Files.exists(checkpoints.resolve("checkpoint-000003.bin")),
        folder,
        120,
        Main.class,
        train.toArray(String[]::new));
    assertThat(output).doesNotExist();

    options.add("--resume");
    CommandLineRun.train(input, "label", output, options.toArray()).good();
    // The program is given by rows and options: its bound tells that this is its optimum.
    JsonNode report = report(output);
    assertThat(report.get("relativeGap").asDouble()).isBetween(-1e-9, 1e-6);
    assertThat(report.get("beta").asDouble()).isEqualTo(NoisyXor.BETA);
    assertThat(report.get("stopReason").asText()).isEqualTo("GAP");
    assertThat(checkpoints).isEmptyDirectory();
  }
}
