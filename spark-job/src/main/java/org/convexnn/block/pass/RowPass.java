package org.convexnn.block.pass;

import java.io.Serializable;

/**
 * A sum over blocks of rows: one worker per partition accepts its blocks in order, and the
 * partitions' results are merged. Shipped to executors, so it carries exactly what it needs.
 *
 * @param <B> the kind of block
 * @param <A> the result
 */
public interface RowPass<B, A> extends Serializable {

  /** A new worker for one partition, with the scratch memory it needs. */
  Worker<B, A> worker();

  /** The sum of two partial results; may reuse either. */
  A merge(A left, A right);

  /** Adds up the blocks of one partition. */
  interface Worker<B, A> {

    /** Adds one block. */
    void accept(B block);

    /** The sum over the blocks accepted; zero in every entry when there were none. */
    A result();
  }
}
