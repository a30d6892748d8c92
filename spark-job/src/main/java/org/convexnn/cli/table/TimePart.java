package org.convexnn.cli.table;

import java.util.Locale;

/** What of a date and time is a column of its own, beside the instant. */
enum TimePart {
  /** The year. */
  YEAR("year(%2$s)"),
  /** The month, 1 to 12. */
  MONTH("month(%2$s)"),
  /** The day of the week, Monday = 1 to Sunday = 7. */
  WEEKDAY("weekday(%2$s) + 1"),
  /** The hour, 0 to 23. */
  HOUR("pmod(floor(%1$s / 3600), 24)");

  private final String sql;

  TimePart(String sql) {
    this.sql = sql;
  }

  /** The SQL of the part, of the SQL of seconds since 1970; null of null. */
  String sql(String seconds) {
    String date = "date_add(DATE'1970-01-01', CAST(floor(" + seconds + " / 86400) AS INT))";
    return "CAST(" + String.format(Locale.ROOT, sql, seconds, date) + " AS DOUBLE)";
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
