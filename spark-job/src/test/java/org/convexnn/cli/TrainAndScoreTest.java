package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convexnn.SparkTest;
import org.convexnn.linalg.CounterRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class TrainAndScoreTest {

  @TempDir private Path folder;

  /** A table with blanks, a category and a label that depends on both columns. */
  private Path table(String name, long seed, int rows) {
    List<String> lines = new ArrayList<>(List.of("id,age.years,colour,member,income"));
    CounterRandom random = new CounterRandom(seed, 0);
    String[] colours = {"red", "green", "blue"};
    for (int i = 0; i < rows; i++) {
      double age = 20 + 50 * random.nextDouble();
      int colour = random.nextInt(3);
      boolean member = random.nextDouble() < 0.5;
      boolean high = Math.abs(age - 45) < 12 ? colour == 0 || member : colour == 2;
      lines.add(
          String.format(
              Locale.ROOT,
              "%04d,%s,%s,%s,%s",
              i,
              random.nextDouble() < 0.1 ? "" : String.format(Locale.ROOT, "%.2f", age),
              random.nextDouble() < 0.1 ? "" : colours[colour],
              member,
              high ? "high" : "low"));
    }
    return CommandLineRun.file(folder, name, lines.toArray(String[]::new));
  }

  private static JsonNode report(Path output) throws IOException {
    return new ObjectMapper().readTree(output.resolve("report.json").toFile());
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void trainsDescribesAndScoresClasses() throws IOException {
    Path train = table("train.csv", 1, 300);
    Path test = table("test.csv", 2, 100);
    Path model = folder.resolve("model");
    CommandLineRun run =
        CommandLineRun.train(
                train,
                "income",
                model,
                "--test",
                test,
                "--drop",
                "id",
                "--seed",
                5,
                "--solver",
                "admm")
            .good();
    assertThat(run.out()).contains("relative gap", "accuracy", "'low'");

    JsonNode report = report(model);
    assertThat(report.get("task").asText()).isEqualTo("binary");
    assertThat(report.get("rows").asLong()).isEqualTo(300);
    // age, 3 colours and missing, 2 flags and missing
    assertThat(report.get("features").asInt()).isEqualTo(8);
    assertThat(report.get("gates").asInt()).isEqualTo(8);
    assertThat(report.get("solver").asText()).containsIgnoringCase("admm");
    assertThat(report.get("relativeGap").asDouble()).isBetween(0.0, 0.05);
    assertThat(report.get("primalObjective").asDouble())
        .isGreaterThanOrEqualTo(report.get("dualBound").asDouble());
    assertThat(report.get("beta").asDouble())
        .isCloseTo(
            0.3 * report.get("betaMax").asDouble(), org.assertj.core.api.Assertions.within(1e-9));
    for (String field :
        List.of("activeNeurons", "passes", "stopReason", "sparkVersion", "blas", "path", "tol")) {
      assertThat(report.has(field)).as(field).isTrue();
    }
    for (String phase : List.of("total", "load", "setUp", "solve")) {
      assertThat(report.get("seconds").get(phase).asDouble()).as(phase).isNotNegative();
    }
    for (String rows : List.of("train", "test")) {
      for (String measure : List.of("accuracy", "logLoss", "areaUnderROC")) {
        assertThat(report.get(rows).get(measure).asDouble()).as(rows + measure).isPositive();
      }
    }
    assertThat(report.get("options").get("seed").asLong()).isEqualTo(5);
    assertThat(report.get("trace")).isNotEmpty();

    CommandLineRun described = CommandLineRun.of("describe", "--model", model.resolve("model"));
    assertThat(described.good().out())
        .contains("income", "relative gap", "age.years", "8 features");

    Path input =
        CommandLineRun.file(
            folder, "new.csv", "member,colour,age.years,note", "true,pink,,keep", "false,red,45,0");
    Path scored = folder.resolve("scored");
    CommandLineRun.of("score", "--model", model, "--input", input, "--output", scored).good();
    List<Row> rows =
        SparkTest.session().read().option("header", true).csv(scored.toString()).collectAsList();
    assertThat(rows).hasSize(2);
    for (Row row : rows) {
      double probability = Double.parseDouble(row.getAs("probability"));
      String prediction = row.getAs("prediction");
      assertThat(prediction).isEqualTo(probability > 0.5 ? "low" : "high");
    }
    assertThat(rows).extracting(r -> r.getAs("note")).containsExactlyInAnyOrder("keep", "0");
    assertThat(report.get("featureImportances")).hasSize(8);
    assertThat(report.get("featureImportances").get(0).get("feature").asText())
        .isEqualTo("age.years");
    assertThat(report.get("featureImportances").get(0).get("absolute").asDouble()).isPositive();
    List<String> names =
        explained(
            model,
            input,
            (row, sum) -> {
              double p = Double.parseDouble(row.getAs("probability"));
              assertThat(sum).isCloseTo(Math.log(p / (1 - p)), within(1e-9));
            });
    assertThat(names)
        .contains("contribution_age_years", "contribution_colour___red", "contribution_base");
    Path clash = CommandLineRun.file(folder, "c.csv", "member,colour,age.years,contribution_base");
    CommandLineRun.of(
            "score",
            "--model",
            model,
            "--input",
            clash,
            "--output",
            folder.resolve("o"),
            "--contributions")
        .failed("column 'contribution_base' of", "rename");
  }

  /** Scores with contributions, and hands each row and their sum on. */
  private List<String> explained(
      Path model, Path input, java.util.function.BiConsumer<Row, Double> check) {
    Path scored = folder.resolve("explained");
    CommandLineRun.of(
            "score", "--model", model, "--input", input, "--output", scored, "--contributions")
        .good();
    Dataset<Row> table =
        SparkTest.session()
            .read()
            .option("header", true)
            .option("escape", "\"")
            .csv(scored.toString());
    List<String> names =
        Arrays.stream(table.columns()).filter(c -> c.startsWith("contribution_")).toList();
    for (Row row : table.collectAsList()) {
      check.accept(row, names.stream().mapToDouble(n -> Double.parseDouble(row.getAs(n))).sum());
    }
    return names;
  }

  @Test
  void theReportSaysWhatGatesOfLowRankCost() throws IOException {
    Path model = folder.resolve("model");
    CommandLineRun run =
        CommandLineRun.train(
                table("train.csv", 1, 200),
                "income",
                model,
                "--pattern-rank",
                2,
                "--group-norm",
                "euclidean")
            .good();
    JsonNode bound = report(model).get("patternRank");
    assertThat(bound.get("rank").asInt()).isEqualTo(2);
    assertThat(bound.get("allPatterns").asBoolean()).isFalse();
    double sigma = bound.get("nextSingularValue").asDouble();
    double epsilon = 0.5 * sigma / report(model).get("beta").asDouble();
    assertThat(sigma).isPositive();
    assertThat(bound.get("epsilon").asDouble()).isCloseTo(epsilon, within(1e-9 * epsilon));
    assertThat(bound.get("factor").asDouble()).isGreaterThan(1);
    assertThat(report(model).get("options").get("patternRank").asInt()).isEqualTo(2);
    CommandLineRun.train(
            table("train.csv", 1, 200), "income", folder.resolve("none"), "--pattern-rank", 2000)
        .failed("patternRank is 2000");
  }

  @Test
  void scoresTheTrainingRowsAsTheReportSays() throws IOException {
    Path train = table("train.csv", 3, 200);
    Path model = folder.resolve("model");
    CommandLineRun.train(train, "income", model).good();
    Path scored = folder.resolve("scored");
    CommandLineRun.of(
            "score", "--model", model, "--input", train, "--output", scored, "--format", "parquet")
        .good();
    List<Row> rows = SparkTest.session().read().parquet(scored.toString()).collectAsList();
    double right =
        rows.stream().filter(r -> r.getAs("prediction").equals(r.getAs("income"))).count();
    assertThat(right / rows.size())
        .isEqualTo(report(model).get("train").get("accuracy").asDouble());
  }

  @Test
  void trainsRegression() throws IOException {
    List<String> lines = new ArrayList<>(List.of("a,b,c,w,y"));
    CounterRandom random = new CounterRandom(9, 0);
    for (int i = 0; i < 300; i++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      // c is constant; w is a weight
      lines.add(
          String.format(Locale.ROOT, "%f,%f,1,%d,%f", a, b, i % 3, 1000 + 100 * Math.abs(a) + b));
    }
    Path input = CommandLineRun.file(folder, "r.csv", lines.toArray(String[]::new));
    Path model = folder.resolve("model");
    CommandLineRun.train(
            input, "y", model, "--test", input, "--weight", "w", "--gates", 32, "--reg-ratio", 0.03)
        .good();
    JsonNode report = report(model);
    assertThat(report.get("task").asText()).isEqualTo("regression");
    assertThat(report.get("features").asInt()).isEqualTo(3);
    assertThat(report.get("test").get("r2").asDouble()).isGreaterThan(0.9);
    assertThat(report.get("test").get("rmse").asDouble()).isLessThan(30);
    Path scored = folder.resolve("scored");
    CommandLineRun.of("score", "--model", model, "--input", input, "--output", scored).good();
    Row row = SparkTest.session().read().option("header", true).csv(scored.toString()).first();
    assertThat(Double.parseDouble(row.getAs("prediction"))).isBetween(900.0, 1500.0);
    CommandLineRun.of("describe", "--model", model).good();
  }

  @Test
  void trainsSubNetworksOfThreeLayers() throws IOException {
    Path train = table("train.csv", 3, 200);
    Path model = folder.resolve("model");
    CommandLineRun.train(
            train, "income", model, "--layer-widths", "4", "--gates", 24, "--reg-ratio", 0.1)
        .good();
    assertThat(CommandLineRun.of("describe", "--model", model).good().out())
        .containsPattern("gates kept: +[1-6] sub-networks of 3 layers, widths \\[4\\]");
    Path scored = folder.resolve("scored");
    CommandLineRun.of("score", "--model", model, "--input", train, "--output", scored).good();
    assertThat(scored).isDirectory();
  }

  @Test
  void trainsOneClassAgainstTheRestOfLibsvm() throws IOException {
    List<String> lines = new ArrayList<>();
    CounterRandom random = new CounterRandom(4, 0);
    for (int i = 0; i < 200; i++) {
      int label = i % 3;
      lines.add(
          String.format(
              Locale.ROOT,
              "%d 1:%f 3:%f",
              label,
              random.nextGaussian() + label,
              random.nextDouble()));
    }
    Path input = CommandLineRun.file(folder, "d.libsvm", lines.toArray(String[]::new));
    Path model = folder.resolve("model");
    CommandLineRun.train(input, "label", model, "--positive", 2).good();
    assertThat(report(model).get("classes").toString()).isEqualTo("[\"not 2\",\"2\"]");
    Path scored = folder.resolve("scored");
    CommandLineRun.of("score", "--model", model, "--input", input, "--output", scored).good();
    Row row = SparkTest.session().read().option("header", true).csv(scored.toString()).first();
    assertThat(row.<String>getAs("prediction")).isIn("2", "not 2");
  }

  /** Names of classes that differ in case, and in what no column's name may hold. */
  private Path flowers(String name, long seed, int rows) {
    List<String> lines = new ArrayList<>(List.of("length,width,kind"));
    CounterRandom random = new CounterRandom(seed, 0);
    String[] kinds = {"Iris a", "iris A", "iris.a", "\"rose, red\""};
    for (int i = 0; i < rows; i++) {
      double a = random.nextDouble() - 0.5;
      double b = random.nextDouble() - 0.5;
      int kind = (a > 0 ? 2 : 0) + (b > 0.3 * Math.abs(a) ? 1 : 0);
      lines.add(String.format(Locale.ROOT, "%.3f,%.3f,%s", a, b, kinds[kind]));
    }
    return CommandLineRun.file(folder, name, lines.toArray(String[]::new));
  }

  @Test
  void trainsDescribesAndScoresSeveralClasses() throws IOException {
    Path train = flowers("train.csv", 1, 400);
    Path test = flowers("test.csv", 2, 200);
    Path model = folder.resolve("model");
    CommandLineRun run =
        CommandLineRun.train(
                train, "kind", model, "--test", test, "--reg-ratio", 0.03, "--gates", 16)
            .good();
    assertThat(run.out())
        .contains("classification of 'kind' (4 classes)", "relative gap", "macroF1");

    JsonNode report = report(model);
    assertThat(report.get("task").asText()).isEqualTo("multiclass");
    assertThat(report.get("classes").toString())
        .isEqualTo("[\"Iris a\",\"iris A\",\"iris.a\",\"rose, red\"]");
    for (String rows : List.of("train", "test")) {
      assertThat(report.get(rows).get("accuracy").asDouble()).as(rows).isGreaterThan(0.85);
      assertThat(report.get(rows).get("macroF1").asDouble()).as(rows).isGreaterThan(0.85);
      assertThat(report.get(rows).get("logLoss").asDouble()).as(rows).isBetween(0.0, 0.7);
      assertThat(report.get(rows).has("areaUnderROC")).as(rows).isFalse();
    }
    assertThat(CommandLineRun.of("describe", "--model", model).good().out())
        .contains("multiclass, 4 classes: 'Iris a', 'iris A', 'iris.a', 'rose, red'");

    List<String> probabilities =
        List.of(
            "probability_Iris_a",
            "probability_iris_A_2",
            "probability_iris_a_3",
            "probability_rose__red");
    for (String format : List.of("csv", "parquet")) {
      Path scored = folder.resolve("scored." + format);
      CommandLineRun.of(
              "score", "--model", model, "--input", test, "--output", scored, "--format", format)
          .good();
      Dataset<Row> table =
          SparkTest.session()
              .read()
              .format(format)
              .option("header", true)
              .option("escape", "\"")
              .load(scored.toString());
      assertThat(table.columns()).startsWith("length", "width", "kind", "prediction");
      assertThat(List.of(table.columns()).subList(4, 8)).isEqualTo(probabilities);
      double right = 0;
      for (Row row : table.collectAsList()) {
        double[] p =
            probabilities.stream()
                .mapToDouble(name -> Double.parseDouble(row.getAs(name).toString()))
                .toArray();
        assertThat(Arrays.stream(p).sum()).isCloseTo(1, within(1e-12));
        int guess = List.of("Iris a", "iris A", "iris.a", "rose, red").indexOf(row.getAs(3));
        assertThat(p[guess]).isEqualTo(Arrays.stream(p).max().getAsDouble());
        right += row.getAs("prediction").equals(row.getAs("kind")) ? 1 : 0;
      }
      assertThat(right / 200)
          .isCloseTo(report.get("test").get("accuracy").asDouble(), within(1e-12));
    }

    // Of the predicted class.
    assertThat(explained(model, test, (row, sum) -> assertThat(sum).isPositive()))
        .containsExactly("contribution_length", "contribution_width", "contribution_base");

    Path clash = CommandLineRun.file(folder, "c.csv", "length,width,probability_iris_A", "1,2,3");
    CommandLineRun.of("score", "--model", model, "--input", clash, "--output", folder.resolve("o"))
        .failed("column 'probability_Iris_a' of", "rename");
    CommandLineRun.train(train, "kind", folder.resolve("m"), "--task", "binary")
        .failed("holds 4 classes", "--task multiclass", "--positive VALUE");
  }

  @Test
  void aClassWithoutWeightHasProbabilityZero() throws IOException {
    Path input = CommandLineRun.file(folder, "w.csv", "a,w,y", "1,1,x", "2,0,b", "3,1,z", "4,1,x");
    CommandLineRun.train(input, "y", folder.resolve("m"), "--weight", "w").good();
    Path scored = folder.resolve("s");
    CommandLineRun.of(
            "score",
            "--model",
            folder.resolve("m"),
            "--input",
            input,
            "--output",
            scored,
            "--format",
            "parquet")
        .good();
    for (Row row : SparkTest.session().read().parquet(scored.toString()).collectAsList()) {
      assertThat(Double.parseDouble(row.getAs("probability_b").toString())).isZero();
    }
  }

  @Test
  void readsOptionsFromAFile() throws IOException {
    Path train = table("train.csv", 1, 200);
    Path model = folder.resolve("model");
    Path config =
        CommandLineRun.file(
            folder,
            "my.properties",
            "input = " + train,
            "label = income",
            "numGates = 12",
            "reg-ratio = 0.5",
            "overwrite = true");
    CommandLineRun.of("train", "--config", config, "--output", model, "--gates", 6).good();
    assertThat(report(model).get("gates").asInt()).isEqualTo(6);
    CommandLineRun.of("train", "--config", config, "--output", model).good();
    assertThat(report(model).get("gates").asInt()).isEqualTo(12);
  }

  @Test
  void refusesAnExistingOutputUnlessToldTo() throws IOException {
    Path train = table("train.csv", 1, 200);
    Path model = Files.createDirectory(folder.resolve("model"));
    CommandLineRun.train(train, "income", model).failed(model.toString(), "--overwrite");
    assertThat(model).isEmptyDirectory();
    CommandLineRun.train(train, "income", model, "--overwrite").good();
    assertThat(model.resolve("report.json")).exists();
    CommandLineRun.of("score", "--model", model, "--input", train, "--output", model)
        .failed("exists already");
    CommandLineRun.of("score", "--model", model, "--input", train, "--output", model, "--overwrite")
        .failed("holds the input");
  }

  @Test
  void leavesNothingHalfWritten() throws IOException {
    Path train = table("train.csv", 1, 100);
    Path test =
        CommandLineRun.file(
            folder, "test.csv", "id,age.years,colour,member,income", "1,3,red,true,middle");
    CommandLineRun.train(train, "income", folder.resolve("model"), "--test", test)
        .failed("test.csv: label column 'income' holds 'middle'", "'high' and 'low'");
    Path model = folder.resolve("model");
    CommandLineRun.train(train, "income", model).good();
    Path text =
        CommandLineRun.file(folder, "bad.csv", "id,age.years,colour,member", "1,old,red,true");
    CommandLineRun.of("score", "--model", model, "--input", text, "--output", folder.resolve("s"))
        .failed("column 'age.years' holds 'old' where numbers are expected");
    assertThat(names()).containsExactly("bad.csv", "model", "test.csv", "train.csv");
  }

  @Test
  void keepsTheOldOutputWhenTheNewOneFails() throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    Files.writeString(model.resolve("report.json"), "{}");
    Path bad = CommandLineRun.file(folder, "bad.csv", "a,y", "1,0", "Inf,1");
    CommandLineRun.train(bad, "y", model, "--overwrite").failed("column 'a' holds 'Inf'");
    assertThat(model.resolve("report.json")).exists();
    assertThat(names()).containsExactly("bad.csv", "model");
  }

  @Test
  void refusesUnreadableModels() throws IOException {
    Path train = table("train.csv", 1, 20);
    Path out = folder.resolve("out");
    CommandLineRun.of("score", "--model", folder.resolve("m"), "--input", train, "--output", out)
        .failed("does not exist");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    CommandLineRun.of("describe", "--model", empty).failed("no model in", "train command");
    Path broken = Files.createDirectories(folder.resolve("broken/metadata"));
    CommandLineRun.file(broken, "part-00000", "{ no json");
    CommandLineRun.of("describe", "--model", broken.getParent()).failed("cannot read the model");
    assertThat(out).doesNotExist();
  }

  @Test
  void refusesToScoreTablesThatLackAColumn() {
    Path train = table("train.csv", 1, 100);
    Path model = folder.resolve("model");
    CommandLineRun.train(train, "income", model).good();
    Path out = folder.resolve("out");
    Path lacking =
        CommandLineRun.file(folder, "l.csv", "id,age_years,colour,member", "1,2,red,true");
    CommandLineRun.of("score", "--model", model, "--input", lacking, "--output", out)
        .failed("column 'age.years'", "did you mean 'age_years'?");
    Path empty = CommandLineRun.file(folder, "e.csv", "id,age.years,colour,member");
    CommandLineRun.of("score", "--model", model, "--input", empty, "--output", out)
        .failed("no rows");
    Path clash =
        CommandLineRun.file(
            folder, "c.csv", "id,age.years,colour,member,prediction", "1,2,red,true,3");
    CommandLineRun.of("score", "--model", model, "--input", clash, "--output", out)
        .failed("column 'prediction'", "rename");
    assertThat(out).doesNotExist();
  }

  /** That a number or a time is blank tells of the label; trees of constant leaves learn it. */
  @Test
  void blanksAreMissingValuesOfTreesOfConstantLeaves() throws IOException {
    List<String> lines = new ArrayList<>(List.of("size,seen,town,price"));
    CounterRandom random = new CounterRandom(3, 0);
    for (int i = 0; i < 400; i++) {
      boolean sized = random.nextDouble() < 0.6;
      boolean seen = random.nextDouble() < 0.7;
      int town = random.nextInt(3);
      double size = random.nextDouble();
      lines.add(
          String.format(
              Locale.ROOT,
              "%s,%s,%s,%.3f",
              sized ? String.format(Locale.ROOT, "%.3f", size) : i % 2 == 0 ? "" : "NA",
              seen ? "2024-0" + (1 + i % 8) + "-11" : "",
              town == 0 ? "" : "town" + town,
              (sized ? size : 5) + (seen ? 0 : 3) + town));
    }
    Path train = CommandLineRun.file(folder, "train.csv", lines.toArray(String[]::new));
    Path model = folder.resolve("model");
    CommandLineRun.of(
            "train",
            "--input",
            train,
            "--label",
            "price",
            "--output",
            model,
            "--num-trees",
            30,
            "--num-leaves",
            8,
            "--reg-ratio",
            0.003)
        .good();
    assertThat(report(model).get("features").asInt()).isEqualTo(5);
    assertThat(report(model).get("train").get("r2").asDouble()).isGreaterThan(0.98);
    try (var stages = Files.list(model.resolve("model").resolve("stages"))) {
      assertThat(stages.map(f -> f.getFileName().toString()))
          .hasSize(4)
          .noneMatch(name -> name.toLowerCase(Locale.ROOT).contains("imputer"));
    }
    Path input =
        CommandLineRun.file(
            folder, "new.csv", "seen,town,size", "2024-03-11,town1,", ",town1,0.5", ",elsewhere,?");
    Path scored = folder.resolve("scored");
    CommandLineRun.of("score", "--model", model, "--input", input, "--output", scored).good();
    double[] told =
        SparkTest.session()
            .read()
            .option("header", true)
            .csv(scored.toString())
            .collectAsList()
            .stream()
            .mapToDouble(row -> Double.parseDouble(row.getAs("prediction")))
            .toArray();
    double[] expected = {6, 4.5, 8};
    assertThat(told).hasSize(3);
    for (int r = 0; r < 3; r++) {
      assertThat(told[r]).isCloseTo(expected[r], within(0.4));
    }
  }

  @Test
  void groupsAreNoFeatureAndHeldOutTogether() throws IOException {
    List<String> lines = new ArrayList<>(List.of("x,z,patient,y"));
    List<String> blank = new ArrayList<>(lines);
    List<String> one = new ArrayList<>(lines);
    CounterRandom random = new CounterRandom(9, 0);
    for (int i = 0; i < 240; i++) {
      double x = random.nextDouble();
      String row = String.format(Locale.ROOT, "%.4f,%.4f,", x, random.nextDouble());
      String label = x > 0.5 ? ",yes" : ",no";
      lines.add(row + "p" + i / 8 + label);
      blank.add(row + (i == 30 ? " " : "p" + i / 8) + label);
      one.add(row + "p" + label);
    }
    Path model = folder.resolve("model");
    Path train = CommandLineRun.file(folder, "train.csv", lines.toArray(String[]::new));
    CommandLineRun.of(
            "train",
            "--input",
            train,
            "--label",
            "y",
            "--output",
            model,
            "--test",
            train,
            "--fold",
            "patient",
            "--num-gates",
            8)
        .good();
    assertThat(report(model).get("features").asInt()).isEqualTo(2);
    assertThat(report(model).get("options").get("fold").asText()).isEqualTo("patient");
    assertThat(report(model).get("test").get("accuracy").asDouble()).isGreaterThan(0.9);
    Path other = folder.resolve("other");
    for (List<String> bad : List.of(blank, one)) {
      CommandLineRun.of(
              "train",
              "--input",
              CommandLineRun.file(folder, "bad.csv", bad.toArray(String[]::new)),
              "--label",
              "y",
              "--output",
              other,
              "--fold",
              "patient")
          .failed("fold column 'patient'", bad == one ? "has one value" : "is null");
    }
  }
}
