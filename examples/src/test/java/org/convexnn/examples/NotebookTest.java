package org.convexnn.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The cells of the Java notebook run, one after the other. PySparkTest runs the other one. */
@Tag("spark")
class NotebookTest {

  @Test
  void theJavaNotebookRuns() throws IOException {
    TestSession.get();
    try (JavaShell shell = new JavaShell()) {
      List<String> cells = cells(Path.of("notebooks", "ring-java.ipynb"));
      cells.forEach(shell::run);
      assertThat(cells).hasSizeGreaterThan(5);
      assertThat(Double.parseDouble(shell.value("accuracy"))).isGreaterThan(0.85);
      assertThat(Double.parseDouble(shell.value("linear"))).isLessThan(0.7);
    }
  }

  /** The source of the code cells, none of which has outputs. */
  private static List<String> cells(Path notebook) throws IOException {
    List<String> cells = new ArrayList<>();
    for (JsonNode cell : new ObjectMapper().readTree(notebook.toFile()).get("cells")) {
      if (cell.get("cell_type").asText().equals("code")) {
        assertThat(cell.get("outputs")).as("outputs go stale").isEmpty();
        StringBuilder source = new StringBuilder();
        cell.get("source").forEach(line -> source.append(line.asText()));
        cells.add(source.toString());
      }
    }
    return cells;
  }
}
