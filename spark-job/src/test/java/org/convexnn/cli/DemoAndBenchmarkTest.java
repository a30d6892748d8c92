package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.convexnn.SparkTest;
import org.convexnn.cli.benchmark.GeneratedRows;
import org.convexnn.cli.table.LearningTask;
import org.convexnn.cli.table.RowColumns;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class DemoAndBenchmarkTest {

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    SparkTest.session();
  }

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

  private static final List<Object> SMALL =
      List.of("--mlp-iterations", 2, "--mlp-layers", 3, "--gates", 4, "--reg-ratio", 0.5);

  /** A benchmark of small models; the words come before their options. */
  private static CommandLineRun benchmark(Object... words) {
    return CommandLineRun.of(
        Stream.concat(Stream.concat(Stream.of("benchmark"), Stream.of(words)), SMALL.stream())
            .toArray());
  }

  /** Rows of two features, a number between 0 and {@code classes} - 1 as label. */
  private Path table(String name, String label, int classes) {
    Stream<String> rows =
        IntStream.range(0, 150).mapToObj(i -> i % 7 + "," + i % 5 + ",c" + i % classes);
    return CommandLineRun.file(
        folder, name, Stream.concat(Stream.of("a,b," + label), rows).toArray(String[]::new));
  }

  private CommandLineRun benchmarkOn(Path file, String against) {
    return benchmark("--input", file, "--label", "label", "--test", file, "--against", against);
  }

  @Test
  void benchmarkPrintsATableRowPerModel() {
    String out = benchmarkOn(table("d.csv", "label", 2), "lr,mlp").good().out();
    assertThat(out)
        .containsPattern("\\| d.csv \\| ConvexReLU +\\| [0-9.]+ +\\| [0-9.]+ ")
        .contains("| linear (MLlib) ", "| MLP [3] x 2 (MLlib) ");
  }

  @Test
  void benchmarkComparesOnSeveralClasses() {
    String out = benchmarkOn(table("d.csv", "label", 3), "lr,mlp,gbt,rf").good().out();
    assertThat(out)
        .contains("| ConvexReLU ", "| linear (MLlib) ", "| MLP [3] x 2 (MLlib) ", "| random forest")
        .containsPattern(
            "GBT \\(MLlib\\) +\\| left out: it learns two classes or numbers only \\|");
  }

  @Test
  void generatedSuiteHasAllTasks() {
    String out =
        benchmark("--suite", "generated", "--rows", 200, "--against", "lr,mlp").good().out();
    for (String task : List.of("binary", "multiclass", "regression")) {
      String name = "| 200 generated rows, " + task;
      assertThat(out.lines().filter(l -> l.startsWith(name)))
          .as(task)
          .hasSize(3)
          .filteredOn(l -> l.contains("left out"))
          .hasSize(task.equals("regression") ? 1 : 0);
    }
  }

  @Test
  void generatedLabelsKnowTheirClasses() {
    for (LearningTask task : GeneratedRows.Bent.TASKS) {
      Dataset<Row> rows =
          GeneratedRows.of(SparkTest.session(), new GeneratedRows.Bent(task), 1, 0, 500, 1);
      long labels = rows.select(RowColumns.LABEL).distinct().count();
      Attribute label = Attribute.fromStructField(rows.schema().apply(RowColumns.LABEL));
      if (task.classification()) {
        assertThat(((NominalAttribute) label).getNumValues().get()).isEqualTo((int) labels);
      } else {
        assertThat(labels).isEqualTo(500);
      }
    }
  }

  @Test
  void readmeSuiteKeepsWhatHasRunWhenADataSetFails() {
    table("adult.train.csv", "label", 2);
    table("adult.test.csv", "income", 2);
    table("protein.train.csv", "label", 2);
    table("protein.test.csv", "label", 2);
    CommandLineRun run = benchmark("--suite", "readme", "--data", folder);
    run.failed("1 run failed; the table says why");
    assertThat(run.out())
        .containsPattern("\\| adult +\\| all +\\| failed: --label is 'label', but .*income")
        .containsPattern("\\| protein +\\| ConvexReLU +\\| [0-9.]+ ")
        .containsPattern("\\| protein +\\| linear \\(MLlib\\) +\\| [0-9.]+ ");
  }

  @Test
  void lossesSuiteMeasuresWhatIsThere() {
    String[] lines =
        Stream.concat(
                Stream.of("a,b,label"),
                IntStream.range(0, 150).mapToObj(i -> i % 7 + "," + i % 5 + "," + i * i % 97 * 0.3))
            .toArray(String[]::new);
    CommandLineRun.file(folder, "protein.train.csv", lines);
    CommandLineRun.file(folder, "protein.test.csv", lines);
    String out =
        CommandLineRun.of(
                "benchmark",
                "--suite",
                "losses",
                "--data",
                folder,
                "--leaf-model",
                "constant",
                "--num-trees",
                "5",
                "--num-leaves",
                "4",
                "--reg-ratio",
                "0.5")
            .good()
            .out();
    assertThat(out)
        .contains("skipped: freMTPL2freq", "skipped: covtype93k", "left out: not on the class path")
        .containsPattern(
            "\\| protein, quantile 0.9 +\\| ConvexReLU +\\| [0-9.]+ +\\| test pinball ")
        .containsPattern("coverage 0.9 +\\| scale +\\| [0-9.]+ +\\| mean coverage .*\\| [01]\\.");
  }

  @Test
  void readmeSuiteSkipsWhatIsMissing() {
    String out = CommandLineRun.of("benchmark", "--suite", "readme", "--data", folder).good().out();
    assertThat(out).contains("skipped: adult", "skipped: covtype93k", "| fit seconds |");
  }

  @Test
  void scalingSuiteGrows() {
    String out =
        benchmark("--suite", "scaling", "--rows", "1000,500", "--partitions", "1,3").good().out();
    // 4 n (features) + 24 to 28 + 12 of patterns; at most 56 of states
    List<String> first = cells(out, "| 500 ");
    assertThat(first.get(6)).isEqualTo("208");
    assertThat(Double.parseDouble(first.get(7))).isBetween(112.0 + 24 + 12, 1.5 * 208);
    // a result is one vector of 29 x 5 numbers; three are broadcast, with the feature map
    List<String> second = cells(out, "| 1000 | 3 ");
    double vector = Double.parseDouble(second.get(8));
    assertThat(vector).isEqualTo(1.2);
    assertThat(second.get(5)).isEqualTo("3.0");
    assertThat(Double.parseDouble(second.get(6))).isBetween(vector, vector + 6);
    // beside them Spark sends code, more or less of it; but no matrix, half of which has 84 KB
    assertThat(Double.parseDouble(second.get(7))).isBetween(vector, 84.0);
    assertThat(cells(out, "| 1000 | 1 ").get(5)).isEqualTo("1.0");
  }

  /** The cells of the last line that begins so. */
  private static List<String> cells(String out, String begin) {
    String line = out.lines().filter(l -> l.startsWith(begin)).reduce((a, b) -> b).orElseThrow();
    return Stream.of(line.split("\\|")).skip(1).map(String::strip).toList();
  }
}
