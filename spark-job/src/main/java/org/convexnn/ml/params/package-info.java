/**
 * Helpers of Params and columns that know no Estimator: checks with a message, texts, the
 * columns of a Dataset.
 */
package org.convexnn.ml.params;
