package org.convexnn.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.convexnn.SparkTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class DemoAndBenchmarkTest {

  @TempDir private Path folder;

  @Test
  void generatedRowsDoNotDependOnPartitions() {
    GeneratedRows.Recipe xor = new GeneratedRows.NoisyXor();
    Dataset<Row> one = GeneratedRows.of(SparkTest.session(), xor, 3, 10, 50, 1);
    Dataset<Row> three = GeneratedRows.of(SparkTest.session(), xor, 3, 10, 50, 3);
    assertThat(three.collectAsList()).isEqualTo(one.collectAsList());
    Row balance =
        GeneratedRows.of(SparkTest.session(), xor, 3, 0, 4000, 2)
            .agg(functions.avg(RowColumns.LABEL))
            .first();
    assertThat(balance.getDouble(0)).isBetween(0.45, 0.55);
  }

  @Test
  void demoBeatsTheLinearModel() {
    String out =
        CommandLineRun.of("demo", "--rows", 8000, "--gates", 64, "--reg-ratio", 0.03, "--tol", 0.02)
            .good()
            .out();
    assertThat(out).contains("relative gap");
    assertThat(accuracy(out, "logistic regression")).isBetween(0.45, 0.55);
    assertThat(accuracy(out, "ConvexReLUClassifier")).isGreaterThan(0.7);
  }

  private static double accuracy(String out, String model) {
    String line = out.lines().filter(l -> l.startsWith(model)).findFirst().orElseThrow();
    return Double.parseDouble(line.replaceAll(".*accuracy ([0-9.]+),.*", "$1"));
  }

  @Test
  void benchmarkPrintsATableRowPerModel() {
    StringBuilder lines = new StringBuilder("a,b,y");
    for (int i = 0; i < 120; i++) {
      lines.append("\n").append(i % 7).append(',').append(i % 5).append(',').append(i % 2);
    }
    Path file = CommandLineRun.file(folder, "d.csv", lines.toString().split("\n"));
    String out =
        CommandLineRun.of(
                "benchmark",
                "--input",
                file,
                "--label",
                "y",
                "--test",
                file,
                "--against",
                "lr,mlp",
                "--mlp-iterations",
                2,
                "--mlp-layers",
                "3",
                "--gates",
                4,
                "--reg-ratio",
                0.5)
            .good()
            .out();
    assertThat(out).contains("| ConvexReLU ", "| linear (MLlib) ", "| MLP [3] x 2 (MLlib) ");
  }

  @Test
  void benchmarkComparesOnSeveralClasses() {
    StringBuilder lines = new StringBuilder("a,b,y");
    for (int i = 0; i < 150; i++) {
      lines.append("\n").append(i % 7).append(',').append(i % 5).append(",c").append(i % 3);
    }
    Path file = CommandLineRun.file(folder, "d.csv", lines.toString().split("\n"));
    String out =
        CommandLineRun.of(
                "benchmark",
                "--input",
                file,
                "--label",
                "y",
                "--test",
                file,
                "--against",
                "lr,mlp,gbt,rf",
                "--mlp-iterations",
                2,
                "--mlp-layers",
                "3",
                "--gates",
                4,
                "--reg-ratio",
                0.5)
            .good()
            .out();
    assertThat(out)
        .contains("| ConvexReLU ", "| linear (MLlib) ", "| MLP [3] x 2 (MLlib) ", "| random forest")
        .doesNotContain("GBT");
  }

  @Test
  void readmeSuiteSkipsWhatIsMissing() {
    String out = CommandLineRun.of("benchmark", "--suite", "readme", "--data", folder).good().out();
    assertThat(out).contains("skipped: adult", "skipped: covtype93k", "| fit seconds |");
  }

  @Test
  void scalingSuiteGrows() {
    String out =
        CommandLineRun.of(
                "benchmark",
                "--suite",
                "scaling",
                "--rows",
                "500,1000",
                "--gates",
                4,
                "--reg-ratio",
                0.3)
            .good()
            .out();
    assertThat(out).contains("| 500 ", "| 1000 ");
  }
}
