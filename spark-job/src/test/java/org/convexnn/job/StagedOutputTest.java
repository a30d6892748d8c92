package org.convexnn.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        .isInstanceOf(JobException.class)
        .hasMessageContaining("exists already")
        .hasMessageContaining("--overwrite");
  }

  @Test
  void replacesOnlyWithTheCommit() throws IOException {
    Files.createDirectory(folder.resolve("out"));
    Files.writeString(folder.resolve("out/old"), "old");
    try (StagedOutput staged = staged(true)) {
      write(staged, "a");
    }
    assertThat(folder.resolve("out/old")).exists();
    try (StagedOutput staged = staged(true)) {
      write(staged, "b");
      staged.commit();
    }
    assertThat(folder.resolve("out/old")).doesNotExist();
    assertThat(folder.resolve("out/f")).hasContent("b");
    assertThat(names()).containsExactly("out");
  }

  @Test
  void refusesToReplaceItsInput() {
    String input = folder.resolve("out/data.csv").toString();
    assertThatThrownBy(() -> staged(true, input))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("holds the input");
  }

  @Test
  void refusesAtOnceWhatCannotBeWritten() throws IOException {
    Files.writeString(folder.resolve("file"), "no folder");
    String output = folder.resolve("file/out").toString();
    assertThatThrownBy(() -> StagedOutput.of(new Configuration(), output, false, List.of()))
        .isInstanceOf(JobException.class)
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
