/** The sums over rows that squared loss needs: added by folds, kept, written and read. */
package org.convexnn.solver.gram;
