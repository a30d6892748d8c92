/**
 * The first looks at the data: feature map, units of labels, the constant model, the span of
 * gates; and the groups that the penalty is a sum over.
 */
package org.convexnn.solver.setup;
