package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.convexnn.SparkTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of columns, classes and categories that would control a terminal: they are shown as text. */
@Tag("spark")
class HostileTextTest {

  /** A colour, a title, a bell, the one-byte form of the first two, and text from right to left. */
  private static final String CONTROLS = "\u001b[31m\u001b]0;t\u0007\u009b5m\u202e";

  private static final String SHOWN = "\\u001b[31m\\u001b]0;t\\u0007\\u009b5m\\u202e";

  @TempDir private static Path folder;
  private static Path table;

  @BeforeAll
  static void table() {
    SparkTest.session();
    String no = "no" + CONTROLS;
    table =
        CommandLineRun.file(
            folder,
            "t.csv",
            "a" + CONTROLS + ",b,y" + CONTROLS,
            "1,u,yes",
            "2,v," + no,
            "3,u,yes",
            "4,w," + no);
  }

  private static void assertHarmless(CommandLineRun run) {
    assertThat(run.out() + run.err())
        .contains(SHOWN)
        .doesNotContain("\u001b", "\u0007", "\u009b", "\u202e");
  }

  @Test
  void namesAreShownWithoutControl() {
    Path model = folder.resolve("m" + CONTROLS);
    assertHarmless(CommandLineRun.train(table, "y" + CONTROLS, model).good());
    assertHarmless(CommandLineRun.of("describe", "--model", model).good());
    assertHarmless(
        CommandLineRun.of(
                "score",
                "--model",
                model,
                "--input",
                table,
                "--output",
                folder.resolve("s" + CONTROLS))
            .good());
    assertHarmless(CommandLineRun.train(table, "z" + CONTROLS, folder.resolve("n")));
    Path other = CommandLineRun.file(folder, "u.csv", "a" + CONTROLS + ",b", "x" + CONTROLS + ",u");
    assertHarmless(
        CommandLineRun.of(
            "score", "--model", model, "--input", other, "--output", folder.resolve("r")));
  }
}
