package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What train and score have written, on any Hadoop file system.
 *
 * @param report the report of train
 * @param scores the probability that score has written beside each row
 */
record Outcome(JsonNode report, TreeMap<String, Double> scores) {

  /** Reads both. */
  static Outcome of(Object output, Object scored) throws IOException {
    TreeMap<String, Double> scores = new TreeMap<>();
    for (String line : lines(new Path(scored.toString()))) {
      int last = line.lastIndexOf(',');
      scores.put(line.substring(0, last), Double.valueOf(line.substring(last + 1)));
    }
    return new Outcome(report(new Path(output.toString())), scores);
  }

  /** The report of train; the page beside it is there to its end. */
  static JsonNode report(Path output) throws IOException {
    assertThat(text(new Path(output, "report.html")).strip()).endsWith("</html>");
    return new ObjectMapper().readTree(text(new Path(output, "report.json")));
  }

  /** The same optimum, reached for the same reason, and the same scores as far as it says. */
  void isThatOf(Outcome expected) {
    assertThat(reason()).isEqualTo(expected.reason());
    assertThat(objective()).isCloseTo(expected.objective(), within(1e-6 * expected.objective()));
    assertThat(scores.keySet()).isEqualTo(expected.scores.keySet());
    scores.forEach((row, p) -> assertThat(p).isCloseTo(expected.scores.get(row), within(1e-3)));
  }

  double objective() {
    return report.get("primalObjective").asDouble();
  }

  String reason() {
    return report.get("stopReason").asText();
  }

  private static List<String> lines(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    for (FileStatus file : files(folder).listStatus(folder)) {
      if (file.getPath().getName().startsWith("part-")) {
        // Without the header.
        text(file.getPath()).lines().skip(1).forEach(lines::add);
      }
    }
    return lines;
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = files(file).open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static FileSystem files(Path path) throws IOException {
    return path.getFileSystem(new Configuration());
  }
}
