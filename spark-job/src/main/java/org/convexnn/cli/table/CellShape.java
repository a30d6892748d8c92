package org.convexnn.cli.table;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the text of a cell looks like. A column's shapes, counted, are what its kind and the way its
 * numbers and dates are written are decided by; one cell alone decides nothing: {@code 1,234} is a
 * whole number to some and a fraction to others.
 */
public enum CellShape {
  /** Nothing, or blanks. */
  BLANK,
  /** What people write where a value is missing, see {@link #MARKERS}. */
  MARKER,
  /** {@code true} or {@code false}, in any case. */
  BOOLEAN,
  /** {@code 7}, {@code -12}, {@code 950}: up to three digits. */
  SHORT_INTEGER,
  /** {@code 1234}: more digits. */
  LONG_INTEGER,
  /** {@code 00123}: digits after a needless zero. */
  ZERO_PADDED,
  /** {@code 1.5}, {@code .5}, {@code 0.123}. */
  POINT,
  /** {@code 1.234}: a fraction, or a whole number in groups. */
  POINT_TRIPLE,
  /** {@code 1.234.567} or {@code 1.234,5}. */
  POINT_GROUPS,
  /** {@code 1,5}, {@code 0,123}. */
  COMMA,
  /** {@code 1,234}: a whole number in groups, or a fraction. */
  COMMA_TRIPLE,
  /** {@code 1,234,567} or {@code 1,234.5}. */
  COMMA_GROUPS,
  /** {@code 1 234} or {@code 1'234}. */
  OTHER_GROUPS,
  /** {@code 1.5e-7}, {@code 1E+5}: as programs write powers of ten. */
  EXPONENT,
  /** {@code 1e5}: as people may write them, and codes look by chance. */
  BARE_EXPONENT,
  /** {@code Infinity}, or a number beyond {@link #MAX_NUMBER}. */
  NOT_FINITE,
  /** {@code 2024-01-31}, {@code 2024/1/31 12:30:05.5+02:00}: the year first. */
  YEAR_FIRST,
  /** {@code 31/12/2024}, {@code 3.4.2024 12:30}: the first number can be no month, or has dots. */
  DAY_FIRST,
  /** {@code 12/31/2024}: the second number can be no month. */
  MONTH_FIRST,
  /** {@code 03/04/2024}: either. */
  DAY_OR_MONTH_FIRST,
  /** {@code 31/12/24}, {@code 31-Jan-2024}, {@code Jan 31, 2024}, {@code 2024-01}. */
  OTHER_DATE,
  /** {@code 12:30}, {@code 1:05:30.5 pm}. */
  CLOCK,
  /** All else. */
  TEXT;

  /** The largest number that features may have: arithmetic on larger ones overflows. */
  static final double MAX_NUMBER = 1e200;

  /** Texts, in lower case, that stand for a missing value where numbers or times are expected. */
  static final Set<String> MARKERS =
      Set.of(
          "na", "n/a", "n.a.", "#n/a", "#na", "<na>", "nan", "-nan", "null", "(null)", "#null!",
          "none", "nil", "nat", "\\n", "?", "-", "--", ".", "..", "*", "missing", "unknown",
          "#div/0!", "#value!");

  private static final Set<String> INFINITE =
      Set.of("inf", "+inf", "-inf", "infinity", "+infinity", "-infinity");

  private static final Pattern BARE = Pattern.compile("\\d+[eE]\\d+");
  private static final Pattern GROUPS =
      Pattern.compile("[+-]?\\d{1,3}([ '\u00A0\u2019\u202F]\\d{3})+([.,]\\d*)?");
  private static final Pattern MONTH_NAMES =
      Pattern.compile(
          "(?i)(\\d{1,2}[-/. ]*)?(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?"
              + "|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?)\\.?[-/. ]*"
              + "(\\d{1,2}(st|nd|rd|th)?,? +)?\\d{2,4}( .*:.*)?");
  private static final Pattern YEAR_AND_MONTH = Pattern.compile("(19|20)\\d\\d[-/](0[1-9]|1[0-2])");
  private static final Pattern SHORT_YEAR =
      Pattern.compile("\\d{1,2}([-/.])\\d{1,2}\\1\\d{2}( .*:.*)?");

  /** The longest text that is looked at for being a number or a time. */
  private static final int MOST_LETTERS = 64;

