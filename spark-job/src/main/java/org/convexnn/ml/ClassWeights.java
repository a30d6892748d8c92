package org.convexnn.ml;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.convexnn.cluster.Packing;
import org.convexnn.ml.params.InputColumns;

/**
 * The Param {@code classWeights}: what the rows of a class count, beside their own weight, by which it
 * is multiplied in training. Probabilities are then those of a population that has the classes in these
 * proportions (King and Zeng, Logistic regression in rare events data, Political Analysis 9, 2001,
 * section 4.2).
 */
sealed interface ClassWeights {

  /** What the Param may be, in words. */
  String ALLOWED =
      "'balanced', or a positive number for each class, or class:number for some, all others counting 1";

  /** The word for weights that make classes count alike. */
  String BALANCED = "balanced";

  /** A positive number; whether it is finite, its value says. */
  Pattern NUMBER = Pattern.compile("\\+?\\d*\\.?\\d+([eE][+-]?\\d+)?");

  /** The weights of rows, of a label and a weight that are numbers. */
  Column times(Column weight, Column label, Dataset<Row> rows);

  /** These weights where class {@code present[k]} is called k. */
  ClassWeights of(int[] present);

  /**
   * Refuses another number of weights than there are classes, and weights of classes that there are not.
   *
   * @throws IllegalArgumentException with what is allowed
   */
  void check(int classes);

  /** All classes count 1. */
  record Equal() implements ClassWeights {
    @Override
    public Column times(Column weight, Column label, Dataset<Row> rows) {
      return weight;
    }

    @Override
    public ClassWeights of(int[] present) {
      return this;
    }

    @Override
    public void check(int classes) {
      // There is nothing to refuse.
    }
  }

  /** {@code W / (C W_k)}: the weight W of all rows by the number C of classes and that of class k's rows. */
  record Balanced() implements ClassWeights {
    @Override
    public Column times(Column weight, Column label, Dataset<Row> rows) {
      // Labels and weights that are no such are refused where rows are packed.
      Map<Integer, Double> sums = new HashMap<>();
      rows.select(label.as("label"), weight.as("weight"))
          .where("label between 0 and " + (Packing.MOST_CLASSES - 1) + " and label = floor(label)")
          .where("weight > 0 and weight < double('Infinity')")
          .groupBy("label")
          .sum("weight")
          .collectAsList()
          .forEach(sum -> sums.put((int) sum.getDouble(0), sum.getDouble(1)));
      double all = sums.values().stream().mapToDouble(sum -> sum).sum();
      double[] byClass = new double[1 + sums.keySet().stream().mapToInt(k -> k).max().orElse(-1)];
      Arrays.setAll(
          byClass, k -> sums.containsKey(k) ? all / (sums.size() * sums.get(k)) : Given.OTHERS);
      return new Given(List.of(BALANCED), byClass, true).times(weight, label, rows);
    }

    @Override
    public ClassWeights of(int[] present) {
      return this;
    }

    @Override
    public void check(int classes) {
      // There is nothing to refuse.
    }
  }

  /**
   * Numbers by class.
   *
   * @param texts as they are written
   * @param byClass the weights of the first classes; all others count 1
   * @param some whether there may be fewer weights than classes
   */
  record Given(List<String> texts, double[] byClass, boolean some) implements ClassWeights {

    private static final double OTHERS = 1;

    @Override
    public Column times(Column weight, Column label, Dataset<Row> rows) {
      double[] weights = byClass;
      UDF1<Double, Double> ofLabel =
          k -> k != null && k >= 0 && k < weights.length ? weights[(int) (double) k] : OTHERS;
      return weight.multiply(functions.udf(ofLabel, DataTypes.DoubleType).apply(label));
    }

    @Override
    public ClassWeights of(int[] present) {
      return new Given(
          texts,
          Arrays.stream(present)
              .mapToDouble(k -> k < byClass.length ? byClass[k] : OTHERS)
              .toArray(),
          some);
    }

    @Override
    public void check(int classes) {
      if (byClass.length > classes || (!some && byClass.length < classes)) {
        throw new IllegalArgumentException(
            "classWeights is "
                + texts
                + ", and there are "
                + classes
                + " classes, numbered from 0 to "
                + (classes - 1)
                + ": give one number for each class, class:number for some, or 'balanced'");
      }
    }
  }

  /** Whether texts are what the Param may be. */
  static boolean areWeights(List<String> texts) {
    return texts.equals(List.of(BALANCED))
        || texts.stream().allMatch(ClassWeights::positive)
        || texts.stream()
            .allMatch(
                text ->
                    text.lastIndexOf(':') > 0
                        && positive(text.substring(text.lastIndexOf(':') + 1)));
  }

  private static boolean positive(String text) {
    if (!NUMBER.matcher(text).matches()) {
      return false;
    }
    double value = Double.parseDouble(text);
    return value > 0 && Double.isFinite(value);
  }

  /**
   * Those of an estimator, classes by their numbers.
   *
   * @param input knows the names of classes
   * @throws IllegalArgumentException for the name of no class, and for two weights of one class
   */
  static ClassWeights of(ConvexReLUParams params, InputColumns input, String label) {
    List<String> texts = params.weightsOfClasses();
    if (texts.isEmpty()) {
      return new Equal();
    } else if (texts.equals(List.of(BALANCED))) {
      return new Balanced();
    } else if (texts.stream().allMatch(ClassWeights::positive)) {
      return new Given(texts, texts.stream().mapToDouble(Double::parseDouble).toArray(), false);
    }
    double[] byClass = {};
    boolean[] given = {};
    for (String text : texts) {
      int colon = text.lastIndexOf(':');
      int k = number(text.substring(0, colon), input, label);
      if (k < given.length && given[k]) {
        throw new IllegalArgumentException(
            "classWeights is "
                + texts
                + ", of which '"
                + text.substring(0, colon)
                + "' is to have two weights: give each class one");
      }
      if (k >= byClass.length) {
        int known = byClass.length;
        byClass = Arrays.copyOf(byClass, k + 1);
        given = Arrays.copyOf(given, k + 1);
        Arrays.fill(byClass, known, k, Given.OTHERS);
      }
      byClass[k] = Double.parseDouble(text.substring(colon + 1));
      given[k] = true;
    }
    return new Given(texts, byClass, true);
  }

  private static int number(String name, InputColumns input, String label) {
    List<String> names = input.classNames(label);
    int k = names.indexOf(name);
    if (k < 0 && name.matches("\\d{1,9}")) {
      k = Integer.parseInt(name);
    }
    OptionalInt classes = input.classes(label);
    int most = classes.orElse(Packing.MOST_CLASSES);
    if (k < 0 || k >= most) {
      throw new IllegalArgumentException(
          "classWeights names '"
              + name
              + "', which is no class of label column '"
              + label
              + "': name them by "
              + (names.isEmpty()
                  ? "their numbers, from 0 on"
                  : "one of " + String.join(", ", names.subList(0, Math.min(10, names.size()))))
              + (classes.isPresent() ? ", below " + most : ""));
    }
    return k;
  }
}
