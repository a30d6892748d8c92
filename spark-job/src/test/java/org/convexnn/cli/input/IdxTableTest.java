package org.convexnn.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.convexnn.SparkTest;
import org.convexnn.cli.CommandLineRun;
import org.convexnn.cli.message.CommandException;
import org.convexnn.linalg.CounterRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("spark")
class IdxTableTest {

  private static final int SIDE = 3;
  private static final int PIXELS = SIDE * SIDE;

  @TempDir private Path folder;

  private static byte[] idx(int type, int[] sizes, byte[] entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(type << 8 | sizes.length);
    for (int size : sizes) {
      out.writeInt(size);
    }
    out.write(entries);
    return bytes.toByteArray();
  }

  private Path file(String name, byte[] content) throws IOException {
    Path path = folder.resolve(name);
    try (OutputStream raw = Files.newOutputStream(path);
        OutputStream out = name.endsWith(".gz") ? new GZIPOutputStream(raw) : raw) {
      out.write(content);
    }
    return path;
  }

  /** Images with one bright row or column or diagonal of pixels, in labels' order; else noise. */
  private static byte[] pixels(int rows, long seed) {
    byte[] pixels = new byte[rows * PIXELS];
    CounterRandom random = new CounterRandom(seed, 0);
    for (int r = 0; r < rows; r++) {
      int at = random.nextInt(SIDE);
      for (int j = 0; j < PIXELS; j++) {
        int row = j / SIDE;
        int column = j % SIDE;
        boolean bright =
            switch (label(r)) {
              case 0 -> row == at;
              case 1 -> column == at;
              default -> row == column;
            };
        pixels[r * PIXELS + j] = (byte) (bright ? 255 - random.nextInt(50) : random.nextInt(60));
      }
    }
    return pixels;
  }

  private static int label(int row) {
    return row % 3;
  }

  private Path images(String name, int rows, long seed) throws IOException {
    return file(name, idx(8, new int[] {rows, SIDE, SIDE}, pixels(rows, seed)));
  }

  private Path labels(String name, int rows) throws IOException {
    byte[] labels = new byte[rows];
    for (int r = 0; r < rows; r++) {
      labels[r] = (byte) label(r);
    }
    return file(name, idx(8, new int[] {rows}, labels));
  }

  private static Dataset<Row> read(Path images, Optional<LabelFile> labels) {
    return new TableReader(SparkTest.session())
        .read(
            new TableSource(
                images.toString(), Optional.of(TableFormat.IDX), labels, CsvOptions.NONE));
  }

  private static void refused(Path images, Optional<LabelFile> labels, String... words) {
    assertThatThrownBy(() -> read(images, labels))
        .isInstanceOf(CommandException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }

  private static LabelFile label(Path file) {
    return new LabelFile(file.toString(), "digit");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".gz"})
  void readsImagesAndLabelsInOrder(String end) throws IOException {
    int rows = 11;
    Path images = images("t-images-idx3-ubyte" + end, rows, 1);
    Path labels = labels("t-labels-idx1-ubyte" + end, rows);
    assertThat(TableFormat.ofName(images.getFileName().toString())).contains(TableFormat.IDX);
    Dataset<Row> table = read(images, Optional.of(label(labels)));
    assertThat(table.columns()).containsExactly("pixels", "digit");
    assertThat(table.schema().apply("digit").dataType()).isEqualTo(DataTypes.IntegerType);
    // One part for each core, whatever the compression.
    assertThat(table.rdd().getNumPartitions()).isEqualTo(2);
    byte[] expected = pixels(rows, 1);
    List<Row> found = table.collectAsList();
    assertThat(found).hasSize(rows);
    for (int r = 0; r < rows; r++) {
      double[] x = found.get(r).<Vector>getAs(0).toArray();
      assertThat(x).hasSize(PIXELS);
      for (int j = 0; j < PIXELS; j++) {
        assertThat(x[j]).isEqualTo(expected[r * PIXELS + j] & 255);
      }
      assertThat(found.get(r).getInt(1)).isEqualTo(label(r));
    }
    assertThat(read(images, Optional.empty()).columns()).containsExactly("pixels");
  }

  @Test
  void rowsOfAnyNumberOfDimensionsAreVectors() throws IOException {
    byte[] entries = new byte[2 * 3 * 2 * 2];
    Arrays.fill(entries, (byte) 200);
    Path colours = file("c.idx", idx(8, new int[] {2, 3, 2, 2}, entries));
    assertThat(read(colours, Optional.empty()).first().<Vector>getAs(0).size()).isEqualTo(12);
    Path table = file("t.idx", idx(8, new int[] {12, 2}, entries));
    assertThat(read(table, Optional.empty()).count()).isEqualTo(12);
  }

