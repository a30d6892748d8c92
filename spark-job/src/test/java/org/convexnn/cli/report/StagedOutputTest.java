package org.convexnn.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.convexnn.cli.message.CommandException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StagedOutputTest {

  @TempDir private Path folder;

  private StagedOutput staged(boolean overwrite, String... inputs) {
    return StagedOutput.of(
        new Configuration(), folder.resolve("out").toString(), overwrite, List.of(inputs));
  }

  private static void write(StagedOutput staged, String text) throws IOException {
    try (var out = staged.files().create(new org.apache.hadoop.fs.Path(staged.directory(), "f"))) {
      out.writeBytes(text);
    }
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).toList();
    }
  }

  @Test
  void appearsWithTheCommit() throws IOException {
    try (StagedOutput staged = staged(false)) {
      write(staged, "a");
      assertThat(folder.resolve("out")).doesNotExist();
      staged.commit();
    }
    assertThat(folder.resolve("out/f")).hasContent("a");
    assertThat(names()).containsExactly("out");
  }

  @Test
  void leavesNothingWithoutACommit() throws IOException {
    try (StagedOutput staged = staged(false)) {
      write(staged, "a");
    }
    assertThat(names()).isEmpty();
  }

  @Test
  void refusesWhatExists() throws IOException {
    Files.createDirectory(folder.resolve("out"));
    assertThatThrownBy(() -> staged(false))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("exists already")
        .hasMessageContaining("--overwrite");
  }

  @Test
  void replacesOnlyWithTheCommit() throws IOException {
    Files.createDirectory(folder.resolve("out"));
    Files.writeString(folder.resolve("out/report.json"), "old");
    try (StagedOutput staged = staged(true)) {
      write(staged, "a");
    }
    assertThat(folder.resolve("out/report.json")).exists();
    try (StagedOutput staged = staged(true)) {
      write(staged, "b");
      staged.commit();
    }
    assertThat(folder.resolve("out/report.json")).doesNotExist();
    assertThat(folder.resolve("out/f")).hasContent("b");
    assertThat(names()).containsExactly("out");
  }

  private void refused(StagedOutput staged) {
    assertThatThrownBy(staged::commit)
        .isInstanceOf(CommandException.class)
        .hasMessageContainingAll("out was made by someone else meanwhile", "name another one");
    staged.close();
  }

  @Test
  void ofTwoThatCommitToOnePlaceTheFirstCounts() throws IOException {
    try (StagedOutput first = staged(false)) {
      StagedOutput second = staged(false);
      write(first, "a");
      write(second, "b");
      first.commit();
      refused(second);
    }
    assertThat(folder.resolve("out/f")).hasContent("a");
    assertThat(names()).containsExactly("out");
  }

  @Test
  void renamesChecksumsWithTheirFiles() throws IOException {
    try (StagedOutput staged = staged(false)) {
      write(staged, "a");
      staged.commit();
      try (var in = staged.files().open(new org.apache.hadoop.fs.Path(staged.target(), "f"))) {
        assertThat(in.readAllBytes()).asString().isEqualTo("a");
      }
    }
    assertThat(folder.resolve("out/.f.crc")).exists();
  }

  /** Someone makes the target after every look at it. */
  public static final class Busy extends RawLocalFileSystem {

    @Override
    public URI getUri() {
      return URI.create("busy:///");
    }

    @Override
    public String getScheme() {
      return "busy";
    }

    /** As HDFS does, into a folder that exists. */
    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      try (var out = create(new org.apache.hadoop.fs.Path(to, "f"))) {
        out.writeBytes("theirs");
      }
      return super.rename(from, new org.apache.hadoop.fs.Path(to, from.getName()));
    }
  }

  @Test
  void aFolderMadeInBetweenStaysAsItIs() throws IOException {
    Configuration hadoop = new Configuration();
    hadoop.setClass("fs.busy.impl", Busy.class, org.apache.hadoop.fs.FileSystem.class);
    StagedOutput staged =
        StagedOutput.of(hadoop, "busy://" + folder.resolve("out"), false, List.of());
    write(staged, "mine");
    refused(staged);
    assertThat(folder.resolve("out/f")).hasContent("theirs");
    assertThat(folder.resolve("out")).isDirectoryNotContaining(f -> !f.endsWith("f"));
    assertThat(names()).containsExactly("out");
  }

  @Test
  void refusesToReplaceItsInput() {
    String input = folder.resolve("out/data.csv").toString();
    assertThatThrownBy(() -> staged(true, input))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("holds the input");
  }

  /** Whatever way leads from an input to a file in the output. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "*/part-0.csv",
        "out/*",
        "../{x,FOLDER}/out",
        "link",
        "linked/part-0.csv",
        "linked",
        "in",
        "in/day=1",
        "in/day=*"
      })
  void refusesToReplaceItsInputHoweverItIsReached(String input) throws IOException {
    Files.writeString(Files.createDirectory(folder.resolve("out")).resolve("part-0.csv"), "mine");
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("out/part-0.csv"));
    Files.createSymbolicLink(folder.resolve("linked"), folder.resolve("out"));
    Files.createDirectories(folder.resolve("in/day=1"));
    Files.createSymbolicLink(folder.resolve("in/day=1/t.csv"), folder.resolve("link"));
    String path = input.replace("FOLDER", folder.getFileName().toString());
    assertThatThrownBy(() -> staged(true, folder.resolve(path).toString()))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("holds the input");
    assertThat(folder.resolve("out/part-0.csv")).hasContent("mine");
  }

  @Test
  void anOutputInAFolderOfInputsIsReplaced() throws IOException {
    Files.writeString(Files.createDirectory(folder.resolve("out")).resolve("report.json"), "old");
    Files.writeString(folder.resolve("t.csv"), "mine");
    try (StagedOutput staged = staged(true, folder.toString())) {
      staged.files().mkdirs(staged.directory());
      staged.commit();
    }
    assertThat(folder.resolve("out")).isEmptyDirectory();
    assertThat(folder.resolve("t.csv")).hasContent("mine");
  }

  /** A folder of someone's work is not an earlier output. */
  @ParameterizedTest
  @ValueSource(strings = {"thesis.tex", ".git/HEAD", "model/metadata/part-0", "part-0/x", "model"})
  void replacesOnlyWhatLooksLikeAnEarlierOutput(String name) throws IOException {
    Path theirs = folder.resolve("out").resolve(name);
    Files.createDirectories(theirs.getParent());
    Files.writeString(theirs, "theirs");
    String first = name.contains("/") ? name.substring(0, name.indexOf('/')) : name;
    assertThatThrownBy(() -> staged(true))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("holds '" + first + "', which no earlier run wrote there");
    assertThat(theirs).hasContent("theirs");
  }

  @Test
  void doesNotReplaceAFile() throws IOException {
    Files.writeString(folder.resolve("out"), "theirs");
    assertThatThrownBy(() -> staged(true)).hasMessageContaining("is a file");
    assertThat(folder.resolve("out")).hasContent("theirs");
  }

  @Test
  void refusesAtOnceWhatCannotBeWritten() throws IOException {
    Files.writeString(folder.resolve("file"), "no folder");
    String output = folder.resolve("file/out").toString();
    assertThatThrownBy(() -> StagedOutput.of(new Configuration(), output, false, List.of()))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining(output);
    assertThat(names()).containsExactly("file");
  }

  @Test
  void makesParentsWithTheCommitAlone() throws IOException {
    String output = folder.resolve("a/b/out").toString();
    try (StagedOutput staged = StagedOutput.of(new Configuration(), output, false, List.of())) {
      assertThat(names()).isEmpty();
      write(staged, "a");
      staged.commit();
    }
    assertThat(folder.resolve("a/b/out/f")).hasContent("a");
  }
}
