package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;
import org.convexnn.cli.option.ModelOptions;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.ml.ConvexReLUClassifier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** conf/train.properties says what the train command has, and its commented lines work. */
class TrainPropertiesTest {

  private static final Path FILE = Path.of("..", "conf", "train.properties");
  private static final Set<String> NOT_LISTED =
      Set.of(
          "--help",
          "--version",
          "--config",
          "--input",
          "--labels",
          "--test",
          "--test-labels",
          "--label",
          "--categories",
          "--numbers",
          "--delimiter",
          "--columns",
          "--output");

  /** Lines that show an example, for there is no default. */
  private static final Set<String> EXAMPLES = Set.of("seed", "checkpointDir");

  private static final Set<String> AUTO_IS_ZERO =
      Set.of("numGates", "numTrees", "numLeaves", "patternRank");

  @TempDir private Path folder;

  /** The lines "#name = value", without the "#". */
  private static List<String> settings() throws IOException {
    return Files.readAllLines(FILE).stream()
        .filter(line -> line.matches("#\\w+ = .*"))
        .map(line -> line.substring(1))
        .toList();
  }

  @Test
  void nothingIsSetAndEveryOptionIsListed() throws IOException {
    assertThat(Files.readAllLines(FILE)).allMatch(line -> line.isEmpty() || line.startsWith("#"));
    Set<String> listed = new TreeSet<>();
    for (String setting : settings()) {
      listed.add(ModelOptions.option(setting.split(" = ")[0]));
    }
    Set<String> options = new TreeSet<>();
    CommandLine train = new CommandLine(new TrainCommand());
    for (OptionSpec option : train.getCommandSpec().options()) {
      options.add(option.longestName());
    }
    options.removeAll(NOT_LISTED);
    assertThat(listed).isEqualTo(options);
  }

  @Test
  void theDefaultsAreTheParams() throws IOException {
    Params classifier = new ConvexReLUClassifier();
    int compared = 0;
    for (String setting : settings()) {
      String[] pair = setting.split(" = ");
      if (classifier.hasParam(pair[0]) && !EXAMPLES.contains(pair[0])) {
        Param<Object> param = classifier.getParam(pair[0]);
        Object standard =
            classifier.hasDefault(param) ? classifier.getDefault(param).get() : "auto";
        boolean list = standard instanceof int[] || param.getClass() == StringArrayParam.class;
        String value = list ? "none" : standard.toString();
        boolean automatic = pair[0].startsWith("num") || AUTO_IS_ZERO.contains(pair[0]);
        if (value.matches("[-0-9.Ee]+") && !automatic) {
          assertThat(Double.parseDouble(pair[1])).as(pair[0]).isEqualTo(Double.parseDouble(value));
        } else {
          assertThat(pair[1]).as(pair[0]).isEqualTo(automatic ? "auto" : value);
        }
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(10);
  }

  @Test
  @Tag("spark")
  void everyLineWorks() throws IOException {
    List<String> rows = new ArrayList<>(List.of("id,x,w,patient,y"));
    CounterRandom random = new CounterRandom(6, 0);
    for (int i = 0; i < 240; i++) {
      double x = random.nextGaussian();
      rows.add(
          String.format(
              Locale.ROOT, "%d,%f,%d,%d,%s", i, x, 1 + i % 2, i % 40, x * x < 0.5 ? "yes" : "no"));
    }
    Path input = CommandLineRun.file(folder, "rows.csv", rows.toArray(String[]::new));
    // Offsets are for numbers; these are classes.
    String[] lines =
        settings().stream().filter(s -> !s.startsWith("offset")).toArray(String[]::new);
    Path config = CommandLineRun.file(folder, "my.properties", lines);
    Path output = folder.resolve("output");
    CommandLineRun.of(
            "train", "--config", config, "--input", input, "--label", "y", "--output", output)
        .good();
    assertThat(output.resolve("report.json")).exists();
  }
}
