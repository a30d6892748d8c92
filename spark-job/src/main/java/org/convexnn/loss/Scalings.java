package org.convexnn.loss;

import java.util.Arrays;

/**
 * Scalings tau of a dual point, with their logarithms.
 *
 * @param taus in (0, 1]
 * @param logs their logarithms
 */
public record Scalings(double[] taus, double[] logs) {

  /** The scalings with their logarithms. */
  public static Scalings of(double... taus) {
    return new Scalings(taus.clone(), Arrays.stream(taus).map(Math::log).toArray());
  }

  /** How many there are. */
  public int size() {
    return taus.length;
  }
}
