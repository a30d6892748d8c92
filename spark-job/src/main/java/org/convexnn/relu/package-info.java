/**
 * Plain two-layer ReLU networks of any width: their program, bounds over all activation
 * patterns, prices of neurons, and the certificate of a network from anywhere. Written against
 * {@link org.convexnn.solver.rows.Rows}; knows no Spark.
 */
package org.convexnn.relu;
