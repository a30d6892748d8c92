package org.convexnn.ml;

import java.lang.reflect.ParameterizedType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/**
 * The Python source of the Params, written from the Java ones: declarations with their texts,
 * defaults, getters, setters, and the keyword arguments of the two estimators. PySpark writes its own
 * shared Params in the same way.
 */
final class PythonParams {

  /** Declared, set and got by PySpark's own base classes. */
  private static final Set<String> INHERITED =
      Set.of(
          "featuresCol",
          "labelCol",
          "predictionCol",
          "rawPredictionCol",
          "probabilityCol",
          "thresholds");

  /** A type in Python: its hint and PySpark's converter. */
  private record PythonType(String hint, String converter) {}

  private static final Map<Class<?>, PythonType> TYPES =
      Map.of(
          IntParam.class, new PythonType("int", "toInt"),
          LongParam.class, new PythonType("int", "toInt"),
          DoubleParam.class, new PythonType("float", "toFloat"),
          BooleanParam.class, new PythonType("bool", "toBoolean"),
          IntArrayParam.class, new PythonType("List[int]", "toListInt"),
          DoubleArrayParam.class, new PythonType("List[float]", "toListFloat"),
          StringArrayParam.class, new PythonType("List[str]", "toListString"));

  private static final String IN_MEMORY =
      "; a model in memory is taken too, but not saved with the estimator: save refuses";

  private static final int WIDTH = 88;
  private static final String INDENT = " ".repeat(4);

  private final ConvexReLUClassifier classifier = new ConvexReLUClassifier();
  private final ConvexReLURegressor regressor = new ConvexReLURegressor();
  private final StringBuilder out = new StringBuilder();

  private PythonParams() {}

  /** The whole module. */
  static String source() {
    return new PythonParams().module();
  }

  private String module() {
    line(0, "# Written by the Java test PythonPackageTest from the Params of the Java classes.");
    line(0, "\"\"\"Params of ConvexNN's estimators and models.\"\"\"");
    line(0, "");
    line(0, "from __future__ import annotations");
    line(0, "");
    line(0, "from typing import Any, Callable, Dict, List, Optional, TypeVar, Union");
    line(0, "");
    line(0, "from pyspark.ml.param import Param, Params, TypeConverters");
    line(0, "from pyspark.ml.param.shared import HasWeightCol");
    line(0, "from pyspark.ml.wrapper import JavaModel");
    line(0, "");
    line(0, "from convexnn._arguments import keyword_only");
    line(0, "");
    line(0, "A = TypeVar(\"A\")");
    line(0, "T = TypeVar(\"T\", bound=\"ConvexReLUTraining\")");
    params();
    setters();
    arguments("ConvexReLUClassifierArguments", classifier);
    arguments("ConvexReLURegressorArguments", regressor);
    return out.toString();
  }

  private void params() {
    start("ConvexReLUParams(HasWeightCol)", "Params of estimators and models, and their getters.");
    for (Param<?> param : own()) {
      line(1, param.name() + ": Param[" + type(param).hint() + "] = Param(");
      line(2, "Params._dummy(),");
      line(2, "\"" + param.name() + "\",");
      List<String> text = wrapped(escaped(param.doc()), WIDTH - 11);
      for (int i = 0; i < text.size(); i++) {
        boolean last = i == text.size() - 1;
        line(2, "\"" + text.get(i) + (last ? "\"," : " \""));
      }
      line(2, "typeConverter=TypeConverters." + type(param).converter() + ",");
      line(1, ")");
      line(0, "");
    }
    line(1, "def __init__(self, *args: Any) -> None:");
    line(2, "super().__init__(*args)");
    line(2, "self._setDefault(");
    own().stream()
        .filter(this::sharedDefault)
        .forEach(p -> line(3, p.name() + "=" + defaultOf(classifier, p) + ","));
    line(2, ")");
    for (Param<?> param : own()) {
      line(0, "");
      line(1, "def get" + capital(param) + "(self) -> " + type(param).hint() + ":");
      line(2, "\"\"\"Gets the value of " + param.name() + " or its default value.\"\"\"");
      line(2, "return self.getOrDefault(self." + param.name() + ")");
    }
  }

  private void setters() {
    start("ConvexReLUTraining(ConvexReLUParams)", "Setters of the estimators.");
    for (Param<?> param : own()) {
      if (param != own().get(0)) {
        line(0, "");
      }
      line(1, "def set" + capital(param) + "(self: T, value: " + hint(param) + ") -> T:");
      line(2, "\"\"\"");
      String doc = escaped(param.doc() + (takesModel(param) ? IN_MEMORY : ""));
      wrapped("Sets " + param.name() + ": " + doc + shownDefault(param) + ".", WIDTH - 8)
          .forEach(text -> line(2, text));
      line(2, "\"\"\"");
      line(2, "return self._set(" + param.name() + "=value)");
    }
  }

