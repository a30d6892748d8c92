package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.cli.input.WeightsFile;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.network.ReluNetwork;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The certify command on tables, from weight file to report. */
@Tag("spark")
class CertifyTest {

  @TempDir private Path folder;

  /**
   * docs/theory/golden.md#three-layers, G3a: one column, regression; the optimum with penalised
   * hidden bias is known.
   */
  private Path line() {
    return CommandLineRun.file(folder, "line.csv", "x,y", "-2,1", "-0.5,-1", "1,1", "2,-0.5");
  }

  private Path weights(String json) {
    return CommandLineRun.file(folder, "net.json", json);
  }

  private CommandLineRun certify(Path input, Path weights, Object... more) {
    List<Object> all =
        new ArrayList<>(List.of("certify", "--input", input, "--label", "y", "--weights", weights));
    all.addAll(List.of(more));
    return CommandLineRun.of(all.toArray());
  }

  private JsonNode report() throws IOException {
    return new ObjectMapper().readTree(folder.resolve("out/report.json").toFile());
  }

  /** (x)_+ - 1/2 by hand: f = -1/2, -1/2, 1/2, 3/2; mean label 1/8. */
  @Test
  void reportsByDefinition() throws IOException {
    Path net = weights("{\"W1\": [[2]], \"b1\": [0], \"W2\": [0.5], \"b2\": -0.5}");
    CommandLineRun run =
        certify(
                line(),
                net,
                "--task",
                "regression",
                "--reg-param",
                0.1,
                "--skip-ridge",
                0.01,
                "--orientation",
                "outputs-first",
                "--output",
                folder.resolve("out"))
            .good();
    JsonNode report = report();
    double loss = (1.5 * 1.5 + 0.5 * 0.5 + 0.5 * 0.5 + 2 * 2) / 8;
    double objective = loss + 0.1 * 1 + 0.005 * Math.pow(-0.5 - 0.125, 2);
    assertThat(report.get("loss").asDouble()).isCloseTo(loss, within(1e-12));
    assertThat(report.get("objective").asDouble()).isCloseTo(objective, within(1e-12));
    assertThat(report.get("penalty").asDouble()).isCloseTo(1, within(1e-12));
    assertThat(report.get("exactPrices").asBoolean()).isTrue();
    double bound = report.get("allPatternsBound").asDouble();
    assertThat(bound).isLessThan(objective).isPositive();
    assertThat(report.get("gap").asDouble()).isCloseTo(objective - bound, within(1e-12));
    assertThat(report.get("neurons").asInt()).isEqualTo(1);
    assertThat(report.get("neuronPrices")).hasSize(1);
    assertThat(report.get("improving").size()).isPositive();
    assertThat(report.get("improving").get(0).get("price").asDouble())
        .isEqualTo(report.get("searchPrice").asDouble())
        .isGreaterThan(0.1);
    assertThat(report.get("improving").get(0).get("direction")).hasSize(2);
    assertThat(report.get("options").get("regParam").asDouble()).isEqualTo(0.1);
    assertThat(run.out())
        .contains(
            "1 inputs, 1 neurons, 1 output; regression of 'y', 4 rows",
            "optimality gap",
            "of all directions, exact",
            "directions found that would improve the network",
            "written to");
  }

  /** Three classes, and two of them by a network of two outputs; more columns than the plane has. */
  @Test
  void certifiesClasses() throws IOException {
    List<String> lines = new ArrayList<>(List.of("a,b,c,y"));
    CounterRandom random = new CounterRandom(1, 0);
    for (int r = 0; r < 60; r++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      String label = a > 0.5 ? "red" : b > 0 ? "green" : "blue";
      lines.add(
          String.format(Locale.ROOT, "%.3f,%.3f,%.3f,%s", a, b, random.nextGaussian(), label));
    }
    Path table = CommandLineRun.file(folder, "classes.csv", lines.toArray(String[]::new));
    Path three =
        weights(
            "{\"W1\": [[1, 0, 0], [0, 1, 0]], \"b1\": [0, 0], \"W2\": [[0, 0], [0, 2], [2, -1]],"
                + " \"b2\": [0, 0, 0]}");
    certify(table, three, "--reg-param", 0.01, "--output", folder.resolve("out")).good();
    JsonNode report = report();
    assertThat(report.get("exactPrices").asBoolean()).isFalse();
    assertThat(report.get("classes")).hasSize(3);
    double objective = report.get("objective").asDouble();
    assertThat(report.get("allPatternsBound").asDouble()).isBetween(0.0, objective);
    assertThat(report.get("patternsBound").asDouble())
        .isBetween(report.get("allPatternsBound").asDouble(), objective);
    assertThat(report.get("priceBound").asDouble()).as("no search beats the bound").isPositive();
    Path two =
        weights(
            "{\"W1\": [[1, 0, 0]], \"b1\": [0], \"W2\": [[-1], [1]], \"b2\": [0, 0],"
                + " \"skip\": [[0.1, 0, 0], [0, 0.1, 0]]}");
    certify(table, two, "--reg-param", 0.01, "--positive", "red").good();
    certify(table, two, "--reg-param", 0.01).failed("3 inputs and 2 outputs", "has 3 outputs");
  }

