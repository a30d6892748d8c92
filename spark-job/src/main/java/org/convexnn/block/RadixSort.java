package org.convexnn.block;

/** Sorts rows by their 64-bit keys in time linear in their number. */
public final class RadixSort {

  private static final int BITS = 16;
  private static final int BUCKETS = 1 << BITS;

  private RadixSort() {}

  /** The rows in ascending order of their keys taken as unsigned; equal keys in their own order. */
  public static int[] order(long[] keys) {
    int n = keys.length;
    int[] order = new int[n];
    for (int r = 0; r < n; r++) {
      order[r] = r;
    }
    int[] next = new int[n];
    for (int shift = 0; shift < Long.SIZE; shift += BITS) {
      int[] start = new int[BUCKETS + 1];
      for (long key : keys) {
        start[(int) (key >>> shift & BUCKETS - 1) + 1]++;
      }
      for (int b = 0; b < BUCKETS; b++) {
        start[b + 1] += start[b];
      }
      for (int r : order) {
        next[start[(int) (keys[r] >>> shift & BUCKETS - 1)]++] = r;
      }
      int[] swap = order;
      order = next;
      next = swap;
    }
    return order;
  }
}
