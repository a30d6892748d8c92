package org.convexnn.cli.message;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as people read them. */
public final class Numbers {

  private static final double LEAST = 1e-4;
  private static final double MOST = 1e9;

  private Numbers() {}

  /** With four digits at most, but whole: 1,234 and 0.25; 3.1e-05 where it is very small or large. */
  public static String shown(double value) {
    if (!Double.isFinite(value)) {
      return Double.isNaN(value) ? "-" : value > 0 ? "inf" : "-inf";
    }
    double size = Math.abs(value);
    if (size > 0 && size < LEAST || size >= MOST) {
      return String.format(Locale.ROOT, "%.3g", value);
    }
    BigDecimal rounded =
        size >= 1000
            ? new BigDecimal(Math.rint(value))
            : new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros();
    return String.format(Locale.ROOT, "%,." + Math.max(0, rounded.scale()) + "f", rounded);
  }

  /** A share in percent, with two digits. */
  public static String percent(double share) {
    return shown(new BigDecimal(100 * share).round(new MathContext(2)).doubleValue()) + " %";
  }
}
