package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.convexnn.linalg.CounterRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Losses and offsets of the command line: learnt, reported, scored, refused. */
@Tag("spark")
class LossOptionsTest {

  @TempDir Path folder;

  /** Claims, with exposures between a half and one and a half; few different counts. */
  private Path claims() {
    List<String> lines = new ArrayList<>(List.of("claims,years,age,kind"));
    CounterRandom random = new CounterRandom(3, 0);
    for (int r = 0; r < 300; r++) {
      double years = 0.5 + random.nextDouble();
      double age = 20 + 50 * random.nextDouble();
      String kind = r % 3 == 0 ? "red" : "blue";
      double mean = years * (kind.equals("red") ? 1.5 : 0.5) * (age < 30 ? 2 : 1);
      int count = (int) Math.floor(-Math.log(1 - random.nextDouble()) * mean);
      lines.add(String.format(Locale.ROOT, "%d,%.4f,%.1f,%s", count, years, age, kind));
    }
    return CommandLineRun.file(folder, "claims.csv", lines.toArray(String[]::new));
  }

  private static double deviance(double count, double mean) {
    return 2 * ((count == 0 ? 0 : count * Math.log(count / mean)) - count + mean);
  }

  /** Counts are numbers and not classes; the model reads the exposure of rows that it scores. */
  @Test
  void countsAreLearntWithTheirExposureAndScored() throws IOException {
    Path claims = claims();
    Path model = folder.resolve("model");
    CommandLineRun run =
        CommandLineRun.train(
                claims,
                "claims",
                model,
                "--loss",
                "poisson",
                "--offset",
                "log(years)",
                "--test",
                claims)
            .good();
    assertThat(run.out()).contains("deviance");
    JsonNode report = Outcome.report(new org.apache.hadoop.fs.Path(model.toString()));
    Path scored = folder.resolve("scored");
    CommandLineRun.of("score", "--model", model, "--input", claims, "--output", scored).good();
    double sum = 0;
    double years = 0;
    double predicted = 0;
    double counted = 0;
    try (Stream<Path> files = Files.list(scored)) {
      for (Path part : files.filter(p -> p.getFileName().toString().startsWith("part")).toList()) {
        for (String line : Files.readAllLines(part).stream().skip(1).toList()) {
          String[] cells = line.split(",");
          sum += deviance(Double.parseDouble(cells[0]), Double.parseDouble(cells[4]));
          years += Double.parseDouble(cells[1]);
          counted += Double.parseDouble(cells[0]);
          predicted += Double.parseDouble(cells[4]);
        }
      }
    }
    double expected = sum / years;
    assertThat(report.at("/test/deviance").asDouble()).isCloseTo(expected, within(1e-9 * expected));
    // The intercept is free, but for its small ridge.
    assertThat(predicted).isCloseTo(counted, within(0.01 * counted));
    assertThat(report.at("/options/offset").asText()).isEqualTo("log(years)");

    CommandLineRun.of(
            "score",
            "--model",
            model,
            "--input",
            CommandLineRun.file(folder, "none.csv", "age,kind", "30,red"),
            "--output",
            folder.resolve("b"))
        .failed("'years'");
    CommandLineRun.of(
            "score",
            "--model",
            model,
            "--input",
            CommandLineRun.file(folder, "zero.csv", "years,age,kind", "0,30,red"),
            "--output",
            folder.resolve("c"))
        .failed("offset column 'years' holds '0'", "positive numbers");
  }

