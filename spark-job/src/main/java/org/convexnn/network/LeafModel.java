package org.convexnn.network;

/** What stands in the leaves of trees: which of the coordinates z~ = [z, 1] a leaf's weights are on. */
public enum LeafModel {
  /** The bias alone, one number a leaf and output: a network of threshold neurons. */
  CONSTANT,
  /** The bias and the columns that are tested on the way to the leaf. */
  PATH,
  /** All coordinates. */
  LINEAR
}
