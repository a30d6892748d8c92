package org.convexnn.ml;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.convexnn.ml.params.InputColumns;
import org.convexnn.network.FeatureConstraints;

/**
 * The Params {@code monotoneConstraints} and {@code interactionConstraints} as they are written:
 * features by names or numbers.
 *
 * @param monotone {@code feature:1}, {@code feature:-1} or {@code feature:0} each; or a number for each
 *     feature
 * @param interactions features with commas between each
 */
record Constraints(List<String> monotone, List<String> interactions) {

  /** What a list of directions may be, in words. */
  static final String DIRECTIONS =
      "a list of feature:1 (rises), feature:-1 (falls) or feature:0, or of 1, -1 or 0 for each feature";

  /** What a list of interactions may be, in words. */
  static final String INTERACTIONS = "a list of features with commas between, such as 'age,region'";

  private static final Pattern NUMBER = Pattern.compile("[+-]?[01]");
  private static final Pattern NAMED = Pattern.compile("(?s).+:[+-]?[01]");

  /** Those of an estimator or model. */
  static Constraints of(ConvexReLUParams params) {
    return new Constraints(params.monotoneFeatures(), params.interactingFeatures());
  }

  /** Whether texts are directions, all of one kind. */
  static boolean areDirections(List<String> texts) {
    return texts.stream().allMatch(text -> NUMBER.matcher(text).matches())
        || texts.stream().allMatch(text -> NAMED.matcher(text).matches());
  }

  /** Whether texts are lists of features. */
  static boolean areInteractions(List<String> texts) {
    return texts.stream()
        .flatMap(text -> Arrays.stream(text.split(",", -1)))
        .noneMatch(String::isBlank);
  }

  /** Whether there is none. */
  boolean none() {
    return monotone.isEmpty() && interactions.isEmpty();
  }

  private boolean numbered() {
    return !monotone.isEmpty() && NUMBER.matcher(monotone.get(0)).matches();
  }

  private static String feature(String direction) {
    return direction.substring(0, direction.lastIndexOf(':'));
  }

  private static int sign(String direction) {
    return Integer.parseInt(direction.substring(direction.lastIndexOf(':') + 1));
  }

  /**
   * By the numbers of features.
   *
   * @param columns know the features
   * @param codes by feature how many codes of categories it holds, 0 of numbers
   * @throws IllegalArgumentException for a name of no feature, a category, and two directions of one
   *     feature
   */
  FeatureConstraints numbered(FeatureColumns columns, InputColumns input, int[] codes) {
    int size = columns.size(input);
    if (numbered() && size >= 0 && monotone.size() != size) {
      throw new IllegalArgumentException(
          "monotoneConstraints is "
              + monotone
              + ", "
              + monotone.size()
              + " numbers, and there are "
              + size
              + " features: give 1, -1 or 0 for each, or feature:1 and feature:-1 for some");
    }
    Map<Integer, Integer> signs = new TreeMap<>();
    for (int k = 0; k < monotone.size(); k++) {
      String text = monotone.get(k);
      int j = numbered() ? k : columns.feature(input, "monotoneConstraints", feature(text));
      int sign = sign(text);
      Integer other = signs.put(j, sign);
      if (other != null && other != sign) {
        throw new IllegalArgumentException(
            "monotoneConstraints is "
                + monotone
                + ", of which '"
                + feature(text)
                + "' is to have the directions "
                + other
                + " and "
                + sign
                + ": give each feature one");
      }
      if (sign != 0 && j < codes.length && codes[j] != 0) {
        throw new IllegalArgumentException(
            "monotoneConstraints names '"
                + (numbered() ? j : feature(text))
                + "', whose values are categories, without an order: leave it out, or make it a"
                + " number");
      }
    }
    int count = signs.keySet().stream().mapToInt(j -> j + 1).max().orElse(0);
    return new FeatureConstraints(
        IntStream.range(0, count).mapToObj(j -> signs.getOrDefault(j, 0)).toList(),
        together(name -> columns.feature(input, "interactionConstraints", name)));
  }

  private List<List<Integer>> together(ToIntFunction<String> number) {
    List<List<Integer>> lists = new ArrayList<>();
    for (String text : interactions) {
      lists.add(
          Arrays.stream(text.split(","))
              .map(name -> number.applyAsInt(name.strip()))
              .distinct()
              .toList());
    }
    return lists;
  }

  /** Refuses numbers of features that there are not, where only rows tell how many there are. */
  void check(FeatureConstraints numbers, int features) {
    int last =
        Math.max(
            numbers.monotone().size(),
            1
                + numbers.together().stream()
                    .flatMap(List::stream)
                    .mapToInt(j -> j)
                    .max()
                    .orElse(-1));
    if (last > features || (numbered() && monotone.size() != features)) {
      throw new IllegalArgumentException(
          (numbers.monotone().size() == last
                  ? "monotoneConstraints is " + monotone
                  : "interactionConstraints is " + interactions)
              + ", and there are "
              + features
              + " features: number them from 0 to "
              + (features - 1)
              + ", or give 1, -1 or 0 for each");
    }
  }

  /** Such as {@code age (+), 3 (-)}; empty where no feature has a direction. */
  String directions() {
    return IntStream.range(0, monotone.size())
        .filter(k -> sign(monotone.get(k)) != 0)
        .mapToObj(
            k ->
                (numbered() ? k : feature(monotone.get(k)))
                    + (sign(monotone.get(k)) > 0 ? " (+)" : " (-)"))
        .collect(Collectors.joining(", "));
  }
}