  /** Several numbers are learnt at once; scores are a column for each, reports the measures of each. */
  @Test
  void severalLabelsAreLearntAtOnce() throws IOException {
    Path claims = claims();
    Path model = folder.resolve("model");
    CommandLineRun run =
        CommandLineRun.train(claims, "claims,age", model, "--drop", "kind", "--test", claims)
            .good();
    assertThat(run.out()).contains("regression of 'claims', 'age'", "rmse_2");
    JsonNode report = Outcome.report(new org.apache.hadoop.fs.Path(model.toString()));
    Path scored = folder.resolve("scored");
    CommandLineRun.of("score", "--model", model, "--input", claims, "--output", scored).good();
    double[] square = new double[2];
    int rows = 0;
    try (Stream<Path> files = Files.list(scored)) {
      for (Path part : files.filter(p -> p.getFileName().toString().startsWith("part")).toList()) {
        List<String> lines = Files.readAllLines(part);
        assertThat(lines.get(0)).isEqualTo("claims,years,age,kind,prediction_1,prediction_2");
        for (String line : lines.subList(1, lines.size())) {
          String[] cells = line.split(",");
          for (int k = 0; k < 2; k++) {
            double e = Double.parseDouble(cells[2 * k]) - Double.parseDouble(cells[4 + k]);
            square[k] += e * e;
          }
          rows++;
        }
      }
    }
    for (int k = 0; k < 2; k++) {
      assertThat(report.at("/test/rmse_" + (k + 1)).asDouble())
          .isCloseTo(Math.sqrt(square[k] / rows), within(1e-9));
    }
    assertThat(report.at("/label").asText()).isEqualTo("claims,age");
    CommandLineRun.train(claims, "claims,ages", folder.resolve("n"))
        .failed("--label is 'ages'", "no such column");
    CommandLineRun.train(claims, "claims,claims", folder.resolve("n"))
        .failed("name each label once");
    CommandLineRun.train(claims, "claims,kind", folder.resolve("n"))
        .failed("label column 'kind' holds the text", "needs numbers");
    CommandLineRun.train(claims, "claims,age", folder.resolve("n"), "--loss", "poisson")
        .failed("'claims,age' holds several numbers a row, and loss is 'poisson'");
    CommandLineRun.of(
            "score",
            "--model",
            model,
            "--input",
            claims,
            "--output",
            folder.resolve("s"),
            "--contributions")
        .failed("--contributions is given and the model has 2 labels");
  }

  /** Classes by the names that the table has. */
  @Test
  void classesHaveWeights() throws IOException {
    Path claims = claims();
    Path equal = folder.resolve("equal");
    Path heavy = folder.resolve("heavy");
    CommandLineRun.train(claims, "kind", equal, "--drop", "claims").good();
    CommandLineRun.train(claims, "kind", heavy, "--drop", "claims", "--class-weights", "red:50")
        .good();
    assertThat(predictedRed(equal, claims)).isLessThan(150);
    assertThat(predictedRed(heavy, claims)).isGreaterThan(250);
    CommandLineRun.train(claims, "kind", folder.resolve("n"), "--class-weights", "green:5")
        .failed("classWeights names 'green'", "blue");
    CommandLineRun.train(claims, "kind", folder.resolve("n"), "--class-weights", "heavy")
        .wrongUsage("--class-weights is [heavy]; it must be 'balanced'");
    CommandLineRun.train(claims, "age", folder.resolve("n"), "--class-weights", "balanced")
        .failed("classWeights is [balanced] and labels are numbers");
  }

  /** Intervals and sets of a table, judged on a test table, and scored. */
  @Test
  void intervalsAndSetsAreReportedAndScored() throws IOException {
    Path claims = claims();
    Path numbers = folder.resolve("numbers");
    String told =
        CommandLineRun.train(claims, "age", numbers, "--coverage", "0.8", "--test", claims)
            .good()
            .out();
    assertThat(told).contains("coverage 0.", "width");
    JsonNode report = Outcome.report(new org.apache.hadoop.fs.Path(numbers.toString()));
    assertThat(report.at("/test/coverage").asDouble()).isBetween(0.6, 1.0);
    assertThat(header(numbers, claims)).endsWith(",prediction,prediction_lower,prediction_upper");
    Path classes = folder.resolve("classes");
    CommandLineRun.train(
            claims, "kind", classes, "--coverage", "0.99", "--probability-calibration", "isotonic")
        .good();
    assertThat(header(classes, claims)).endsWith(",prediction,probability,prediction_set");
    assertThat(lines(classes))
        .anyMatch(line -> line.endsWith("blue|red") || line.endsWith("red|blue"));
    CommandLineRun.train(claims, "age", folder.resolve("n"), "--interval-method", "quantile")
        .wrongUsage("--interval-method is given without --coverage");
    CommandLineRun.train(claims, "age", folder.resolve("n"), "--coverage", "2")
        .wrongUsage("--coverage is 2.0; it must be in (0, 1)");
    CommandLineRun.train(claims, "kind", folder.resolve("n"), "--eval-metric", "mae")
        .failed("evalMetric is 'mae' and labels are classes");
  }

  private String header(Path model, Path table) throws IOException {
    Path scored = folder.resolve(model.getFileName() + "-scored");
    CommandLineRun.of("score", "--model", model, "--input", table, "--output", scored).good();
    return lines(model).get(0);
  }

