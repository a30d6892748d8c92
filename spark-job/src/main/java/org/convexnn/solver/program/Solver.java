package org.convexnn.solver.program;

import java.util.Optional;
import java.util.function.Supplier;
import org.convexnn.solver.StopReason;

/** Solves a {@link Problem} for one beta. */
public interface Solver {

  /** The solver's name in reports. */
  String name();

  /**
   * Solves.
   *
   * @param start where to start from; block 0 should be the skip-only fit or better
   * @param stop when to stop
   * @param watch is told of every iteration
   */
  Solution solve(Problem problem, double beta, Start start, Stopping stop, Watch watch);

  /**
   * Where to start from.
   *
   * @param weights the weights
   * @param known loss, gradient and dual sums there, where a pass has found them already
   * @param earlier how far an earlier driver had come, where it was lost; its weights are these
   */
  record Start(
      double[] weights, Optional<Problem.Evaluation> known, Optional<SolverState> earlier) {

    /** Weights of which nothing is known. */
    public static Start at(double[] weights) {
      return new Start(weights, Optional.empty(), Optional.empty());
    }

    /** Weights that a pass was at. */
    public static Start at(double[] weights, Problem.Evaluation known) {
      return new Start(weights, Optional.of(known), Optional.empty());
    }

    /** The solve that an earlier driver was lost in. */
    public static Start after(SolverState earlier) {
      return new Start(earlier.weights(), Optional.empty(), Optional.of(earlier));
    }

    /** How far an earlier driver had come, where it was of this solver. */
    public Optional<SolverState> earlier(String solver) {
      return earlier.filter(state -> state.solver().equals(solver));
    }
  }

  /**
   * When to stop.
   *
   * @param tol relative gap to reach
   * @param maxPasses most passes, from the start of this solve
   * @param scale the smallest denominator of the relative gap
   */
  record Stopping(double tol, double maxPasses, double scale) {

    /** When to stop after this many passes. */
    public Stopping after(double passes) {
      return new Stopping(tol, Math.max(0, maxPasses - passes), scale);
    }

    /** (upper - lower) / max(upper, scale); a difference of a few ulps is zero. */
    public double relativeGap(double upper, double lower) {
      double gap = upper - lower;
      return Math.abs(gap) <= 8 * Math.ulp(upper) ? 0 : gap / Math.max(upper, scale);
    }

    /** Whether the gap is small enough. */
    public boolean reached(double upper, double lower) {
      return relativeGap(upper, lower) <= tol;
    }
  }

  /** Hears of iterations. */
  interface Watch {

    /** One iteration ended with these best bounds so far. */
    void iteration(int iteration, double upper, double lower, double[] weights);

    /**
     * The solve could go on from here if the driver was lost.
     *
     * @param ahead the most passes until it says so again
     * @param state of the solve at this moment
     */
    default void underWay(double ahead, Supplier<SolverState> state) {}

    /**
     * Whether the solve may stop here, above its tolerance. Asked by solvers that move the rows that
     * the problem leaves out together with the others.
     *
     * @param upper the best objective so far
     * @param gap the relative gap
     * @param leftOut sum of w l(f) over the rows left out
     */
    default boolean enough(int iteration, double upper, double gap, double leftOut) {
      return false;
    }

    /** A choice made during the solve. */
    void message(String text);
  }

  /**
   * Where a solve ended.
   *
   * @param weights the best weights found, exact zeros kept
   * @param upper their objective as the loop saw it
   * @param lower the best dual bound
   * @param dual the dual point of that bound
   * @param reason why the loop stopped
   */
  record Solution(
      double[] weights, double upper, double lower, DualPoint dual, StopReason reason) {}
}
