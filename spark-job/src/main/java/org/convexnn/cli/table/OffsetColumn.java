package org.convexnn.cli.table;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A column of offsets of the raw output: a column of numbers as it is, or the logarithm of one.
 *
 * @param name the column's name, any text
 * @param logarithm whether its logarithm is the offset, as of an exposure
 */
public record OffsetColumn(String name, boolean logarithm) {

  private static final Pattern LOGARITHM = Pattern.compile("log\\((.+)\\)");

  /** What a user writes: COLUMN or log(COLUMN). */
  public static OffsetColumn of(String text) {
    Matcher matcher = LOGARITHM.matcher(text);
    return matcher.matches()
        ? new OffsetColumn(matcher.group(1), true)
        : new OffsetColumn(text, false);
  }

  /** The SQL of the offset; null where the cell has none. */
  String expression() {
    String number = new InputColumn(name, InputColumn.Kind.NUMBER, 1).number();
    return logarithm ? "ln(" + number + ")" : number;
  }

  /** The SQL that says what is wrong with a cell; null where nothing is. */
  Optional<String> problem() {
    return Optional.of(
        String.format(
            "CASE WHEN abs(%s) < double('Infinity') THEN NULL ELSE concat(%s, coalesce(CAST(%s AS"
                + " STRING), ''), %s) END",
            expression(),
            Sql.text("offset column '" + name + "' holds '"),
            Sql.name(name),
            Sql.text(
                logarithm
                    ? "' where positive numbers are expected, whose logarithms are offsets; correct"
                        + " these cells or remove the rows"
                    : "' where finite numbers are expected; correct these cells or remove the"
                        + " rows")));
  }

  /** As a user writes it. */
  @Override
  public String toString() {
    return logarithm ? "log(" + name + ")" : name;
  }
}