  @Test
  void refusesWhatIsNoIdxFileOfBytes() throws IOException {
    refused(file("a", "a,b\n1,2\n".getBytes()), Optional.empty(), "a is no idx file", "612c 620a");
    byte[] good = idx(8, new int[] {1, 1, 1}, new byte[1]);
    Path packed = file("packed.gz", good);
    Path renamed = Files.move(packed, folder.resolve("packed"));
    refused(renamed, Optional.empty(), "compressed by gzip, rename it to end in .gz");
    refused(
        file("f", idx(13, new int[] {1, 1}, new byte[4])),
        Optional.empty(),
        "type 0x0d",
        "unsigned bytes (0x08)");
    refused(file("e", idx(8, new int[] {0, 3, 3}, new byte[0])), Optional.empty(), "0 rows of 9");
    refused(file("n", idx(8, new int[] {3, -1}, new byte[0])), Optional.empty(), "3 rows of 0");
    refused(
        file("h", idx(8, new int[] {3, 1 << 20, 1 << 20}, new byte[0])),
        Optional.empty(),
        "damaged");
    refused(folder, Optional.empty(), "files; a table of images is one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"i", "i.gz"})
  void refusesTruncatedFilesBeforeAnyJob(String name) throws IOException {
    byte[] whole = idx(8, new int[] {5, SIDE, SIDE}, pixels(5, 1));
    refused(
        file(name, Arrays.copyOf(whole, whole.length - 1)),
        Optional.empty(),
        "has 60 bytes, truncated: 5 rows of 9 are 61",
        "fetch it again");
    refused(
        file(name, Arrays.copyOf(whole, whole.length + 2)), Optional.empty(), "63 bytes, too many");
    refused(file(name, Arrays.copyOf(whole, 7)), Optional.empty(), "it is truncated");
  }

  @Test
  void refusesTruncatedCompression() throws IOException {
    Path path = images("i.gz", 500, 1);
    byte[] whole = Files.readAllBytes(path);
    Files.write(path, Arrays.copyOf(whole, whole.length / 2));
    refused(path, Optional.empty(), "i.gz as idx: it is truncated; fetch it again");
  }

  @Test
  void refusesLabelsOfOtherImages() throws IOException {
    Path images = images("i", 6, 1);
    refused(images, Optional.of(label(labels("l", 5))), "l has 5 labels", "i has 6 images");
    refused(images, Optional.of(label(images)), "3 dimensions, as images have");
    refused(labels("m", 6), Optional.empty(), "one dimension, as labels have");
    LabelFile clash = new LabelFile(labels("k", 6).toString(), "pixels");
    refused(images, Optional.of(clash), "--label is 'pixels'");
  }

  @Test
  void trainsAndScoresImages() throws IOException {
    Path train = images("train-images-idx3-ubyte.gz", 300, 1);
    Path trainLabels = labels("train-labels-idx1-ubyte.gz", 300);
    Path test = images("t10k-images-idx3-ubyte", 90, 2);
    Path testLabels = labels("t10k-labels-idx1-ubyte", 90);
    Path model = folder.resolve("model");
    Object[] arguments = {
      "train",
      "--input",
      train,
      "--labels",
      trainLabels,
      "--test",
      test,
      "--test-labels",
      testLabels,
      "--output",
      model,
      "--gates",
      16,
      "--reg-ratio",
      0.05,
      "--seed",
      1
    };
    assertThat(CommandLineRun.of(arguments).good().out())
        .contains("classification of 'label' (3 classes): 300 rows, 1 columns, 9 features");
    JsonNode report = new ObjectMapper().readTree(model.resolve("report.json").toFile());
    assertThat(report.get("classes").toString()).isEqualTo("[\"0\",\"1\",\"2\"]");
    assertThat(report.get("test").get("accuracy").asDouble()).isGreaterThan(0.9);
    assertThat(report.get("options").get("testLabels").asText()).isEqualTo(testLabels.toString());

    Path scored = folder.resolve("scored");
    CommandLineRun.of("score", "--model", model, "--input", test, "--output", scored).good();
    Dataset<Row> table = SparkTest.session().read().option("header", true).csv(scored.toString());
    assertThat(table.columns())
        .containsExactly("prediction", "probability_0", "probability_1", "probability_2");
    assertThat(table.count()).isEqualTo(90);

    Path other = file("o", idx(8, new int[] {4, 2, 2}, new byte[16]));
    CommandLineRun.of(
            "score", "--model", model, "--input", other, "--input-format", "idx", "--output", "x")
        .failed("have 4 pixels, the model learnt images of 9");
    CommandLineRun.of(arguments).failed("exists already");
  }
}
