package org.convexnn.solver;

import java.util.List;
import java.util.Optional;

/**
 * What a fit needs to go on after its driver was lost: how far its solves have come. All else
 * (feature map, gates, norms, skip-only fits, betaMax, validation losses) follows from rows, options,
 * seed and these weights, and is found again.
 *
 * @param of what is fitted
 * @param steps what is done, in the order of the fit; only the last may be a solve under way
 */
public record Checkpoint(FitIdentity of, List<Step> steps) {

  /** Copies the list. */
  public Checkpoint {
    steps = List.copyOf(steps);
  }

  /** A part of a fit. */
  public sealed interface Step {

    /** Passes that it took. */
    double passes();

    /** Sweeps that it took. */
    int jobs();
  }

  /**
   * A solve for one beta.
   *
   * @param beta the regularisation parameter
   * @param weights the best weights so far, in solver coordinates
   * @param upper their objective
   * @param lower the best dual bound so far
   * @param ended why the solve stopped; empty while it is under way
   * @param iteration the last one
   * @param passes taken so far
   * @param jobs taken so far
   */
  public record Solve(
      double beta,
      double[] weights,
      double upper,
      double lower,
      Optional<StopReason> ended,
      int iteration,
      double passes,
      int jobs)
      implements Step {

    Solver.Solution solution() {
      return new Solver.Solution(
          weights, upper, lower, DualPoint.ofWeights(weights), ended.orElseThrow());
    }
  }

  /**
   * Solves of which only some numbers are wanted any more, as the losses of a fold.
   *
   * @param numbers these
   * @param passes taken
   * @param jobs taken
   */
  public record Part(double[] numbers, double passes, int jobs) implements Step {}
}
