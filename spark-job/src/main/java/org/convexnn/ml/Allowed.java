package org.convexnn.ml;

import java.io.Serializable;
import java.util.List;
import scala.runtime.AbstractFunction1;

/**
 * A Param's validator that says which Param, which value and what is allowed. (Where a validator
 * returns false Spark names the first two alone, so this one throws.)
 */
final class Allowed extends AbstractFunction1<Object, Object> implements Serializable {

  private static final long serialVersionUID = 1L;

  /** A condition on a value, shipped with its Param. */
  interface Condition extends Serializable {
    /** Whether the value is allowed. */
    boolean test(double value);
  }

  private final String name;
  private final String text;
  private final Condition condition;
  private final List<String> values;

  private Allowed(String name, String text, Condition condition, List<String> values) {
    this.name = name;
    this.text = text;
    this.condition = condition;
    this.values = values;
  }

  /** Numbers that meet a condition, which {@code text} puts in words. */
  static Allowed numbers(String name, String text, Condition condition) {
    return new Allowed(name, text, condition, List.of());
  }

  /** One of these words. */
  static Allowed words(String name, List<String> words) {
    return new Allowed(name, "one of " + String.join(", ", words), v -> false, words);
  }

  @Override
  public Object apply(Object value) {
    boolean good =
        value instanceof Number number
            ? condition.test(number.doubleValue())
            : values.contains(String.valueOf(value));
    if (!good) {
      throw new IllegalArgumentException(name + " is " + quoted(value) + "; it must be " + text);
    }
    return true;
  }

  private static String quoted(Object value) {
    return value instanceof String ? "'" + value + "'" : String.valueOf(value);
  }
}
