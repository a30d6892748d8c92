package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.cli.message.ErrorMessages;
import org.convexnn.cli.table.SavedModel;
import org.convexnn.ml.ConvexReLURegressor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes that flipped in what was saved: refused in one line, whichever they are. */
@Tag("spark")
class DamagedModelTest {

  private static final int FLIPS = 200;

  @TempDir private static Path folder;

  private final Random random = new Random(1);

  /** Below a folder, without Hadoop's own checksums, which do not follow files everywhere. */
  private static List<Path> files(Path below) throws IOException {
    try (Stream<Path> all = Files.walk(below)) {
      for (Path sums : all.filter(file -> file.toString().endsWith(".crc")).toList()) {
        Files.delete(sums);
      }
    }
    try (Stream<Path> all = Files.walk(below)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.endsWith("_SUCCESS"))
          .sorted()
          .toList();
    }
  }

  private interface Load {
    void from(String path) throws Exception;
  }

  /** Flips bits, one at a time, and cuts the file off. */
  private void refusedWhereChanged(Path file, Path whole, Load load) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    for (int k = 0; k <= FLIPS; k++) {
      byte[] changed = bytes.clone();
      int at = random.nextInt(bytes.length);
      if (k < FLIPS) {
        changed[at] ^= 1 << random.nextInt(8);
      } else {
        changed = Arrays.copyOf(bytes, at);
      }
      Files.write(file, changed);
      assertThatThrownBy(() -> load.from(whole.toString()))
          .as("byte %d of %s", at, file)
          .isInstanceOf(Exception.class)
          .satisfies(
              e ->
                  assertThat(ErrorMessages.of(e))
                      .containsAnyOf("damaged", "no file of ConvexNN statistics", "have format"));
    }
    Files.write(file, bytes);
  }

  @Test
  void pipelines() throws Exception {
    SparkTest.session();
    Path table = CommandLineRun.file(folder, "t.csv", "a,b,y", "1,u,1", "2,v,0", "3,u,1", "4,w,0");
    Path output = folder.resolve("m");
    CommandLineRun.train(table, "y", output).good();
    Path model = output.resolve("model");
    List<Path> files = files(model);
    // MLlib's own files and the network's.
    assertThat(files.toString()).contains("stages/1_imputer", "stages/2_strIdx", "data/map/part-");
    assertThat(files).hasSizeGreaterThan(12);
    for (Path file : files) {
      refusedWhereChanged(file, output, path -> SavedModel.load(SparkTest.session(), path));
    }
    Files.delete(files.get(files.size() - 1));
    CommandLineRun.of("describe", "--model", output).failed("is damaged", "is missing");
  }

  @Test
  void statistics() throws Exception {
    List<Row> rows =
        Stream.of(1, 2, 3, 4, 5, 6)
            .map(i -> RowFactory.create(Vectors.dense(i, i * i % 5), i * 0.5))
            .toList();
    Path file = folder.resolve("statistics");
    new ConvexReLURegressor()
        .setNumGates(3)
        .statistics(
            SparkTest.session()
                .createDataFrame(
                    rows,
                    new StructType()
                        .add("features", SQLDataTypes.VectorType())
                        .add("label", DataTypes.DoubleType)))
        .save(file.toString());
    Files.deleteIfExists(file.resolveSibling(".statistics.crc"));
    refusedWhereChanged(file, file, new ConvexReLURegressor()::loadStatistics);
  }
}
