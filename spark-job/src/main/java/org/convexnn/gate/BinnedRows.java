package org.convexnn.gate;

import java.util.stream.IntStream;

/**
 * Rows in bins, by column, with labels and weights.
 *
 * @param binning the bins
 * @param bins the bin of row r in column j at {@code bins[j][r]}, an unsigned byte
 * @param labels n labels, in training units, or where a row has several of them C numbers a row
 * @param weights n weights, not negative
 */
public record BinnedRows(Binning binning, byte[][] bins, double[] labels, double[] weights) {

  /** Checks that the arrays have one length. */
  public BinnedRows {
    if (bins.length != binning.columns() || labels.length % Math.max(1, weights.length) != 0) {
      throw new IllegalArgumentException("columns, labels and weights of different lengths");
    }
    for (byte[] column : bins) {
      if (column.length != weights.length) {
        throw new IllegalArgumentException("columns, labels and weights of different lengths");
      }
    }
  }

  /** Puts rows into bins. */
  public static BinnedRows of(Binning binning, double[][] rows, double[] labels, double[] weights) {
    byte[][] bins =
        IntStream.range(0, binning.columns())
            .parallel()
            .mapToObj(
                j -> {
                  byte[] column = new byte[rows.length];
                  for (int r = 0; r < rows.length; r++) {
                    column[r] = binning.bin(j, rows[r][j]);
                  }
                  return column;
                })
            .toArray(byte[][]::new);
    return new BinnedRows(binning, bins, labels, weights);
  }

  /** The number of rows. */
  public int size() {
    return weights.length;
  }
}
