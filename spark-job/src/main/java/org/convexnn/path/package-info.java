/**
 * Path-regularised parallel networks of three layers, exact: the convex program with cones on a few
 * rows, its bounds and its layers (docs/theory/depth.md). Knows no Spark.
 */
package org.convexnn.path;
