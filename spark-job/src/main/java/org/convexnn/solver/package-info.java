/**
 * What training is asked and what it tells: options, listeners, the trace, the path, the
 * certificate and the result. The rooms below do the work, driver-side, written against {@link
 * org.convexnn.solver.rows.Rows}; none knows Spark.
 */
package org.convexnn.solver;
