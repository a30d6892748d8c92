package org.convexnn.gate;

import org.convexnn.linalg.HistogramKernel;

/**
 * The rows that a tree sees, those of a leaf side by side, with all that growth reads of them: read in
 * their order, rows stream from memory, where an index into rows that stay in place misses the caches
 * once a row and array. A leaf that is split moves its rows to another store.
 */
final class RowStore {

  /** Rows whose places are found before they are moved: few enough to stay in the first cache. */
  private static final int BLOCK = 1024;

  /** The number of each row. */
  final int[] rows;

  /** By panel the codes of its slots ({@link Panels}). */
  final int[][] codes;

  /** Derivative and curvature of each row, weighted ({@link HistogramKernel#pair}). */
  final long[] pairs;

  /** The weight of each row; null where all are 1. */
  final float[] weights;

  RowStore(int n, int panels, boolean weighted) {
    this.rows = new int[n];
    this.codes = new int[panels][n];
    this.pairs = new long[n];
    this.weights = weighted ? new float[n] : null;
  }

  /**
   * A side for each row of a leaf.
   *
   * @param panel whose codes decide
   * @param shift the first bit of the slot that decides
   * @param left 1 for each code of the slot that goes left
   */
  record Sides(int panel, int shift, byte[] left) {
    int of(int code) {
      return left[code >>> shift & 0xFF];
    }
  }

  /** Writes rows {@code from .. to - 1} of a table, or of those listed, without what they add. */
  void begin(int[][] allCodes, int[] listed, int from, int to) {
    for (int k = from; k < to; k++) {
      rows[k] = listed == null ? k : listed[k];
    }
    for (int p = 0; p < codes.length; p++) {
      if (listed == null) {
        System.arraycopy(allCodes[p], from, codes[p], from, to - from);
      } else {
        for (int k = from; k < to; k++) {
          codes[p][k] = allCodes[p][listed[k]];
        }
      }
    }
  }

  /** How many of the rows at {@code from .. to - 1} go left. */
  int lefts(Sides sides, int from, int to) {
    int[] deciding = codes[sides.panel];
    int lefts = 0;
    for (int k = from; k < to; k++) {
      lefts += sides.of(deciding[k]);
    }
    return lefts;
  }

  /** Moves the rows at {@code from .. to - 1}, in order: those that go left to {@code left ..}. */
  void move(Sides sides, int from, int to, RowStore other, int left, int right) {
    int[] deciding = codes[sides.panel];
    int[] places = new int[Math.min(BLOCK, to - from)];
    int nextLeft = left;
    int nextRight = right;
    for (int start = from; start < to; start += BLOCK) {
      int count = Math.min(BLOCK, to - start);
      for (int k = 0; k < count; k++) {
        // Without jumps, which could not be foreseen.
        int goesLeft = sides.of(deciding[start + k]);
        places[k] = nextRight + (nextLeft - nextRight) * goesLeft;
        nextLeft += goesLeft;
        nextRight += 1 - goesLeft;
      }
      move(rows, start, places, count, other.rows);
      for (int p = 0; p < codes.length; p++) {
        move(codes[p], start, places, count, other.codes[p]);
      }
      for (int k = 0; k < count; k++) {
        other.pairs[places[k]] = pairs[start + k];
      }
      for (int k = 0; weights != null && k < count; k++) {
        other.weights[places[k]] = weights[start + k];
      }
    }
  }

  private static void move(int[] source, int start, int[] places, int count, int[] target) {
    for (int k = 0; k < count; k++) {
      target[places[k]] = source[start + k];
    }
  }

  /** What the rows at {@code from .. to - 1} add up to. */
  SplitSearch.Sums total(int from, int to) {
    double g = 0;
    double h = 0;
    double w = weights == null ? to - from : 0;
    for (int k = from; k < to; k++) {
      g += HistogramKernel.first(pairs[k]);
      h += HistogramKernel.second(pairs[k]);
    }
    for (int k = from; weights != null && k < to; k++) {
      w += weights[k];
    }
    return new SplitSearch.Sums(g, h, w);
  }

  /** Writes a number for the rows at {@code from .. to - 1}. */
  void mark(int from, int to, byte number, byte[] target) {
    for (int k = from; k < to; k++) {
      target[rows[k]] = number;
    }
  }
}
