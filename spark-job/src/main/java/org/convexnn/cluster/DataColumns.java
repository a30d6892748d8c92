package org.convexnn.cluster;

import java.util.Optional;
import java.util.function.IntFunction;

/**
 * What the user calls the columns, for messages. Stays on the driver.
 *
 * @param features name of the column of feature vectors
 * @param label name of the label column
 * @param weight name of the weight column, where there is one
 * @param validation name of the column that marks rows held out to choose beta, where there is one
 * @param fold name of the column of groups, where there is one
 * @param offset name of the column of offsets of the raw output, where there is one
 * @param featureName the name of feature j, for instance {@code age}, where the column knows it
 */
public record DataColumns(
    String features,
    String label,
    Optional<String> weight,
    Optional<String> validation,
    Optional<String> fold,
    Optional<String> offset,
    IntFunction<Optional<String>> featureName) {

  /** Columns without marks, groups and offsets. */
  public DataColumns(
      String features,
      String label,
      Optional<String> weight,
      IntFunction<Optional<String>> featureName) {
    this(
        features, label, weight, Optional.empty(), Optional.empty(), Optional.empty(), featureName);
  }

  /** How a message names feature j: its own name, else {@code features[j]}. */
  public String feature(int j) {
    return featureName
        .apply(j)
        .map(name -> "feature '" + name + "' (" + features + "[" + j + "])")
        .orElse("feature " + features + "[" + j + "]");
  }

  /** How a message names the weight. */
  String weightName() {
    return weight.map(name -> "weight column '" + name + "'").orElse("the weight");
  }
}
