/**
 * The convex program in solver coordinates, what a solver of it is asked and returns, and the
 * norms of its groups.
 */
package org.convexnn.solver.program;
