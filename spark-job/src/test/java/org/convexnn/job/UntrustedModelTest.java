package org.convexnn.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.ml.util.MLReader;
import org.convexnn.SparkTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A saved model that somebody has changed: it may be refused, it may not run anything. */
@Tag("spark")
class UntrustedModelTest {

  private static final String RAN = "convexnn.test.ran";

  @TempDir private static Path trained;

  @TempDir private Path folder;

  /** What an attacker would like to have called. */
  public static final class Payload {

    private Payload() {}

    /** As Spark calls it of a stage. */
    public static MLReader<Payload> read() {
      System.setProperty(RAN, "read");
      throw new IllegalStateException();
    }
  }

  @BeforeAll
  static void train() {
    // The commands leave a session that runs as it is.
    SparkTest.session();
    Path table = CommandLineRun.file(trained, "t.csv", "a,b,y", "1,u,1", "2,v,0", "3,u,1", "4,w,0");
    CommandLineRun.train(table, "y", trained.resolve("m")).good();
  }

  @BeforeEach
  void copy() throws IOException {
    System.clearProperty(RAN);
    FileUtils.copyDirectory(trained.toFile(), folder.toFile());
  }

  /** Edits the metadata of all stages, or of the pipeline. */
  private void edit(String where, UnaryOperator<String> edit) throws IOException {
    boolean changed = false;
    for (Path file : files(folder.resolve("m").resolve("model").resolve(where))) {
      if (file.toString().matches(".*metadata/part-[^/]*(txt|json|[0-9a-f])")) {
        String text = Files.readString(file);
        changed |= !edit.apply(text).equals(text);
        Files.writeString(file, edit.apply(text));
        Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
      }
    }
    assertThat(changed).isTrue();
  }

  private static List<Path> files(Path below) {
    try (Stream<Path> all = Files.walk(below)) {
      return all.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private CommandLineRun score() {
    return CommandLineRun.of(
        "score",
        "--model",
        folder.resolve("m"),
        "--input",
        folder.resolve("t.csv"),
        "--output",
        folder.resolve("out"));
  }

  @Test
  void sqlOfAModelIsNotRun() throws IOException {
    String call = "reflect('java.lang.System', 'setProperty', '" + RAN + "', 'sql') AS x";
    edit("stages", text -> text.replace("SELECT *,", "SELECT *, " + call + ","));
    // It would be.
    SQLTransformer.load(
            files(folder.resolve("m/model/stages")).stream()
                .map(file -> file.getParent().getParent())
                .filter(stage -> stage.getFileName().toString().startsWith("0_"))
                .findFirst()
                .orElseThrow()
                .toString())
        .transform(SparkTest.session().sql("SELECT '1' AS a, 'u' AS b"))
        .collectAsList();
    assertThat(System.clearProperty(RAN)).isEqualTo("sql");
    score().good();
    assertThat(System.getProperty(RAN)).isNull();
    assertThat(folder.resolve("out")).isNotEmptyDirectory();
  }

  @Test
  void classesThatAreNoStagesAreNotLoaded() throws IOException {
    edit("stages", text -> text.replace(SQLTransformer.class.getName(), Payload.class.getName()));
    score().failed("cannot read the model", Payload.class.getName(), "nothing of it was loaded");
    assertThat(System.getProperty(RAN)).isNull();
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void anotherPipelineIsNotLoaded() throws IOException {
    edit("metadata", text -> text.replace("org.apache.spark.ml.Pipeline", "org.apache.Pipeline"));
    score().failed("it holds a org.apache.PipelineModel, which no train command writes");
  }

  @Test
  void stagesElsewhereAreNotLoaded() throws IOException {
    edit("metadata", text -> text.replace("\"stageUids\":[\"", "\"stageUids\":[\"../../../x"));
    score().failed("it has a stage of the name '../../../x");
  }
}
