package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.convexnn.solver.AllPatterns;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.RankBound;
import org.convexnn.solver.TraceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Python package says what the Java classes say. Needs no Python; PySparkTest runs it. */
class PythonPackageTest {

  private static final Path PACKAGE = Path.of("src", "main", "python", "convexnn");

  @Test
  void paramsAreThoseOfJava() throws IOException {
    assertThat(PythonParams.misplaced())
        .as("Params of the classifier alone: PythonParams has to learn where they go")
        .isEmpty();
    Path written = Path.of("target", "_params.py");
    Files.createDirectories(written.getParent());
    Files.writeString(written, PythonParams.source());
    assertThat(Files.mismatch(written, PACKAGE.resolve("_params.py")))
        .as(
            "The Params of Java are not those of Python, from some byte on; what Python should have"
                + " has just been written. In the top folder run%n%n"
                + "  cp spark-job/target/_params.py spark-job/src/main/python/convexnn/_params.py%n")
        .isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        AllPatterns.class,
        Certificate.class,
        PathPoint.class,
        RankBound.class,
        TraceRecord.class
      })
  void namedTuplesHaveTheComponentsOfTheRecords(Class<?> record) throws IOException {
    List<String> components =
        Arrays.stream(record.getRecordComponents()).map(RecordComponent::getName).toList();
    assertThat(matches("^    (\\w+): ", body(record.getSimpleName(), "records.py")))
        .as("fields of %s in convexnn/records.py", record.getSimpleName())
        .isEqualTo(components);
  }

  @Test
  void summariesHaveTheMethodsOfJava() throws IOException {
    Class<?> summary = ConvexReLUTrainingSummary.class;
    List<String> methods =
        Arrays.stream(summary.getDeclaredMethods())
            .filter(m -> Modifier.isPublic(m.getModifiers()))
            .map(Method::getName)
            .filter(name -> !List.of("equals", "hashCode", "toString").contains(name))
            .toList();
    assertThat(matches("^    def (\\w+)\\(self", body(summary.getSimpleName(), "summary.py")))
        .as("properties of %s in convexnn/summary.py", summary.getSimpleName())
        .containsAll(methods);
  }

  /** What belongs to a class: all up to the next line that is not indented. */
  private static String body(String name, String file) throws IOException {
    String source = Files.readString(PACKAGE.resolve(file));
    Matcher matcher =
        Pattern.compile("^class " + name + "\\(.*\\R((?:    .*\\R|\\R)*)", Pattern.MULTILINE)
            .matcher(source);
    assertThat(matcher.find()).as("class %s in convexnn/%s", name, file).isTrue();
    return matcher.group(1);
  }

  private static List<String> matches(String regex, String text) {
    return Pattern.compile(regex, Pattern.MULTILINE)
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .toList();
  }
}
