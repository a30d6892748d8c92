/**
 * Networks whose convex program is a nuclear norm: deep linear networks, quadratic activation,
 * generators against a quadratic discriminator. Everything about the rows is summed in one pass.
 */
package org.convexnn.linear;
