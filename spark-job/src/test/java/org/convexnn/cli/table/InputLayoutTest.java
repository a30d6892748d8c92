package org.convexnn.cli.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.table.InputColumn.Kind;
import org.junit.jupiter.api.Test;

class InputLayoutTest {

  @Test
  void comesBackFromTheStatementWhateverTheNames() {
    InputLayout layout =
        new InputLayout(
            "the */ label",
            List.of(
                new InputColumn("a.b `c` 'd' \\ \"e\"", Kind.NUMBER, 1),
                new InputColumn("/* ${x} */", Kind.TEXT, 1),
                new InputColumn("f", Kind.FLAG, 1),
                new InputColumn("größe", Kind.TIME, 1),
                new InputColumn("v", Kind.VECTOR, 7)));
    assertThat(InputLayout.parse(layout.statement())).contains(layout);
    assertThat(layout.vectorSize()).hasValue(7);
  }

  /** Spark 4.0 and before take an IDENTIFIER for a column and not for its alias. */
  @Test
  void aliasesAreNamesAsTheyStand() {
    InputLayout layout =
        new InputLayout("y", List.of(new InputColumn("a__THIS__THIS__ ${x}", Kind.NUMBER, 1)));
    assertThat(layout.statement())
        .containsOnlyOnce("__THIS__")
        .contains("\n  CASE ", " AS `in_0_a_THIS_THIS_");
  }

  @Test
  void isAbsentFromOtherStatements() {
    assertThat(InputLayout.parse("SELECT * FROM __THIS__")).isEmpty();
  }

  @Test
  void namesMissingColumns() {
    InputLayout layout =
        new InputLayout(
            "y",
            List.of(new InputColumn("age", Kind.NUMBER, 1), new InputColumn("b", Kind.TEXT, 1)));
    layout.require(List.of("AGE", "b", "more"), "file");
    assertThatThrownBy(() -> layout.require(List.of("ages", "b"), "data.csv"))
        .isInstanceOf(CommandException.class)
        .hasMessage(
            "column 'age' that the model needs is not in data.csv; did you mean 'ages'?"
                + " (its columns: ages, b)");
  }
}
