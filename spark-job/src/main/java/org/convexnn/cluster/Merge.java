package org.convexnn.cluster;

import java.io.Serializable;

/**
 * The sum of two partial results, shipped to executors.
 *
 * @param <A> the result
 */
interface Merge<A> extends Serializable {

  /** Left plus right; may reuse either. */
  A merge(A left, A right);
}
