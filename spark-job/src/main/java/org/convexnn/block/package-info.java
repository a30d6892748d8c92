/**
 * A block of rows as it is kept: features, dense or sparse, labels, weights, keys, and the
 * patterns of the gates on them. Computes nothing over rows but these.
 */
package org.convexnn.block;
