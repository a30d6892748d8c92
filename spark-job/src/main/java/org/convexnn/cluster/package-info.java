/**
 * {@link org.convexnn.solver.rows.Rows} on an RDD of blocks: packing and checking rows, caching,
 * broadcasts, tree sums in a fixed order, row state. Knows Spark's RDDs; knows no Params.
 */
package org.convexnn.cluster;
