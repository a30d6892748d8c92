package org.convexnn.solver.rows;

import org.convexnn.block.GatedBlock;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.StepPass;

/**
 * All rows with their activation patterns, and a row state that passes may read and write. A state
 * has a number that the driver chooses; 0 is none.
 */
public interface GatedRows extends AutoCloseable {

  /** The number that means no state. */
  int NO_STATE = 0;

  /** Runs a job over all blocks. */
  <A> A sum(String description, RowPass<GatedBlock, A> pass);

  /**
   * Runs a job that reads the state {@code from} and writes the state {@code to}. Either may be
   * {@link #NO_STATE}. A partition that lost its state is given none.
   */
  <A> A step(String description, StepPass<A> pass, int from, int to);

  /** Forgets a state. */
  void release(int state);

  /** Releases patterns and states. */
  @Override
  void close();
}
