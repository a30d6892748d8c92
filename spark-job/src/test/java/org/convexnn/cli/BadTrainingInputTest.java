package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.convexnn.linalg.CounterRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that cannot be learnt from fail with one clear line; odd ones that can be learnt, are. */
@Tag("spark")
class BadTrainingInputTest {

  @TempDir private Path folder;

  private Path output() {
    return folder.resolve("model");
  }

  private CommandLineRun train(Object[] more, String... lines) {
    return CommandLineRun.train(CommandLineRun.file(folder, "d.csv", lines), "y", output(), more);
  }

  private CommandLineRun train(String... lines) {
    return train(new Object[0], lines);
  }

  private void fine(String header, int rows, IntFunction<String> row, Object... more)
      throws IOException {
    List<String> lines = new ArrayList<>(List.of(header));
    for (int i = 0; i < rows; i++) {
      lines.add(row.apply(i));
    }
    train(more, lines.toArray(String[]::new)).good();
    var report = new ObjectMapper().readTree(output().resolve("report.json").toFile());
    assertThat(report.get("primalObjective").isNumber()).isTrue();
    assertThat(report.get("train").elements())
        .toIterable()
        // R2 of a constant label is none.
        .allSatisfy(v -> assertThat(v.isNumber() || v.isNull()).isTrue());
  }

  private static String noise(int row, int column) {
    return String.format(
        Locale.ROOT, "%.4f", new CounterRandom(row, column).nextGaussian() + row % 2);
  }

  @AfterEach
  void leavesNothingHalfWritten() throws IOException {
    try (var files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()).toList()).isSubsetOf("d.csv", "model");
    }
  }

  private void refused(CommandLineRun run, String... words) {
    run.failed(words);
    assertThat(output()).doesNotExist();
  }

  @Test
  void missingInput() {
    refused(
        CommandLineRun.train(folder.resolve("none.csv"), "y", output()), "none.csv does not exist");
  }

  @Test
  void emptyInput() {
    refused(train(), "d.csv is empty");
    refused(train("a,y"), "no rows");
  }

  @Test
  void missingLabelColumn() {
    refused(train("a,Y", "1,2"), "--label is 'y'", "did you mean 'Y'?", "a, Y");
    refused(train(new Object[] {"--weight", "w"}, "a,y", "1,2"), "--weight is 'w'");
    refused(train(new Object[] {"--drop", "b"}, "a,y", "1,2"), "--drop is 'b'");
  }

  @Test
  void tooManyColumns() {
    String header =
        IntStream.range(0, 2001).mapToObj(j -> "x" + j + ",").collect(Collectors.joining()) + "y";
    refused(train(header, "1,".repeat(2001) + "0"), "has 2002 columns", "at most 2000", "LIBSVM");
  }

  @Test
  void badLabels() {
    refused(train("a,y", "1,0", "2,", "3,1"), "label column 'y' is empty (null) in 1 of 3 rows");
    refused(train("a,y", "1,0.5", "2,NaN"), "label column 'y' holds 'NaN'");
    refused(
        train(new Object[] {"--task", "regression"}, "a,y", "1,0.5", "2,tall"),
        "label column 'y' holds the text 'tall'");
    refused(train("a,y", "1,1", "2,1"), "label column 'y' holds a single class, '1'");
    refused(train(new Object[] {"--positive", "c"}, "a,y", "1,a", "2,b"), "--positive is 'c'");
  }

  @Test
  void featuresThatAreNotFinite() {
    refused(train("a,b,y", "Inf,1.5,0", "2,3,1"), "column 'a' holds 'Inf'");
    assertThat(train(new Object[] {"--drop", "b"}, "a,b,y", "1,1,0", "2,NaN,1").code()).isZero();
    // NaN is how some programs write a blank: see TablesAsPeopleHaveThemTest.
    Object[] again = {"--overwrite"};
    assertThat(train(again, "a,b,y", "1,1.5,0", "2,NaN,1").code()).isZero();
  }

  @Test
  void badWeights() {
    Object[] weight = {"--weight", "w"};
    refused(train(weight, "a,w,y", "1,0,0", "2,0,1"), "weight column 'w' is 0 in all rows");
    refused(train(weight, "a,w,y", "1,1,0", "2,-3,1"), "weight column 'w' holds -3.0");
    refused(train(weight, "a,w,y", "1,1,0", "2,,1"), "weight column 'w' is empty", "1 of 2");
    refused(train(weight, "a,w,y", "1,1,0", "2,much,1"), "weight column 'w'", "no number");
    refused(train(weight, "a,w,y", "1,1,0", "2,NaN,1"), "weight column 'w'", "1 of 2");
  }

  @Test
  void constantAndZeroColumnsAreFine() throws IOException {
    fine("a,one,zero,y", 60, i -> noise(i, 0) + ",1,0," + i % 2);
  }

  @Test
  void identicalColumnsAndDuplicatedRowsAreFine() throws IOException {
    fine("a,b,y", 60, i -> noise(i / 2, 0) + "," + noise(i / 2, 0) + "," + (i / 2) % 2);
  }

  @Test
  void fewerRowsThanFeaturesAreFine() throws IOException {
    fine(
        "a,b,c,d,e,f,g,h,y",
        6,
        i -> {
          List<String> cells = new ArrayList<>();
          for (int j = 0; j < 8; j++) {
            cells.add(noise(i, j));
          }
          return String.join(",", cells) + "," + i % 2;
        });
  }

  @Test
  void oneRowIsFineForRegressionAndOneClassElse() throws IOException {
    fine("a,y", 1, i -> "3,7", "--task", "regression");
    Files.walk(output()).sorted(Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
    refused(train("a,y", "3,7"), "single class, '7'");
  }

  @Test
  void hugeAndTinyScalesAreRightOrRefused() throws IOException {
    for (String scale : List.of("e150", "e-150", "e300", "e-300")) {
      List<String> lines = new ArrayList<>(List.of("a,b,y"));
      for (int i = 0; i < 60; i++) {
        lines.add(noise(i, 0) + scale + "," + noise(i, 1) + "," + i % 2);
      }
      CommandLineRun run = train(new Object[] {"--overwrite"}, lines.toArray(String[]::new));
      if (run.code() == 0) {
        var report = new ObjectMapper().readTree(output().resolve("report.json").toFile());
        assertThat(report.get("train").get("logLoss").asDouble()).isBetween(0.0, 0.6931);
        assertThat(report.get("relativeGap").asDouble()).isNotNegative();
      } else {
        run.failed("column 'a' holds");
      }
    }
  }

  @Test
  void columnsNamedLikeOutputs() {
    refused(train("a,prediction,y", "1,2,0", "2,3,1"), "column 'prediction'", "rename");
  }
}