  /** The shape of a text. */
  public static CellShape of(String cell) {
    String text = cell == null ? "" : trimmed(cell);
    if (text.isEmpty()) {
      return BLANK;
    }
    if (text.length() > MOST_LETTERS) {
      return TEXT;
    }
    char first = text.charAt(0);
    boolean digit = isDigit(first);
    if (digit || first == '-' || first == '+' || first == '.' || first == ',') {
      CellShape number = number(text);
      if (number != TEXT) {
        return number;
      }
    }
    if (digit) {
      CellShape time = time(text);
      if (time != TEXT) {
        return time;
      }
    }
    String lower = text.toLowerCase(Locale.ROOT);
    if (MARKERS.contains(lower)) {
      return MARKER;
    }
    if (lower.equals("true") || lower.equals("false")) {
      return BOOLEAN;
    }
    if (INFINITE.contains(lower)) {
      return NOT_FINITE;
    }
    return MONTH_NAMES.matcher(text).matches() ? OTHER_DATE : TEXT;
  }

  /** The shape of a number that was never a text. */
  static CellShape of(double number) {
    if (Double.isNaN(number)) {
      return MARKER;
    }
    if (!(Math.abs(number) <= MAX_NUMBER)) {
      return NOT_FINITE;
    }
    if (number != Math.rint(number)) {
      return POINT;
    }
    return Math.abs(number) < 1000 ? SHORT_INTEGER : LONG_INTEGER;
  }

  private static CellShape number(String text) {
    if (Notation.POINT.isNumber(text)) {
      if (!(Math.abs(Double.parseDouble(text)) <= MAX_NUMBER)) {
        return NOT_FINITE;
      }
      if (text.indexOf('e') >= 0 || text.indexOf('E') >= 0) {
        return BARE.matcher(text).matches() ? BARE_EXPONENT : EXPONENT;
      }
      return plain(text);
    }
    if (GROUPS.matcher(text).matches()) {
      return OTHER_GROUPS;
    }
    boolean comma = Notation.COMMA.isNumber(text);
    boolean grouped = Notation.GROUPED.isNumber(text);
    if (comma && grouped) {
      return COMMA_TRIPLE;
    }
    if (grouped) {
      return COMMA_GROUPS;
    }
    return !comma ? TEXT : text.indexOf('.') >= 0 ? POINT_GROUPS : COMMA;
  }

  private static CellShape plain(String text) {
    int start = isDigit(text.charAt(0)) || text.charAt(0) == '.' ? 0 : 1;
    int point = text.indexOf('.');
    int digits = (point < 0 ? text.length() : point) - start;
    if (digits > 1 && text.charAt(start) == '0') {
      return ZERO_PADDED;
    }
    if (point < 0) {
      return digits <= 3 ? SHORT_INTEGER : LONG_INTEGER;
    }
    boolean triple =
        digits >= 1 && digits <= 3 && text.charAt(start) != '0' && text.length() - point == 4;
    return triple ? POINT_TRIPLE : POINT;
  }

  private static CellShape time(String text) {
    if (text.indexOf(':') < 0
        && text.indexOf('-') < 0
        && text.indexOf('/') < 0
        && text.indexOf('.') < 0
        && text.indexOf(' ') < 0) {
      return TEXT;
    }
    if (Notation.YEAR_FIRST.seconds(text).isPresent()) {
      return YEAR_FIRST;
    }
    if (Notation.CLOCK.seconds(text).isPresent()) {
      return CLOCK;
    }
    if (SHORT_YEAR.matcher(text).matches()
        || YEAR_AND_MONTH.matcher(text).matches()
        || MONTH_NAMES.matcher(text).matches()) {
      return OTHER_DATE;
    }
    boolean day = Notation.DAY_FIRST.seconds(text).isPresent();
    boolean month = Notation.MONTH_FIRST.seconds(text).isPresent();
    if (day && (!month || Notation.dotted(text))) {
      return DAY_FIRST;
    }
    return day ? DAY_OR_MONTH_FIRST : month ? MONTH_FIRST : TEXT;
  }

  /** Without the spaces around it, as SQL's trim; readers of CSV take off tabs too. */
  static String trimmed(String cell) {
    int from = 0;
    int to = cell.length();
    while (from < to && cell.charAt(from) == ' ') {
      from++;
    }
    while (to > from && cell.charAt(to - 1) == ' ') {
      to--;
    }
    return cell.substring(from, to);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
