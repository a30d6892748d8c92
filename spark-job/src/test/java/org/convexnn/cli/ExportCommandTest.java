package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.convexnn.SparkTest;
import org.convexnn.export.NeedsOnnx;
import org.convexnn.export.OnnxRun;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
@NeedsOnnx
class ExportCommandTest {

  @TempDir private Path folder;

  @Test
  void exportsWhatTrainWrote() throws IOException {
    String[] lines =
        IntStream.rangeClosed(0, 80)
            .mapToObj(
                i -> i == 0 ? "a,b,kind" : i % 9 + "," + i % 7 + (i % 9 > i % 7 ? ",up" : ",down"))
            .toArray(String[]::new);
    Path table = CommandLineRun.file(folder, "t.csv", lines);
    Path model = folder.resolve("model");
    CommandLineRun.train(table, "kind", model).good();
    Path onnx = folder.resolve("network.onnx");
    CommandLineRun run = CommandLineRun.of("export", "--model", model, "--onnx", onnx).good();
    assertThat(run.out()).contains("2 numbers a row", "'down', 'up'", "probability");

    Path scored = folder.resolve("scored");
    CommandLineRun.of(
            "score", "--model", model, "--input", table, "--output", scored, "--format", "parquet")
        .good();
    List<Row> rows = SparkTest.session().read().parquet(scored.toString()).collectAsList();
    double[][] x =
        rows.stream()
            .map(
                r ->
                    new double[] {
                      Double.parseDouble(r.getAs("a")), Double.parseDouble(r.getAs("b"))
                    })
            .toArray(double[][]::new);
    double[][] probability = OnnxRun.of(Files.readAllBytes(onnx), x).get("probability");
    for (int r = 0; r < x.length; r++) {
      assertThat(probability[r][1])
          .isCloseTo(rows.get(r).<Double>getAs("probability"), within(1e-9));
    }

    CommandLineRun.of("export", "--model", model, "--onnx", onnx).failed("exists");
    CommandLineRun.of("export", "--model", folder.resolve("none"), "--onnx", onnx)
        .failed("does not exist");
    CommandLineRun.of("export", "--model", model).wrongUsage("--onnx");
  }
}
