package org.convexnn.cluster;

import java.util.HashMap;
import java.util.Map;

/**
 * Merges partial results in the order of their index, whatever order they arrive in: floating-point
 * sums then do not depend on which task finished first. Keeps only what arrived too early.
 *
 * @param <A> the result
 */
final class OrderedMerge<A> {

  private final Merge<A> merge;
  private final int first;
  private final Map<Integer, A> early = new HashMap<>();
  private int next;
  private A sum;

  /** For partial results numbered {@code first, first + 1, ...}. */
  OrderedMerge(Merge<A> merge, int first) {
    this.merge = merge;
    this.first = first;
    this.next = first;
  }

  /** Takes one partial result. */
  void accept(int index, A value) {
    early.put(index, value);
    while (early.containsKey(next)) {
      A ready = early.remove(next);
      sum = next == first ? ready : merge.merge(sum, ready);
      next++;
    }
  }

  /**
   * The sum of the partial results {@code first .. first + count - 1}.
   *
   * @throws IllegalStateException when one of them is missing
   */
  A sum(int count) {
    if (next != first + count || !early.isEmpty()) {
      throw new IllegalStateException(
          "partial result " + next + " of " + first + " .. " + (first + count - 1) + " is missing");
    }
    return sum;
  }
}
