/**
 * All rows as solvers see them: an interface that sums passes over them, and rows in memory
 * that implement it.
 */
package org.convexnn.solver.rows;
