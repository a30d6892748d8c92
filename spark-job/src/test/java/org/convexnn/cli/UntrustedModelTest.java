package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.ml.feature.StringIndexerModel;
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

  /** What an attacker would like to have made, as the type of a column. */
  public static final class Type {

    /** As Spark makes a type. */
    public Type() {
      System.setProperty(RAN, "type");
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
    // Who changes files can change their checksums.
    for (Path file : files(folder)) {
      if (file.toString().contains("checksums.sha256")) {
        Files.delete(file);
      }
    }
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

  private Path stage(String type) {
    return files(folder.resolve("m/model/stages")).stream()
        .map(Path::getParent)
        .filter(metadata -> metadata.endsWith("metadata"))
        .filter(metadata -> metadata.toString().contains(type))
        .findFirst()
        .orElseThrow()
        .getParent();
  }

  /** Moves the files of a folder into one below it. */
  private static void moveBelow(Path parent, String name) throws IOException {
    Path below = Files.createDirectory(parent.resolve(name));
    for (Path file : files(parent)) {
      Files.move(file, below.resolve(file.getFileName()));
    }
  }

  private void refusedUnread(String... words) {
    CommandLineRun run = score();
    assertThat(System.getProperty(RAN)).isNull();
    run.failed(words);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  /** Spark takes a folder of such a name for a column, with the same value in all its rows. */
  @Test
  void classesInNamesOfFoldersDoNotCount() throws IOException {
    edit("stages", text -> text.replace(SQLTransformer.class.getName(), Payload.class.getName()));
    String good = "class=" + SQLTransformer.class.getName();
    moveBelow(stage("0_").resolve("metadata"), good);
    refusedUnread("cannot read the model", "metadata holds '" + good + "'");
  }

  @Test
  void stagesElsewhereAreNotLoadedWhereAFolderHidesTheirNames() throws IOException {
    String call = "reflect('java.lang.System', 'setProperty', '" + RAN + "', 'sql') AS x";
    SQLTransformer sql = new SQLTransformer().setStatement("SELECT *, " + call + " FROM __THIS__");
    new Pipeline()
        .setStages(new PipelineStage[] {sql})
        .fit(SparkTest.session().range(1))
        .save(folder.resolve("m/evil").toString());
    edit("metadata", text -> text.replace("\"stageUids\":[", "\"stageUids\":[\"../../../evil\","));
    Path stages = folder.resolve("m/model/stages");
    try (Stream<Path> all = Files.list(stages)) {
      for (Path stage : all.sorted(Comparator.reverseOrder()).toList()) {
        String name = stage.getFileName().toString();
        int number = Integer.parseInt(name.substring(0, 1)) + 1;
        Files.move(stage, stages.resolve(number + name.substring(1)));
      }
    }
    moveBelow(folder.resolve("m/model/metadata"), "paramMap=__HIVE_DEFAULT_PARTITION__");
    refusedUnread("cannot read the model", "metadata holds 'paramMap=");
  }

  @Test
  void typesThatTablesNameAreNotMade() throws IOException {
    Path indexer = stage("strIdx");
    for (Path file : files(indexer.resolve("data"))) {
      if (file.toString().endsWith(".parquet")) {
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        Matcher type = Pattern.compile("\\{\"type\":\"array\".*?}.*?}").matcher(bytes);
        assertThat(type.find()).isTrue();
        String evil =
            "{\"type\":\"udt\",\"class\":\""
                + Type.class.getName()
                + "\",\"pyClass\":\"\",\"sqlType\":\"\"}";
        evil += " ".repeat(type.group().length() - evil.length());
        Files.writeString(
            file,
            bytes.substring(0, type.start()) + evil + bytes.substring(type.end()),
            StandardCharsets.ISO_8859_1);
        Files.delete(file.resolveSibling("." + file.getFileName() + ".crc"));
      }
    }
    // MLlib's loader makes one.
    StringIndexerModel.load(indexer.toString());
    assertThat(System.clearProperty(RAN)).isEqualTo("type");
    score().good();
    assertThat(System.getProperty(RAN)).isNull();
  }

  @Test
  void theFoldersOfStagesAreThoseThatThePipelineNames() throws IOException {
    Path one = stage("strIdx");
    Path more = one.resolveSibling("9_" + one.getFileName());
    FileUtils.copyDirectory(one.toFile(), more.toFile());
    refusedUnread("the folder '" + more.getFileName() + "' is no stage of it");
    FileUtils.deleteDirectory(more.toFile());
    FileUtils.deleteDirectory(one.toFile());
    refusedUnread("a folder of a stage is missing");
  }

  @Test
  void tablesHoldNoFolders() throws IOException {
    moveBelow(stage("strIdx").resolve("data"), "labelsArray=x");
    refusedUnread("data holds 'labelsArray=x', which was not saved with it");
  }

  @Test
  void aFolderWhoseNameLooksLikeAPatternIsThatFolder() throws IOException {
    Files.move(folder.resolve("m"), folder.resolve("m [1]{a,b}*"));
    CommandLineRun.of(
            "score",
            "--model",
            folder.resolve("m [1]{a,b}*"),
            "--input",
            folder.resolve("t.csv"),
            "--output",
            folder.resolve("out"))
        .good();
  }
}
