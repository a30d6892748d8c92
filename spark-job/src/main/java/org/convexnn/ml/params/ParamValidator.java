package org.convexnn.ml.params;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import scala.runtime.AbstractFunction1;

/**
 * A Param's validator that says which Param, which value and what is allowed. (Where a validator
 * returns false Spark names the first two alone, so this one throws.)
 */
public final class ParamValidator extends AbstractFunction1<Object, Object>
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** A condition on a value, shipped with its Param. */
  public interface Condition extends Serializable {
    /** Whether the value is allowed. */
    boolean test(double value);
  }

  /** A condition on a list of integers. */
  public interface IntegersCondition extends Serializable {
    /** Whether the list is allowed. */
    boolean test(List<Integer> values);
  }

  /** A condition on a list of texts. */
  public interface TextsCondition extends Serializable {
    /** Whether the list is allowed. */
    boolean test(List<String> values);
  }

  private interface AnyCondition extends Serializable {
    boolean test(Object value);
  }

  private final String name;
  private final String text;
  private final AnyCondition condition;

  private ParamValidator(String name, String text, AnyCondition condition) {
    this.name = name;
    this.text = text;
    this.condition = condition;
  }

  /** Numbers that meet a condition, which {@code text} puts in words. */
  public static ParamValidator numbers(String name, String text, Condition condition) {
    return new ParamValidator(name, text, v -> condition.test(((Number) v).doubleValue()));
  }

  /** One of these words. */
  public static ParamValidator words(String name, List<String> words) {
    return new ParamValidator(
        name, "one of " + String.join(", ", words), v -> words.contains(String.valueOf(v)));
  }

  /** Arrays of integers that meet a condition, which {@code text} puts in words. */
  public static ParamValidator integers(String name, String text, IntegersCondition condition) {
    return new ParamValidator(
        name, text, v -> condition.test(Arrays.stream((int[]) v).boxed().toList()));
  }

  /** Arrays of texts that meet a condition, which {@code text} puts in words. */
  public static ParamValidator texts(String name, String text, TextsCondition condition) {
    return new ParamValidator(name, text, v -> condition.test(Arrays.asList((String[]) v)));
  }

  /**
   * Refuses thresholds with a remedy, before MLlib's validator does without one.
   *
   * @return the same
   */
  public static double[] thresholds(double[] values) {
    boolean good =
        Arrays.stream(values).allMatch(t -> t >= 0)
            && Arrays.stream(values).filter(t -> t == 0).count() <= 1;
    if (!good) {
      throw new IllegalArgumentException(
          "thresholds is "
              + Arrays.toString(values)
              + "; it must be one number for each class, not negative and at most one of them 0: the"
              + " class with the largest probability / threshold is predicted");
    }
    return values;
  }

  @Override
  public Object apply(Object value) {
    if (!condition.test(value)) {
      throw new IllegalArgumentException(name + " is " + quoted(value) + "; it must be " + text);
    }
    return true;
  }

  private static String quoted(Object value) {
    return value instanceof String ? "'" + value + "'" : ParamText.text(value);
  }
}
