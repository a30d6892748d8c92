package org.convexnn.gate;

/**
 * The rows that a tree sees, those of a leaf side by side, with all that growth reads of them: read in
 * their order, rows stream from memory, where an index into rows that stay in place misses the caches
 * once a row and array. A leaf that is split moves its rows to another store.
 */
final class RowStore {

  /** Rows whose places are found before they are moved: few enough to stay in the first cache. */
  private static final int BLOCK = 1024;

  private final int stride;

  /** The number of each row. */
  final int[] rows;

  /** By panel the codes of its slots ({@link Panels}). */
  final int[][] codes;

  /** What each row adds to a bin ({@link org.convexnn.linalg.HistogramKernel}). */
  final float[] sums;

  RowStore(int n, int panels, int stride) {
    this.stride = stride;
    this.rows = new int[n];
    this.codes = new int[panels][n];
    this.sums = new float[Math.multiplyExact(n, stride)];
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

  /** Writes rows {@code from .. to - 1} of a table, or of those listed, without their sums. */
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
      if (stride == 4) {
        moveSums4(start, places, count, other.sums);
      } else {
        moveSums2(start, places, count, other.sums);
      }
    }
  }

  private static void move(int[] source, int start, int[] places, int count, int[] target) {
    for (int k = 0; k < count; k++) {
      target[places[k]] = source[start + k];
    }
  }

  private void moveSums4(int start, int[] places, int count, float[] target) {
    for (int k = 0, at = 4 * start; k < count; k++, at += 4) {
      int place = 4 * places[k];
      target[place] = sums[at];
      target[place + 1] = sums[at + 1];
      target[place + 3] = sums[at + 3];
    }
  }

  private void moveSums2(int start, int[] places, int count, float[] target) {
    for (int k = 0, at = 2 * start; k < count; k++, at += 2) {
      int place = 2 * places[k];
      target[place] = sums[at];
      target[place + 1] = sums[at + 1];
    }
  }

  /** What the rows at {@code from .. to - 1} add up to. */
  SplitSearch.Sums total(int from, int to) {
    double g = 0;
    double h = 0;
    double w = 0;
    int last = stride - 1;
    for (int k = from, at = from * stride; k < to; k++, at += stride) {
      g += sums[at];
      h += sums[at + 1];
      w += sums[at + last];
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
