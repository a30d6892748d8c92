package org.convexnn.block;

import java.io.Serializable;

/** The raw features of a block's rows, n x d. Immutable. */
public sealed interface Features extends Serializable permits DenseFeatures, SparseFeatures {

  /** Stored sparse below this share of non-zeros. */
  double SPARSE_BELOW = 0.1;

  /** d, the number of features. */
  int columns();

  /** Whether the non-zeros alone are stored. */
  boolean sparse();

  /** Feature j of row r. */
  double value(int r, int j);

  /** Copies the d features of row r to {@code to[0 ..]}. */
  void copyRow(int r, double[] to);

  /**
   * Copies the non-zeros of row r, in the order of the columns.
   *
   * @param columns room for d numbers, overwritten from 0 on
   * @param values the same
   * @return how many they are
   */
  int copyNonZeros(int r, int[] columns, double[] values);

  /** The bytes the arrays take. */
  long bytes();
}
