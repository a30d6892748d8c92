/**
 * The optimization: solvers of one convex program (Gram matrix, row-split ADMM, L-BFGS, proximal
 * gradient), its certificate, the choice of gates and the path over beta.
 * Driver-side, written against {@link org.convexnn.solver.Rows}; knows no Spark.
 */
package org.convexnn.solver;
