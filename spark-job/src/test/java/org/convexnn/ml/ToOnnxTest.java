package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.convexnn.export.NeedsOnnx;
import org.convexnn.export.OnnxRun;
import org.convexnn.ml.io.WholeFile;
import org.convexnn.network.Network;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exported models in ONNX Runtime against transform, on 1,000 rows. */
@Tag("spark")
@NeedsOnnx
class ToOnnxTest {

  private static final int ROWS = 1000;

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("model.onnx");
  }

  /** Compares all outputs within 1e-9; says how many rows were set aside. */
  private int compare(Dataset<Row> scored, Network network, List<String> names) throws IOException {
    List<Row> rows = scored.collectAsList();
    double[][] x =
        rows.stream().map(r -> r.<Vector>getAs("features").toArray()).toArray(double[][]::new);
    OnnxRun run = OnnxRun.of(Files.readAllBytes(file()), x);
    assertThat(run.outputs().keySet()).containsExactlyElementsOf(names);
    int aside = 0;
    for (int r = 0; r < x.length; r++) {
      if (OnnxRun.onBoundary(network, x[r])) {
        aside++;
        continue;
      }
      for (String name : names) {
        Object value = rows.get(r).getAs(name);
        double[] expected =
            value instanceof Vector v ? v.toArray() : new double[] {((Number) value).doubleValue()};
        assertThat(run.get(name)[r]).as(name).containsExactly(expected, within(1e-9));
      }
    }
    assertThat(rows).hasSize(ROWS);
    return aside;
  }

  private static final List<String> OF_CLASSES =
      List.of("prediction", "rawPrediction", "probability");

  @Test
  void severalLabels() throws IOException {
    Dataset<Row> rows =
        Models.ring(ROWS)
            .withColumn("label", functions.expr("array(label, 100 * label + 7 * rand(5))"))
            .localCheckpoint();
    ConvexReLURegressionModel model =
        new ConvexReLURegressor().setNumGates(8).setRegRatio(0.1).setMaxIter(20).fit(rows);
    model.toOnnx(file().toString());
    List<Row> all = rows.collectAsList();
    double[][] x =
        all.stream().map(r -> r.<Vector>getAs("features").toArray()).toArray(double[][]::new);
    double[][] f = OnnxRun.of(Files.readAllBytes(file()), x).get("prediction");
    for (int r = 0; r < x.length; r++) {
      if (!OnnxRun.onBoundary(model.network(), x[r])) {
        assertThat(f[r])
            .containsExactly(model.predictOutputs(all.get(r).getAs("features")), within(1e-9));
      }
    }
  }

  @Test
  void twoClasses() throws IOException {
    Dataset<Row> rows = Models.ring(ROWS);
    ConvexReLUClassificationModel model =
        new ConvexReLUClassifier().setNumGates(16).setRegRatio(0.1).setMaxIter(20).fit(rows);
    assertThat(model.network().activeGroups()).isPositive();
    model.toOnnx(file().toString());
    assertThat(compare(model.transform(rows), model.network(), OF_CLASSES)).isLessThan(5);
  }

  @Test
  void thresholdsDecide() throws IOException {
    ConvexReLUClassificationModel model =
        new ConvexReLUClassificationModel("mine", Models.network(), Models.CERTIFICATE);
    Dataset<Row> rows = Models.ring(ROWS);
    Dataset<Row> plain = model.transform(rows).select("prediction");
    double middle =
        rows.collectAsList().stream()
            .mapToDouble(r -> model.predictProbability(r.<Vector>getAs("features")).apply(1))
            .average()
            .orElseThrow();
    model.setThresholds(new double[] {1 - middle, middle});
    model.toOnnx(file().toString());
    Dataset<Row> scored = model.transform(rows);
    assertThat(scored.select("prediction").collectAsList().equals(plain.collectAsList()))
        .as("predictions as without thresholds")
        .isFalse();
    assertThat(compare(scored, model.network(), OF_CLASSES)).isLessThan(5);
  }

  @Test
  void severalClasses() throws IOException {
    Dataset<Row> rows =
        Models.ring(ROWS)
            .withColumn("label", functions.expr("label + IF(rand(3) < 0.2, 1, 0)"))
            .localCheckpoint();
    ConvexReLUClassificationModel model =
        new ConvexReLUClassifier()
            .setGateSampler("gaussian")
            .setNumGates(8)
            .setRegRatio(0.1)
            .setMaxIter(20)
            .fit(rows);
    assertThat(model.numClasses()).isEqualTo(3);
    model.toOnnx(file().toString());
    assertThat(compare(model.transform(rows), model.network(), OF_CLASSES)).isLessThan(5);
  }

  @Test
  void regression() throws IOException {
    Dataset<Row> rows = Models.hinge(ROWS);
    ConvexReLURegressionModel model =
        new ConvexReLURegressor().setNumGates(16).setRegRatio(0.03).setMaxIter(20).fit(rows);
    model.toOnnx(file().toString());
    assertThat(compare(model.transform(rows), model.network(), List.of("prediction")))
        .isLessThan(5);
    assertThat(Files.list(folder)).allMatch(p -> p.toString().contains("model.onnx"));
  }

  @Test
  void nothingIsReplacedAndNothingHalfWritten() throws IOException {
    ConvexReLURegressionModel model =
        new ConvexReLURegressionModel("r", Models.linear(), Models.CERTIFICATE);
    Files.writeString(file(), "mine");
    assertThatThrownBy(() -> model.toOnnx(file().toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(file().toString(), "exists", "another path");
    assertThat(file()).hasContent("mine");
    Path broken = folder.resolve("broken");
    assertThatThrownBy(
            () ->
                WholeFile.of(broken.toString())
                    .write(
                        out -> {
                          out.write(1);
                          throw new IOException("disk full");
                        }))
        .hasMessageContaining("broken")
        .hasRootCauseMessage("disk full");
    assertThat(Files.list(folder)).containsExactly(file());
  }
}
