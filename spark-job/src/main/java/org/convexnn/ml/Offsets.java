package org.convexnn.ml;

/** The offsets of rows that a regression is asked for. */
final class Offsets {

  private Offsets() {}

  /**
   * The offset of a row.
   *
   * @param value what the offset column holds
   * @throws IllegalArgumentException where it is no finite number
   */
  static double of(Object value, ConvexReLUParams params) {
    double offset = value instanceof Number number ? number.doubleValue() : Double.NaN;
    if (!Double.isFinite(offset)) {
      throw new IllegalArgumentException(
          "offset column '"
              + params.getOffsetCol()
              + "' has the value "
              + value
              + ": every row needs a finite offset, 0 leaves its output as it is");
    }
    return offset;
  }
}
