package org.convexnn.solver.checkpoint;

import java.util.List;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.program.DualPoint;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.program.SolverState;

/**
 * What a fit needs to go on after its driver was lost: what its passes over the gated rows have come
 * to. All else (feature map, gates, norms) follows from rows, options, seed and these numbers, and is
 * found again.
 *
 * @param of what is fitted
 * @param steps what is done, in the order of the fit; only the last may be under way
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

  /** A solve for one beta. */
  public sealed interface OfBeta extends Step {

    /** The regularisation parameter. */
    double beta();

    /** The best weights, in solver coordinates. */
    double[] weights();
  }

  /**
   * A solve for one beta that has ended.
   *
   * @param beta the regularisation parameter
   * @param weights the best weights, in solver coordinates
   * @param upper their objective
   * @param lower the best dual bound
   * @param reason why it stopped
   * @param iteration the last one
   * @param passes taken
   * @param jobs taken
   */
  public record Solve(
      double beta,
      double[] weights,
      double upper,
      double lower,
      StopReason reason,
      int iteration,
      double passes,
      int jobs)
      implements OfBeta {

    Solver.Solution solution() {
      return new Solver.Solution(weights, upper, lower, DualPoint.ofWeights(weights), reason);
    }
  }

  /**
   * A solve for one beta that goes on.
   *
   * @param beta the regularisation parameter
   * @param state how far it has come
   * @param asked what {@link Solver.Watch#enough} was asked, one vector a time
   * @param passes taken so far
   * @param jobs taken so far
   */
  public record UnderWay(
      double beta, SolverState state, List<double[]> asked, double passes, int jobs)
      implements OfBeta {

    @Override
    public double[] weights() {
      return state.weights();
    }
  }

  /**
   * Passes that go on and will come to some numbers.
   *
   * @param what these are
   * @param state how far they have come
   * @param passes taken so far
   * @param jobs taken so far
   */
  public record PartUnderWay(String what, SolverState state, double passes, int jobs)
      implements Step {}

  /**
   * Passes of which only some numbers are wanted any more, as the losses of a fold.
   *
   * @param what they are
   * @param numbers these
   * @param passes taken
   * @param jobs taken
   */
  public record Part(String what, double[] numbers, double passes, int jobs) implements Step {}
}
