package org.convexnn.solver.rows;

import org.convexnn.block.RowSelection;

/**
 * Which rows a program is fitted to, or a score is computed on.
 *
 * @param selection which they are
 * @param weight W, their weight
 * @param count about how many they are
 */
public record SelectedRows(RowSelection selection, double weight, long count) {}
