/**
 * The arithmetic on some rows of a block: products with F and its transpose, F never built, in
 * single and double precision, dense and sparse; ReLU neurons; the dual value along a ray.
 */
package org.convexnn.block.kernel;
