package org.convexnn.cli.table;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the numbers or times of a column are written as text: one pattern each, by which Java decides
 * before training and Spark SQL reads, then and when scoring.
 *
 * <p>A time becomes the seconds from 1970 on of the wall clock that it shows, as if that stood in
 * Greenwich, whatever zone the machine is in; with an offset of its own it is that instant. A time
 * of day is the seconds since midnight.
 */
enum Notation {
  /** {@code 1234.5}, {@code 1e-3}. */
  POINT("[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?", "1234.5"),
  /** {@code 1234,5}, {@code 1.234,5}. */
  COMMA("[+-]?(?:[1-9]\\d{0,2}(?:\\.\\d{3})+(?:,\\d*)?|\\d+(?:,\\d*)?|,\\d+)", "1.234,5"),
  /** {@code 1,234.5}. */
  GROUPED("[+-]?(?:[1-9]\\d{0,2}(?:,\\d{3})+(?:\\.\\d*)?|\\d+\\.?\\d*|\\.\\d+)", "1,234.5"),
  /** {@code 2024-01-31}, and a time after it. */
  YEAR_FIRST("(\\d{4})[-/](\\d{1,2})[-/](\\d{1,2})" + Parts.TIME, "2024-01-31 17:30:00"),
  /** {@code 31/01/2024}, and a time after it. */
  DAY_FIRST("(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{4})" + Parts.TIME, "31/01/2024 17:30:00"),
  /** {@code 01/31/2024}, and a time after it. */
  MONTH_FIRST("(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{4})" + Parts.TIME, "01/31/2024 5:30 pm"),
  /** {@code 17:30:00}. */
  CLOCK("()()()" + Parts.CLOCK + "(?:()()())?", "17:30:00");

  /** The pieces of patterns of times. */
  private static final class Parts {
    /** Groups 4 to 7: hour, minute, second, a or p. */
    static final String CLOCK =
        "([01]?\\d|2[0-3]):([0-5]\\d)(?::([0-5]\\d(?:\\.\\d{1,9})?))?(?: ?([AaPp])\\.?[Mm]\\.?)?";

    /** Groups 8 to 10: sign, hours, minutes of an offset. */
    static final String TIME =
        "(?:(?:T| +)" + CLOCK + "(?: ?(?:Z|UTC|GMT|([+-])([01]\\d):?([0-5]\\d)))?)?";
  }

  /** The notations of numbers. */
  static final Set<Notation> NUMBERS = EnumSet.of(POINT, COMMA, GROUPED);

  private static final int DAY_SECONDS = 86_400;

  private final String regex;
  private final Pattern pattern;
  private final String example;

  Notation(String regex, String example) {
    this.regex = "^" + regex + "$";
    this.pattern = Pattern.compile(this.regex);
    this.example = example;
  }

  /** A number or time that is written so. */
  String example() {
    return example;
  }

  /** Whether cells of this shape are numbers or times of this notation. */
  boolean reads(CellShape shape) {
    return switch (shape) {
      case SHORT_INTEGER, LONG_INTEGER -> NUMBERS.contains(this);
      case ZERO_PADDED, EXPONENT, BARE_EXPONENT -> this == POINT;
      case POINT -> this == POINT || this == GROUPED;
      case POINT_TRIPLE -> NUMBERS.contains(this);
      case POINT_GROUPS, COMMA -> this == COMMA;
      case COMMA_TRIPLE -> this == COMMA || this == GROUPED;
      case COMMA_GROUPS -> this == GROUPED;
      case YEAR_FIRST -> this == YEAR_FIRST;
      case DAY_FIRST -> this == DAY_FIRST;
      case MONTH_FIRST -> this == MONTH_FIRST;
      case DAY_OR_MONTH_FIRST -> this == DAY_FIRST || this == MONTH_FIRST;
      case CLOCK -> this == CLOCK;
      default -> false;
    };
  }

  /** The kind of a column in this notation. */
  InputColumn.Kind kind() {
    return NUMBERS.contains(this)
        ? InputColumn.Kind.NUMBER
        : this == CLOCK ? InputColumn.Kind.CLOCK : InputColumn.Kind.TIME;
  }

