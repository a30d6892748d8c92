/**
 * The cone program of plain ReLU networks on given activation patterns: solvers, projection,
 * prices, decoding of its solution, decomposition of gated weights.
 */
package org.convexnn.relu.cone;
