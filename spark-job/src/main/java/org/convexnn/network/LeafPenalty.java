package org.convexnn.network;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What the penalty on constant leaves takes from the boosting that grew them: it measures {@code w_i
 * sqrt(a_i) |v_i - c_i|} of leaf i with weight v_i.
 *
 * @param weights w_i, positive; empty where all are 1
 * @param centres c_i, a number for each leaf; empty where all are 0
 */
public record LeafPenalty(double[] weights, double[] centres) implements Serializable {

  private static final double[] ALIKE = new double[0];

  /** Weights 1 and centres 0. */
  public static final LeafPenalty PLAIN = new LeafPenalty(ALIKE, ALIKE);

  /** Checks against the leaves of a forest. */
  void check(int leaves) {
    if ((weights.length != 0 && weights.length != leaves)
        || (centres.length != 0 && centres.length != leaves)) {
      throw new IllegalArgumentException(
          leaves
              + " leaves with norms of "
              + weights.length
              + " weights and "
              + centres.length
              + " centres");
    }
  }

  /** Whether one of some leaves has a centre that is not 0. */
  boolean centred(int from, int count) {
    return centres.length > 0
        && Arrays.stream(centres, from, from + count).anyMatch(centre -> centre != 0);
  }

  /** That of {@code count} leaves from leaf {@code from} on. */
  public LeafPenalty range(int from, int count) {
    return new LeafPenalty(range(weights, from, count), range(centres, from, count));
  }

  private static double[] range(double[] numbers, int from, int count) {
    return numbers.length == 0 ? ALIKE : Arrays.copyOfRange(numbers, from, from + count);
  }

  /** This penalty, then that of more leaves; both have weights or neither, and so have centres. */
  LeafPenalty and(LeafPenalty more) {
    return new LeafPenalty(join(weights, more.weights), join(centres, more.centres));
  }

  private static double[] join(double[] some, double[] more) {
    double[] all = Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }
}