  /** Of the table that was scored with a model. */
  private List<String> lines(Path model) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve(model.getFileName() + "-scored"))) {
      for (Path part : files.filter(p -> p.getFileName().toString().startsWith("part")).toList()) {
        lines.addAll(Files.readAllLines(part));
      }
    }
    return lines;
  }

  private long predictedRed(Path model, Path table) throws IOException {
    header(model, table);
    return lines(model).stream().filter(line -> line.split(",")[4].equals("red")).count();
  }

  @Test
  void quantilesAreReportedByTheirPinballLoss() {
    assertThat(
            CommandLineRun.train(
                    claims(), "age", folder.resolve("q"), "--loss", "quantile", "--quantile", "0.9")
                .good()
                .out())
        .contains("pinball");
  }

  /** The linear model beside it is the generalised one; what learns by squared errors is left out. */
  @Test
  void aBenchmarkComparesDeviances() {
    Path claims = claims();
    assertThat(
            CommandLineRun.of(
                    "benchmark",
                    "--input",
                    claims,
                    "--label",
                    "claims",
                    "--test",
                    claims,
                    "--loss",
                    "poisson",
                    "--offset",
                    "log(years)",
                    "--against",
                    "lr,rf")
                .good()
                .out())
        .contains("log-loss / deviance", "ConvexReLU", "linear (MLlib)", "squared errors only");
  }

  /** y = offset + 2 x: those who know no offsets learn y - offset, and are given it back. */
  @Test
  void offsetsReachModelsThatKnowNone() {
    List<String> lines = new ArrayList<>(List.of("x,o,y"));
    CounterRandom random = new CounterRandom(4, 0);
    for (int r = 0; r < 200; r++) {
      double x = random.nextGaussian();
      double o = 10 * random.nextGaussian();
      lines.add(String.format(Locale.ROOT, "%.6f,%.6f,%.6f", x, o, o + 2 * x));
    }
    Path rows = CommandLineRun.file(folder, "rows.csv", lines.toArray(String[]::new));
    String table =
        CommandLineRun.of(
                "benchmark",
                "--input",
                rows,
                "--label",
                "y",
                "--test",
                rows,
                "--offset",
                "o",
                "--against",
                "lr")
            .good()
            .out();
    assertThat(table.lines().filter(line -> line.contains("linear (MLlib)")))
        .singleElement()
        .satisfies(line -> assertThat(line).contains("| 1.0000"));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Path claims = claims();
    Path output = folder.resolve("x");
    CommandLineRun.train(claims, "claims", output, "--loss", "poisson", "--task", "multiclass")
        .wrongUsage("--loss is poisson", "--task is multiclass");
    CommandLineRun.train(claims, "claims", output, "--offset", "years", "--positive", "1")
        .wrongUsage("--offset is 'years'", "--positive is '1'");
    CommandLineRun.train(claims, "claims", output, "--loss", "absolute")
        .wrongUsage("--loss is 'absolute'", "quantile");
    CommandLineRun.train(claims, "claims", output, "--offset", "claims")
        .wrongUsage("--label and --offset are both 'claims'");
    CommandLineRun.train(claims, "claims", output, "--loss", "poisson", "--offset", "log(year)")
        .failed("--offset is 'year'", "years");
    CommandLineRun.train(claims, "claims", output, "--loss", "gamma")
        .failed("'claims' has the value 0.0", "must be positive");
    CommandLineRun.train(claims, "age", output, "--offset", "kind").failed("offset column 'kind'");
    assertThat(output).doesNotExist();
  }

  @Test
  void columnsAreHeldToBeMonotone() throws IOException {
    Path model = folder.resolve("held");
    CommandLineRun run =
        held(
                model,
                "--loss",
                "poisson",
                "--monotone-constraints",
                "age:1",
                "--interaction-constraints",
                "age,years;kind")
            .good();
    String text = "networks with these gates that are monotone in age (+)";
    assertThat(run.out()).contains("best among:  " + text);
    JsonNode report = Outcome.report(new org.apache.hadoop.fs.Path(model.toString()));
    assertThat(report.at("/bestAmong").asText()).isEqualTo(text);
    assertThat(CommandLineRun.of("describe", "--model", model).good().out()).contains(text);
    held(folder.resolve("x"), "--monotone-constraints", "agee:1")
        .failed("--monotone-constraints names 'agee'", "did you mean 'age'");
    held(folder.resolve("x"), "--monotone-constraints", "kind:1")
        .failed("--monotone-constraints names 'kind'", "categories");
  }

  private CommandLineRun held(Path output, String... options) {
    List<Object> words = new ArrayList<>(List.of("train", "--input", claims()));
    words.addAll(List.of("--label", "claims", "--output", output, "--num-trees", 20));
    words.addAll(List.of(options));
    return CommandLineRun.of(words.toArray());
  }
}
