package org.convexnn.network;

import java.io.Serializable;

/**
 * The bins of categories: values of a column of categories are codes 0 .. V - 1, and every code that
 * was seen in training has one of at most {@value #MOST_BINS} bins, which sets of a {@link Tree}
 * hold.
 *
 * @param tables for each column null (numbers) or the bin of each code, unsigned bytes; {@value
 *     #MISSING} for codes that were never seen
 */
public record CategoryBins(byte[][] tables) implements Serializable {

  /** The most bins of a column. */
  public static final int MOST_BINS = 254;

  /** Stands for no bin. */
  public static final int MISSING = 255;

  /** The most codes of a column. */
  public static final int MOST_CODES = 100_000;

  /** Checks the number of codes. */
  public CategoryBins {
    for (int j = 0; j < tables.length; j++) {
      if (tables[j] != null && tables[j].length > MOST_CODES) {
        throw new IllegalArgumentException(
            "column " + j + " has " + tables[j].length + " codes; at most " + MOST_CODES);
      }
    }
  }

  /** Of columns that are all numbers. */
  public static CategoryBins none(int columns) {
    return new CategoryBins(new byte[columns][]);
  }

  /** Whether no column has categories. */
  public boolean isEmpty() {
    for (byte[] table : tables) {
      if (table != null) {
        return false;
      }
    }
    return true;
  }

  /** Whether a column has categories. */
  public boolean isCategorical(int column) {
    return tables[column] != null;
  }

  /** The bin of a code; {@value #MISSING} where it is missing, no code, or was never seen. */
  public int bin(int column, double code) {
    byte[] table = tables[column];
    int index = (int) code;
    return index == code && index >= 0 && index < table.length ? table[index] & 0xFF : MISSING;
  }

  /**
   * The row with bins in place of codes, NaN for {@value #MISSING}; the argument itself, which is
   * never written to, where there are no categories.
   */
  public double[] apply(double[] x) {
    double[] y = x;
    for (int j = 0; j < tables.length; j++) {
      if (tables[j] != null) {
        y = y == x ? x.clone() : y;
        int bin = bin(j, x[j]);
        y[j] = bin == MISSING ? Double.NaN : bin;
      }
    }
    return y;
  }
}