  /** Whether a text is a number of this notation. */
  boolean isNumber(String text) {
    return pattern.matcher(text).find();
  }

  /** The number of a text that is one. */
  double number(String text) {
    String plain =
        switch (this) {
          case COMMA -> text.replace(".", "").replace(',', '.');
          case GROUPED -> text.replace(",", "");
          default -> text;
        };
    return Double.parseDouble(plain);
  }

  /** Whether the parts of a date have dots between them. */
  static boolean dotted(String date) {
    return date.length() > 2 && (date.charAt(1) == '.' || date.charAt(2) == '.');
  }

  /** The places of year, month and day in the pattern. */
  private int[] places() {
    return switch (this) {
      case DAY_FIRST -> new int[] {3, 2, 1};
      case MONTH_FIRST -> new int[] {3, 1, 2};
      default -> new int[] {1, 2, 3};
    };
  }

  /** The seconds of a time, nothing of a text that is none. */
  OptionalDouble seconds(String text) {
    Matcher m = pattern.matcher(text);
    if (!m.find()) {
      return OptionalDouble.empty();
    }
    try {
      int[] p = places();
      double days =
          this == CLOCK
              ? 0
              : LocalDate.of((int) part(m, p[0]), (int) part(m, p[1]), (int) part(m, p[2]))
                  .toEpochDay();
      double hour = part(m, 4);
      String half = m.group(7);
      if (half != null) {
        hour = hour % 12 + (half.equalsIgnoreCase("p") ? 12 : 0);
      }
      double offset = 3600 * part(m, 9) + 60 * part(m, 10);
      return OptionalDouble.of(
          DAY_SECONDS * days
              + 3600 * hour
              + 60 * part(m, 5)
              + part(m, 6)
              - ("-".equals(m.group(8)) ? -offset : offset));
    } catch (DateTimeException e) {
      return OptionalDouble.empty();
    }
  }

  private static double part(Matcher m, int group) {
    String text = m.group(group);
    return text == null || text.isEmpty() ? 0 : Double.parseDouble(text);
  }

  /** The SQL of the number, or of the seconds, of a text; null where the text is none. */
  String sql(String text) {
    return "CASE WHEN " + matches(text) + " THEN " + value(text) + " END";
  }

  /** The SQL of whether a text is of this notation. */
  String matches(String text) {
    return text + " RLIKE " + Sql.text(regex);
  }

  private String value(String text) {
    return switch (this) {
      case POINT -> "try_cast(" + text + " AS DOUBLE)";
      case COMMA -> "try_cast(replace(replace(" + text + ", '.', ''), ',', '.') AS DOUBLE)";
      case GROUPED -> "try_cast(replace(" + text + ", ',', '') AS DOUBLE)";
      case CLOCK -> clock(text);
      default ->
          String.format(
              Locale.ROOT, "(%d * unix_date(%s) + %s)", DAY_SECONDS, date(text), clock(text));
    };
  }

  private String date(String text) {
    int[] p = places();
    return String.format(
        Locale.ROOT,
        "try_cast(concat_ws('-', %s, %s, %s) AS DATE)",
        group(text, p[0]),
        group(text, p[1]),
        group(text, p[2]));
  }

  private String clock(String text) {
    return String.format(
        Locale.ROOT,
        "(3600D * CASE lower(%1$s) WHEN 'p' THEN %2$s %% 12 + 12 WHEN 'a' THEN %2$s %% 12 ELSE %2$s"
            + " END + 60D * %3$s + %4$s - if(%5$s = '-', -1D, 1D) * (3600D * %6$s + 60D * %7$s))",
        group(text, 7),
        number(text, 4),
        number(text, 5),
        number(text, 6),
        group(text, 8),
        number(text, 9),
        number(text, 10));
  }

  private String group(String text, int group) {
    return "regexp_extract(" + text + ", " + Sql.text(regex) + ", " + group + ")";
  }

  private String number(String text, int group) {
    return "coalesce(try_cast(" + group(text, group) + " AS DOUBLE), 0D)";
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
