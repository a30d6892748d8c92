/**
 * A network evaluated on MLlib's vectors, on executors and in servers without Spark, and
 * numbers derived from its scores.
 */
package org.convexnn.ml.score;
