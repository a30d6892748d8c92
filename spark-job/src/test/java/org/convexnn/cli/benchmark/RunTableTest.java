package org.convexnn.cli.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.convexnn.cli.message.CommandException;
import org.junit.jupiter.api.Test;

/** Runs that fail lose no other. */
class RunTableTest {

  private final RunTable table = new RunTable("data", "model", "seconds", "gap");
  private final StringWriter printed = new StringWriter();

  private List<String> lines() {
    return printed.toString().strip().lines().toList();
  }

  @Test
  void prints() {
    table.add(List.of("d", "long name"), () -> List.of("1.5", "1e-2"));
    table.leftOut(List.of("d", "b"), "not here");
    table.print(new PrintWriter(printed));
    assertThat(lines())
        .containsExactly(
            "| data | model     | seconds | gap  |",
            "| ---- | --------- | ------: | ---: |",
            "| d    | long name | 1.5     | 1e-2 |",
            "| d    | b         | left out: not here |");
  }

  @Test
  void aFailureIsARowAndTheEnd() {
    table.add(
        List.of("d", "a"),
        () -> {
          throw new IllegalArgumentException("x | y\nand more");
        });
    table.add(
        List.of("d", "b"),
        () -> {
          throw new NoClassDefFoundError("z");
        });
    table.add(List.of("d", "c"), () -> List.of("2.0", ""));
    assertThatThrownBy(() -> table.print(new PrintWriter(printed)))
        .isInstanceOf(CommandException.class)
        .hasMessage("2 runs failed; the table says why");
    assertThat(lines())
        .hasSize(5)
        .contains(
            "| d    | a     | failed: x \\| y |",
            "| d    | b     | failed: NoClassDefFoundError: z |",
            "| d    | c     | 2.0     |     |");
  }
}
