package org.convexnn.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.convexnn.cli.CommandLineRun;
import org.convexnn.linalg.CounterRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

/** report.html beside report.json, of runs of the train command. */
@Tag("spark")
class TrainReportTest {

  @TempDir private Path folder;

  private Path table(String label) {
    List<String> lines = new ArrayList<>(List.of("\"<b>\"\"size\"\" & 'x'</b>\",colour," + label));
    CounterRandom random = new CounterRandom(6, 0);
    for (int i = 0; i < 200; i++) {
      double size = random.nextGaussian();
      boolean red = random.nextDouble() < 0.5;
      boolean yes = Math.abs(size) > 0.7 == red;
      lines.add(
          String.format(
              Locale.ROOT,
              "%.3f,%s,%s",
              size,
              red ? "<red>" : "green & blue",
              label.equals("number") ? 10 * Math.abs(size) : yes ? "\"<i>yes\"" : "no"));
    }
    return CommandLineRun.file(folder, "t.csv", lines.toArray(String[]::new));
  }

  private Document page(Path model) throws IOException {
    return ReportPageTest.parsed(Files.readString(model.resolve("report.html")));
  }

  @Test
  void showsWhatTheJsonHolds() throws IOException {
    Path model = folder.resolve("model");
    CommandLineRun.train(table("kind"), "kind", model, "--reg-ratio", "auto").good();
    Document page = page(model);
    JsonNode report = new ObjectMapper().readTree(model.resolve("report.json").toFile());
    List<String> cells = ReportPageTest.texts(page, "td");
    for (String field : List.of("relativeGap", "primalObjective", "dualBound", "betaMax")) {
      assertThat(cells).contains(field, HtmlPage.number(report.get(field).asDouble()));
    }
    assertThat(cells).contains(HtmlPage.number(report.get("train").get("logLoss").asDouble()));
    assertThat(report.get("path")).isNotEmpty();
    for (JsonNode point : report.get("path")) {
      assertThat(cells).contains(HtmlPage.number(point.get("validationLoss").asDouble()));
    }
    assertThat(cells).contains("<b>\"size\" & 'x'</b>", "colour = <red>", "colour = (missing)");
    assertThat(page.getElementsByTagName("b").getLength()).isZero();
    assertThat(ReportPageTest.texts(page, "p")).contains("Of class no against <i>yes.");
    assertThat(page.getElementsByTagName("svg").getLength()).isEqualTo(7);
    assertThat(ReportPageTest.texts(page, "p").get(0)).contains("kind", "most frequent class");
  }

  @Test
  void regressionShowsResidualsOfTheTestRows() throws IOException {
    Path model = folder.resolve("model");
    Path rows = table("number");
    CommandLineRun.train(rows, "number", model, "--test", rows).good();
    Document page = page(model);
    assertThat(ReportPageTest.texts(page, "h2"))
        .contains("Predictions of the test rows", "Neurons", "Features", "Convergence");
    assertThat(ReportPageTest.texts(page, "th")).contains("residual below");
  }
}
