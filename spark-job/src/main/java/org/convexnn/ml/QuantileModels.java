package org.convexnn.ml;

/**
 * Two models of quantiles, between which a row's interval begins.
 *
 * @param lower of the quantile alpha / 2
 * @param upper of the quantile 1 - alpha / 2
 */
record QuantileModels(ConvexReLURegressionModel lower, ConvexReLURegressionModel upper) {

  /** Under what names they are saved. */
  static final String LOWER = "lower";

  /** Under what names they are saved. */
  static final String UPPER = "upper";
}
