package org.convexnn.ml.params;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import scala.Option;

/** What {@code explainParam} tells. MLlib's own prints of an array no number but its address. */
public final class ParamText {

  private ParamText() {}

  /** {@code name: doc (default: value, current: value)}; of one without value {@code (undefined)}. */
  public static String of(Params owner, Param<?> param) {
    String values =
        Stream.of(value("default: ", owner.getDefault(param)), value("current: ", owner.get(param)))
            .filter(text -> !text.isEmpty())
            .collect(Collectors.joining(", "));
    return param.name()
        + ": "
        + param.doc()
        + " ("
        + (values.isEmpty() ? "undefined" : values)
        + ")";
  }

  private static String value(String name, Option<?> value) {
    return value.isEmpty() ? "" : name + text(value.get());
  }

  /** A value as text. */
  static String text(Object value) {
    if (value instanceof int[] integers) {
      return Arrays.toString(integers);
    }
    if (value instanceof String[] texts) {
      return Arrays.toString(texts);
    }
    return value instanceof double[] numbers ? Arrays.toString(numbers) : String.valueOf(value);
  }
}
