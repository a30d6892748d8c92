package org.convexnn.solver;

import org.convexnn.block.RowSelection;

/**
 * Which rows a program is fitted to, or a score is computed on.
 *
 * @param selection which they are
 * @param weight W, their weight
 * @param count about how many they are
 */
public record SelectedRows(RowSelection selection, double weight, long count) {

  /** All rows. */
  static SelectedRows all(Frame frame) {
    return new SelectedRows(RowSelection.ALL, frame.stats().weight(), frame.stats().rows());
  }
}