  private void arguments(String name, Params owner) {
    start(name, "Params as keyword arguments; None, or one left out, is the default.");
    line(1, "_input_kwargs: Dict[str, Any]");
    line(1, "_made_with: Callable[[Dict[str, Any]], None]");
    line(0, "");
    line(1, "@keyword_only");
    signature("__init__", "", "None", owner);
    line(2, "super().__init__()");
    line(2, "self._made_with(self._input_kwargs)");
    line(0, "");
    line(1, "@keyword_only");
    signature("setParams", ": A", "A", owner);
    line(2, "\"\"\"Sets Params, of the names of the constructor's arguments.\"\"\"");
    line(2, "return self._set(**self._input_kwargs)  # type: ignore[attr-defined, no-any-return]");
  }

  private void signature(String name, String self, String result, Params owner) {
    line(1, "def " + name + "(");
    line(2, "self" + self + ",");
    line(2, "*,");
    Stream.concat(
            Arrays.stream(owner.params()).filter(p -> INHERITED.contains(p.name())), own().stream())
        .forEach(param -> line(2, argument(param, owner)));
    line(1, ") -> " + result + ":");
  }

  private String argument(Param<?> param, Params owner) {
    String hint = hint(param);
    boolean shown = sharedDefault(param) && !type(param).converter().startsWith("toList");
    return shown
        ? param.name() + ": " + hint + " = " + defaultOf(owner, param) + ","
        : param.name() + ": Optional[" + hint + "] = None,";
  }

  private boolean takesModel(Param<?> param) {
    return param.name().equals("initialModel");
  }

  /** The type of a value that is set. */
  private String hint(Param<?> param) {
    if (param.name().equals("featuresCol")) {
      return "Union[str, List[str]]";
    }
    return takesModel(param) ? "Union[str, JavaModel]" : type(param).hint();
  }

  private String shownDefault(Param<?> param) {
    return sharedDefault(param) ? " (default: " + defaultOf(classifier, param) + ")" : "";
  }

  /** The Params that Python has to declare, by name. */
  private List<Param<?>> own() {
    return Arrays.<Param<?>>stream(regressor.params())
        .filter(p -> !INHERITED.contains(p.name()))
        .toList();
  }

  /** The names of Params for which this source has no place: the Python classes share theirs. */
  static List<String> misplaced() {
    PythonParams python = new PythonParams();
    return Stream.concat(names(python.classifier), names(python.regressor))
        .filter(name -> !python.classifier.hasParam(name) || !python.regressor.hasParam(name))
        .toList();
  }

  private static Stream<String> names(Params owner) {
    return Arrays.stream(owner.params()).map(Param::name).filter(name -> !INHERITED.contains(name));
  }

  /** Whether there is a default and it is the same for all classes, as that of seed is not. */
  private boolean sharedDefault(Param<?> param) {
    List<String> defaults =
        Stream.<Params>of(classifier, regressor)
            .filter(owner -> owner.hasParam(param.name()))
            .map(owner -> defaultOf(owner, param))
            .distinct()
            .toList();
    return defaults.size() == 1 && !defaults.get(0).isEmpty();
  }

  /** The default of an owner's Param of this name in Python's notation, empty where there is none. */
  private static String defaultOf(Params owner, Param<?> like) {
    Param<?> param = owner.getParam(like.name());
    return owner.hasDefault(param) ? literal(owner.getDefault(param).get()) : "";
  }

  private PythonType type(Param<?> param) {
    if (ofStrings(param)) {
      return new PythonType("str", "toString");
    }
    return Optional.ofNullable(TYPES.get(param.getClass()))
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Param " + param.name() + ": PythonParams.TYPES lacks " + param.getClass()));
  }

  private boolean ofStrings(Param<?> param) {
    try {
      return classifier.getClass().getMethod(param.name()).getGenericReturnType()
              instanceof ParameterizedType type
          && type.getActualTypeArguments()[0] == String.class;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String literal(Object value) {
    if (value instanceof Boolean b) {
      return b ? "True" : "False";
    } else if (value instanceof String s) {
      return "\"" + escaped(s) + "\"";
    } else if (value instanceof int[] integers) {
      return Arrays.toString(integers);
    } else if (value instanceof double[] numbers) {
      return Arrays.toString(numbers);
    }
    return value.toString();
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  private static String capital(Param<?> param) {
    return Character.toUpperCase(param.name().charAt(0)) + param.name().substring(1);
  }

  /** Lines of at most so many characters, broken at single blanks. */
  private static List<String> wrapped(String text, int width) {
    return Arrays.asList(
        text.replaceAll("(.{1," + width + "})( |$)", "$1\n").stripTrailing().split("\n"));
  }

  private void start(String name, String doc) {
    line(0, "");
    line(0, "");
    line(0, "class " + name + ":");
    line(1, "\"\"\"" + doc + "\"\"\"");
    line(0, "");
  }

  private void line(int depth, String text) {
    out.append(text.isEmpty() ? "" : INDENT.repeat(depth) + text).append('\n');
  }
}
