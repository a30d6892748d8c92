/**
 * Passes over rows with activation patterns: gradients, Gram matrices, row steps of the
 * solvers, sweeps over trees, the certificate's sums.
 */
package org.convexnn.block.pass.gated;
