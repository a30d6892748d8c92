package org.convexnn.block.kernel;

import java.util.function.DoubleUnaryOperator;
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

  private static final int TERNARY_STEPS = 24;

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

  /**
   * The best scaling of a dual point found on the grid.
   *
   * @param tau the scaling
   * @param value {@code D(tau) - tau^2 penalty}
   */
  public record Best(double tau, double value) {}

  /**
   * The largest {@code D(tau) - tau^2 penalty} found over tau in [0, most], in [0, min(1, most)] where
   * D is not quadratic.
   *
   * @param most the largest feasible scaling
   * @param penalty what a ridge on linear terms costs at tau = 1
   * @param sums as {@link #add} fills them, from 0 on
   * @param quadratic as in {@link #at}
   */
  public static Best best(double most, double penalty, double[] sums, boolean quadratic) {
    if (quadratic) {
      double one = at(1, sums, 0, true);
      double half = at(0.5, sums, 0, true);
      double curvature = 4 * half - 2 * one + penalty;
      double slope = one + 4 * half - 2 * one;
      double tau = curvature > 0 ? Math.min(most, Math.max(0, slope / (2 * curvature))) : 0;
      return new Best(tau, tau * slope - tau * tau * curvature);
    }
    double longest = Math.min(1, most);
    Best best = new Best(longest, at(longest, sums, 0, false) - longest * longest * penalty);
    // A shorter dual point may be better where the linear block is not stationary yet.
    for (double t = 0.98 * longest; t > 0.2 * longest; t *= 0.9) {
      double value = at(t, sums, 0, false) - t * t * penalty;
      best = value > best.value ? new Best(t, value) : best;
    }
    return best;
  }

  /**
   * The largest {@code D(tau) - cost(tau)} found over tau in [0, min(1, most)], in [0, min(2, most)]
   * where D is quadratic, for a convex cost.
   *
   * @param most the largest feasible scaling; infinite where the cost says it all
   * @param sums as {@link #add} fills them, from 0 on
   * @param quadratic as in {@link #at}
   */
  public static Best best(DoubleUnaryOperator cost, double most, double[] sums, boolean quadratic) {
    DoubleUnaryOperator value = tau -> at(tau, sums, 0, quadratic) - cost.applyAsDouble(tau);
    double low = 0;
    double high = Math.min(quadratic ? 2 : 1, most);
    // Near the optimum the point is good as it is.
    double first = Math.min(1, high);
    Best best = new Best(first, value.applyAsDouble(first));
    for (int step = 0; step < TERNARY_STEPS; step++) {
      double left = low + (high - low) / 3;
      double right = high - (high - low) / 3;
      double atLeft = value.applyAsDouble(left);
      double atRight = value.applyAsDouble(right);
      if (atLeft < atRight) {
        low = left;
        best = atRight > best.value ? new Best(right, atRight) : best;
      } else {
        high = right;
        best = atLeft > best.value ? new Best(left, atLeft) : best;
      }
    }
    return best;
  }
}
