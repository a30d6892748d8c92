package org.convexnn.block.pass;

import java.io.Serializable;
import java.util.Optional;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowState;

/**
 * A sum over gated blocks that also reads a row state and may write the next one.
 *
 * <p>The state is disposable: a worker that finds none must start from what it carries, so that
 * retries, speculation and lost executors change nothing but time.
 *
 * @param <A> the result
 */
public interface StepPass<A> extends Serializable {

  /** A new worker for one partition. */
  Worker<A> worker();

  /** The sum of two partial results; may reuse either. */
  A merge(A left, A right);

  /** Steps the blocks of one partition. */
  interface Worker<A> {

    /**
     * Adds one block.
     *
     * @param previous the block's state, where one was kept
     * @return the block's next state; ignored where the caller keeps none
     */
    RowState accept(GatedBlock block, Optional<RowState> previous);

    /** The sum over the blocks accepted. */
    A result();
  }
}
