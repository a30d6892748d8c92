/**
 * The optimization: ADMM consensus loop and its sister solvers, certificate, regularisation path.
 * Driver-side, written against {@link org.convexnn.solver.Rows}; knows no Spark.
 */
package org.convexnn.solver;
