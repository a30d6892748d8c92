package org.convexnn.network;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * What a network of trees is held to: in which features it rises or falls, and which features may be
 * tested on the way to one leaf.
 *
 * @param monotone for each feature 1 (the output never falls where the feature rises), -1 (it never
 *     rises) or 0 (free); features beyond the list are free
 * @param together lists of features: those tested on the way to a leaf are all in one of them, so that
 *     the network is a sum of functions of one list's features each; a feature in none stands alone; no
 *     list = no constraint
 */
public record FeatureConstraints(List<Integer> monotone, List<List<Integer>> together)
    implements Serializable {

  /** Nothing. */
  public static final FeatureConstraints NONE = new FeatureConstraints(List.of(), List.of());

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException for another number than 1, -1 or 0
   */
  public FeatureConstraints {
    monotone = List.copyOf(monotone);
    together = together.stream().map(List::copyOf).toList();
    for (int sign : monotone) {
      if (sign < -1 || sign > 1) {
        throw new IllegalArgumentException("a direction is " + sign + "; it must be 1, -1 or 0");
      }
    }
  }

  /** Whether there is no constraint. */
  public boolean none() {
    return !ordered() && together.isEmpty();
  }

  /** Whether the network is held to be monotone in some feature. */
  public boolean ordered() {
    return monotone.stream().anyMatch(sign -> sign != 0);
  }

  /** The direction of a feature, 1, -1 or 0. */
  public int direction(int feature) {
    return feature < monotone.size() ? monotone.get(feature) : 0;
  }

  /** Whether a feature may be tested where all of some others are. */
  public boolean admits(int[] others, int feature) {
    return together.isEmpty()
        || others.length == 0
        || (others.length == 1 && others[0] == feature)
        || together.stream()
            .anyMatch(
                list -> list.contains(feature) && Arrays.stream(others).allMatch(list::contains));
  }
}
