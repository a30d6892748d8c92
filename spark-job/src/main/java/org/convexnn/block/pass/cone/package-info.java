/**
 * Passes of exact ReLU, whose neurons are held to the cones of their patterns: products, row
 * steps, barrier, cuts.
 */
package org.convexnn.block.pass.cone;
