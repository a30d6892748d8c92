package org.convexnn.job;

import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/** Quotes names and texts for SQL. */
final class Sql {

  private Sql() {}

  /** A column's name, with dots, blanks and backticks taken literally. */
  static String name(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /** The column of this name. */
  static Column column(String name) {
    return functions.col(name(name));
  }

  /** A text literal. */
  static String text(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", " ") + "'";
  }

  /** A double literal that loses nothing. */
  static String number(double value) {
    return String.format(Locale.ROOT, "double('%s')", value);
  }
}
