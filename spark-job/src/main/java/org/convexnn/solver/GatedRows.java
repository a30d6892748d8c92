package org.convexnn.solver;

import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowJob;
import org.convexnn.block.StepJob;

/**
 * All rows with their activation patterns, and a row state that passes may read and write. A state
 * has a number that the driver chooses; 0 is none.
 */
public interface GatedRows extends AutoCloseable {

  /** The number that means no state. */
  int NO_STATE = 0;

  /** Runs a job over all blocks. */
  <A> A sum(String description, RowJob<GatedBlock, A> job);

  /**
   * Runs a job that reads the state {@code from} and writes the state {@code to}. Either may be
   * {@link #NO_STATE}. A partition that lost its state is given none.
   */
  <A> A step(String description, StepJob<A> job, int from, int to);

  /** Forgets a state. */
  void release(int state);

  /** Releases patterns and states. */
  @Override
  void close();
}
