/**
 * The solvers: Gram matrix, row-split ADMM, consensus over trees, L-BFGS, proximal gradient,
 * and the linear fit; their metrics and the cost model that chooses between them.
 */
package org.convexnn.solver.method;
