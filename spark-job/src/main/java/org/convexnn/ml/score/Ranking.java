package org.convexnn.ml.score;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Rows by the size of a number of theirs. */
public final class Ranking {

  private Ranking() {}

  /** The places of the first {@code count} values, the least value's first; equal ones keep their order. */
  public static int[] ascending(double[] values, int count) {
    return IntStream.range(0, count)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> values[i]))
        .mapToInt(i -> i)
        .toArray();
  }
}
