package org.convexnn.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.convexnn.cluster.ClusterProcess;
import org.convexnn.linalg.CounterRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The train command in a JVM of its own, which is killed in mid-fit. */
@Tag("spark")
class DriverRestartTest {

  private static final double BETA = 0.002;
  private static final List<String> FIT =
      List.of(
          ("--solver admm --precision float64 --tol 1e-6 --max-iter 2000"
                  + " --gates 24 --reg-ratio auto --reg-param "
                  + BETA)
              .split(" "));

  @TempDir private Path folder;

  /** Noisy XOR; LIBSVM, which takes the least work to read. */
  private Path table() {
    CounterRandom random = new CounterRandom(3, 0);
    String[] lines = new String[500];
    for (int i = 0; i < lines.length; i++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      boolean flipped = random.nextDouble() < 0.1;
      lines[i] = String.format(Locale.ROOT, "%d 1:%.4f 2:%.4f", a * b > 0 ^ flipped ? 1 : 0, a, b);
    }
    return CommandLineRun.file(folder, "rows.libsvm", lines);
  }

  private static JsonNode report(Path output) throws IOException {
    return new ObjectMapper().readTree(output.resolve("report.json").toFile());
  }

  @Test
  void aKilledDriverIsResumed() throws Exception {
    Path input = table();
    Path checkpoints = folder.resolve("checkpoints");
    Path output = folder.resolve("model");
    List<String> options = new ArrayList<>(FIT);
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
    assertThat(report.get("beta").asDouble()).isEqualTo(BETA);
    assertThat(report.get("stopReason").asText()).isEqualTo("GAP");
    assertThat(checkpoints).isEmptyDirectory();
  }
}
