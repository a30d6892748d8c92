/**
 * The library's face in MLlib's manner: Estimators, Models, Params, training summaries and
 * persistence. Knows everything below it; knows no files beyond a saved model and no command
 * line.
 */
package org.convexnn.ml;
