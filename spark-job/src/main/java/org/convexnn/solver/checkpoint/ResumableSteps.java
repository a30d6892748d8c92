package org.convexnn.solver.checkpoint;

import java.util.Optional;
import java.util.function.Supplier;
import org.convexnn.solver.program.SolverState;

/**
 * The parts of a fit, each of which comes to some numbers. Where checkpoints are kept, a part that had
 * ended when the driver was lost is not repeated, and one under way goes on.
 */
public interface ResumableSteps {

  /** Nothing is kept. */
  ResumableSteps UNKEPT = (what, part) -> part.run(Optional.empty(), (ahead, state) -> {});

  /** A part that can go on after its driver was lost. */
  interface Resumable {

    /**
     * Runs the part.
     *
     * @param earlier how far an earlier driver had come
     * @param keeper to be told of states to go on from
     */
    double[] run(Optional<SolverState> earlier, Keeper keeper);
  }

  /** Keeps states of a part under way. */
  interface Keeper {

    /**
     * The part could go on from here if the driver was lost.
     *
     * @param ahead the most passes until it says so again
     * @param state of the part at this moment
     */
    void underWay(double ahead, Supplier<SolverState> state);
  }

  /**
   * The numbers of a part.
   *
   * @param what they are; the names of a fit's parts follow from their order
   */
  double[] of(String what, Resumable part);

  /** The numbers of a part that is repeated from its start. */
  default double[] of(String what, Supplier<double[]> part) {
    return of(what, (earlier, keeper) -> part.get());
  }
}
