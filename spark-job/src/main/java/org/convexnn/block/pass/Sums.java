package org.convexnn.block.pass;

/** Results that are arrays of vectors, added entry by entry. */
public final class Sums {

  private Sums() {}

  /** Adds {@code right} to {@code left} and returns {@code left}. */
  public static double[][] add(double[][] left, double[][] right) {
    for (int k = 0; k < left.length; k++) {
      for (int i = 0; i < left[k].length; i++) {
        left[k][i] += right[k][i];
      }
    }
    return left;
  }
}
