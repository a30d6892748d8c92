package org.convexnn.cli.table;

import java.util.Locale;
import org.apache.spark.sql.Column;
import org.convexnn.ml.params.QuotedName;

/** Quotes names and texts for SQL. */
public final class Sql {

  private static final String VARIABLE = "${";
  private static final String TABLE = "__THIS__";

  private Sql() {}

  /**
   * A column's name in a statement, with dots, blanks and backticks taken literally. Names with what
   * is replaced in statements before they are read (a variable of Spark's, which may be one of the
   * environment, and SQLTransformer's table) stand in an IDENTIFIER, where they can be escaped.
   */
  static String name(String name) {
    String quoted = QuotedName.of(name);
    return quoted.contains(VARIABLE) || quoted.contains(TABLE)
        ? "IDENTIFIER(" + text(quoted) + ")"
        : quoted;
  }

  /** The column of this name. */
  public static Column column(String name) {
    return QuotedName.column(name);
  }

  /** A text literal, in which nothing is replaced. */
  static String text(String text) {
    return "'"
        + text.replace("\\", "\\\\")
            .replace("'", "\\'")
            .replace("\n", "\\n")
            .replace("\r", "\\r")
            .replace("$", "\\u0024")
            .replace("__", "\\u005f_")
        + "'";
  }

  /** A double literal that loses nothing. */
  static String number(double value) {
    return String.format(Locale.ROOT, "double('%s')", value);
  }
}