  /** The example of docs/certify.md: a wide network that gradient descent brought to the optimum. */
  @Test
  void certifiesTheExample() throws IOException {
    Path data = Path.of("..", "examples", "data");
    certify(
            data.resolve("curve.csv"),
            data.resolve("curve.network.json"),
            "--reg-param",
            0.01,
            "--output",
            folder.resolve("out"))
        .good();
    JsonNode report = report();
    assertThat(report.get("neurons").asInt()).isEqualTo(20);
    assertThat(report.get("exactPrices").asBoolean()).isTrue();
    assertThat(report.get("relativeGap").asDouble()).isBetween(0.0, 0.01);
    assertThat(report.get("stationarity").asDouble()).isLessThan(0.01);
  }

  /** The flat layout is that of MLlib's perceptron: its own outputs, with its own activation. */
  @Test
  void theFlatLayoutIsThatOfMllib() {
    List<Row> rows = new ArrayList<>();
    CounterRandom random = new CounterRandom(2, 0);
    for (int r = 0; r < 30; r++) {
      rows.add(
          RowFactory.create(
              r % 2 + 0.0, Vectors.dense(random.nextGaussian() + r % 2, random.nextGaussian())));
    }
    StructType schema =
        new StructType()
            .add("label", DataTypes.DoubleType)
            .add("features", SQLDataTypes.VectorType());
    MultilayerPerceptronClassificationModel model =
        new MultilayerPerceptronClassifier()
            .setLayers(new int[] {2, 3, 2})
            .setMaxIter(5)
            .setSeed(1)
            .fit(SparkTest.session().createDataFrame(rows, schema));
    Path file =
        weights(
            "{\"layers\": [2, 3, 2], \"activation\": \"relu\", \"weights\": "
                + Arrays.toString(model.weights().toArray())
                + "}");
    ReluNetwork network =
        WeightsFile.read(new Configuration(), file.toString(), WeightsFile.Orientation.AUTO);
    Vector x = Vectors.dense(0.3, -0.7);
    double[] outputs = network.b2().clone();
    for (int j = 0; j < 3; j++) {
      double[] u = network.direction(j);
      double h = 1 / (1 + Math.exp(-(0.3 * u[0] - 0.7 * u[1] + u[2])));
      outputs[0] += h * network.output(j)[0];
      outputs[1] += h * network.output(j)[1];
    }
    assertThat(outputs).containsExactly(model.predictRaw(x).toArray(), within(1e-12));
  }

  /** Bad input is one line, and leaves no folder. */
  @Test
  void refusesWhatDoesNotFit() {
    Path net =
        weights(
            "{\"W1\": [[1, 1], [1, 1], [1, 1]], \"b1\": [0, 0, 0], \"W2\": [1, 1, 1], \"b2\": 0}");
    Object[] options = {"--reg-param", 0.1, "--output", folder.resolve("out")};
    certify(line(), net, options)
        .failed("net.json", "2 inputs and 1 outputs", "the table gives 1 features", "--drop");
    certify(line(), folder.resolve("none.json"), options)
        .failed("none.json does not exist; check the path");
    certify(folder.resolve("none.csv"), net, options).failed("none.csv does not exist");
    certify(line(), weights("{\"W1\": [[NaN]], \"b1\": [0], \"W2\": [1], \"b2\": 0}"), options)
        .failed("net.json", "W1[0][0] is NaN");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void refusesWrongUsage() {
    Object[] words = {"certify", "--input", "i.csv", "--label", "y"};
    CommandLineRun.of(words).wrongUsage("--weights is missing");
    wrong("--reg-param is missing");
    wrong("--reg-param is 0.0; it must be a positive number", "--reg-param", 0);
    wrong("--reg-param is NaN", "--reg-param", "NaN");
    wrong("--skip-ridge is -1.0", "--reg-param", 1, "--skip-ridge", -1);
    wrong("--orientation is up; it must be auto", "--reg-param", 1, "--orientation", "up");
    wrong("--candidates is 0", "--reg-param", 1, "--candidates", 0);
    wrong("--passes is 2; it must be 3 or more", "--reg-param", 1, "--passes", 2);
    wrong("--test is for train", "--reg-param", 1, "--test", "t.csv");
    wrong("unknown option '--regparam'; did you mean '--reg-param'?", "--regparam", 1);
    assertThat(CommandLineRun.of("certify", "--help").good().out())
        .contains("MultilayerPerceptronClassifier", "sigmoid", "--orientation");
  }

  private static void wrong(String words, Object... options) {
    List<Object> all =
        new ArrayList<>(
            List.of("certify", "--input", "i.csv", "--label", "y", "--weights", "w.json"));
    all.addAll(List.of(options));
    CommandLineRun.of(all.toArray()).wrongUsage(words);
  }
}
