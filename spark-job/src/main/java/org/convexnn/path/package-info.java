/**
 * Path-regularised parallel networks of three layers, exact: the convex program with cones on a few
 * rows, its bounds and its layers (theory.md 3). Knows no Spark.
 */
package org.convexnn.path;
