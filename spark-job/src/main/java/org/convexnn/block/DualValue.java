package org.convexnn.block;

import org.convexnn.loss.Loss;
import org.convexnn.loss.Scalings;

/**
 * The separable part of the dual objective along a ray of dual points, on a grid:
 *
 * <pre>D(tau) = sum_r w_r ( tau r_r . b0 - l*(y_r, tau r_r) )</pre>
 *
 * D is concave in tau with D(0) = 0 at least, so linear interpolation on the grid is a rigorous
 * lower bound.
 */
public final class DualValue {

  private static final double[] GRID = {0.5, 0.9, 1};
  private static final Scalings SCALINGS = Scalings.of(GRID);

  private DualValue() {}

  /** The scalings at which the sums are exact, ascending to 1. */
  public static double[] grid() {
    return GRID.clone();
  }

  /** The number of sums that {@link #add} fills. */
  public static int length() {
    return GRID.length;
  }

  /** Adds one row with dual point r (C numbers at {@code r[at ..]}) and its weight. */
  public static void add(
      Loss loss,
      double y,
      double[] offset,
      double[] r,
      int at,
      double weight,
      double[] sums,
      int sumsAt) {
    loss.addDualValues(y, r, at, offset, SCALINGS, weight, sums, sumsAt);
  }

  /**
   * A lower bound on {@code D(tau)} from the sums, tau in [0, 1]. For a quadratic conjugate two grid
   * values determine D, and the bound is its value, at any tau.
   *
   * @param quadratic whether D is a quadratic in tau with D(0) = 0 (squared loss)
   */
  public static double at(double tau, double[] sums, int sumsAt, boolean quadratic) {
    if (quadratic) {
      // D(tau) = a tau - b tau^2 through D(1) and D(1/2).
      double one = sums[sumsAt + GRID.length - 1];
      double half = sums[sumsAt];
      double b = 4 * half - 2 * one;
      return tau * (one + b) - tau * tau * b;
    }
    double leftTau = 0;
    double left = 0;
    for (int g = 0; g < GRID.length; g++) {
      double right = sums[sumsAt + g];
      if (tau <= GRID[g]) {
        double share = (tau - leftTau) / (GRID[g] - leftTau);
        return left + share * (right - left);
      }
      leftTau = GRID[g];
      left = right;
    }
    throw new IllegalArgumentException("tau is " + tau + "; it must be in [0, 1]");
  }
}
