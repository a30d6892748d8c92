package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of docs/parameters.md has the Params of the estimators and their defaults. */
class ParametersPageTest {

  private static final Path PAGE = Path.of("../docs/parameters.md");

  static Stream<Params> estimators() {
    return Stream.of(new ConvexReLUClassifier(), new ConvexReLURegressor());
  }

  /** From a name in the table to its default. */
  private static Map<String, String> table() throws IOException {
    Map<String, String> defaults = new TreeMap<>();
    for (String line : Files.readString(PAGE).split("\\R")) {
      if (line.startsWith("| `")) {
        List<String> cells = List.of(line.split("\\|"));
        assertThat(cells).as("name, meaning, range and default: %s", line).hasSize(5);
        String name = cells.get(1).strip().replace("`", "");
        assertThat(defaults.put(name, cells.get(4).strip())).as(name).isNull();
      }
    }
    return defaults;
  }

  /** The Params that are named below the table: MLlib's, with MLlib's defaults. */
  private static Set<String> below() throws IOException {
    String text = Files.readString(PAGE);
    return Pattern.compile("`(\\w+)`")
        .matcher(text.substring(text.indexOf("Beside them")))
        .results()
        .map((MatchResult found) -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void namesEveryParamOnce() throws IOException {
    Set<String> params =
        estimators()
            .flatMap(estimator -> Arrays.stream(estimator.params()))
            .map(Param::name)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> named = new TreeSet<>(table().keySet());
    assertThat(named).as("in the table and below it").doesNotContainAnyElementsOf(below());
    named.addAll(below());
    assertThat(named).isEqualTo(params);
  }

  @ParameterizedTest
  @MethodSource("estimators")
  void defaultsAreThoseOfTheParams(Params estimator) throws IOException {
    for (Map.Entry<String, String> row : table().entrySet()) {
      if (!estimator.hasParam(row.getKey())) {
        continue;
      }
      Param<Object> param = estimator.getParam(row.getKey());
      String told = row.getValue();
      if (!estimator.hasDefault(param)) {
        assertThat(told).as(param.name()).startsWith("unset");
        continue;
      }
      Object standard = estimator.getDefault(param).get();
      if (param.name().equals("seed")) {
        assertThat(told).isEqualTo("fixed, of the class name");
      } else if (standard instanceof Number number) {
        assertThat(Double.parseDouble(told)).as(param.name()).isEqualTo(number.doubleValue());
      } else if (standard instanceof int[] array) {
        assertThat(told).as(param.name()).isEqualTo("empty");
        assertThat(array).isEmpty();
      } else {
        assertThat(told).as(param.name()).isEqualTo(standard.toString());
      }
    }
  }
}
