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
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.convexnn.network.CategoryBins;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.Forest;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Imputation;
import org.convexnn.network.LeafPenalty;
import org.convexnn.network.Marginals;
import org.convexnn.network.Network;
import org.convexnn.network.SubNetwork;
import org.convexnn.network.Tree;
import org.convexnn.solver.AllPatterns;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.Objective;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.RankBound;
import org.convexnn.solver.TraceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import py4j.reflection.MethodInvoker;
import py4j.reflection.ReflectionEngine;

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

  @Test
  void theWheelHasTheVersionOfTheJar() throws IOException {
    Path filtered = Path.of("target", "classes", "convexnn", "_version.py");
    Map<String, String> versions =
        Pattern.compile("^(\\w+) = \"(.*)\"$", Pattern.MULTILINE)
            .matcher(Files.readString(filtered))
            .results()
            .collect(Collectors.toMap(m -> m.group(1), m -> m.group(2)));
    assertThat(versions.get("PACKAGE"))
        .as("wheel.version in pom.xml")
        .matches("\\d+\\.\\d+\\.\\d+(\\.dev0)?")
        .isEqualTo(versions.get("JAR").replace("-SNAPSHOT", ".dev0"));
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        AllPatterns.class,
        Calibration.class,
        CategoryBins.class,
        LeafPenalty.class,
        Marginals.class,
        Certificate.class,
        FeatureMap.class,
        Forest.class,
        GateSet.class,
        HalfSpaces.class,
        Imputation.class,
        IsotonicMap.class,
        Network.class,
        Objective.class,
        PathPoint.class,
        Provenance.class,
        RankBound.class,
        SubNetwork.class,
        TraceRecord.class,
        Tree.class
      })
  void namedTuplesHaveTheComponentsOfTheRecords(Class<?> record) throws IOException {
    List<String> components =
        Arrays.stream(record.getRecordComponents()).map(RecordComponent::getName).toList();
    assertThat(matches("^    (\\w+): ", body(record.getSimpleName(), "records.py")))
        .as("fields of %s in convexnn/records.py", record.getSimpleName())
        .isEqualTo(components);
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        ConvexReLUTrainingSummary.class,
        ConvexReLUClassificationSummary.class,
        ConvexReLUClassificationTrainingSummary.class,
        ConvexReLURegressionSummary.class,
        ConvexReLURegressionTrainingSummary.class
      })
  void summariesHaveTheMethodsOfJava(Class<?> summary) throws IOException {
    String name = summary.getSimpleName();
    assertThat(matches("^    def (\\w+)\\(self", body(name, "summary.py")))
        .as("properties of %s in convexnn/summary.py", name)
        .containsAll(ownMethods(summary));
    assertThat(bases(name, "summary.py"))
        .as("bases of %s in convexnn/summary.py", name)
        .containsAll(
            supertypes(summary).filter(t -> !ofSpark(t)).map(Class::getSimpleName).toList());
  }

  /** Each with the classes of the package that its Python class inherits from. */
  @ParameterizedTest
  @ValueSource(
      classes = {
        ConvexReLUClassificationModel.class,
        ConvexReLUClassifier.class,
        ConvexReLURegressionModel.class,
        ConvexReLURegressionStatistics.class,
        ConvexReLURegressor.class
      })
  void estimatorsModelsAndStatisticsHaveTheMethodsOfJava(Class<?> type) throws IOException {
    String python = withBases(type.getSimpleName(), source());
    assertThat(matches("^    def (\\w+)\\(\\s*self", python))
        .as("methods of %s in the package convexnn", type.getSimpleName())
        .containsAll(ownMethods(type));
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        ConvexReLUClassificationTrainingSummary.class,
        ConvexReLURegressionTrainingSummary.class
      })
  void py4jFindsTheMethodsOfSummaries(Class<?> summary) {
    for (Method method : summary.getMethods()) {
      if (!Modifier.isStatic(method.getModifiers())) {
        assertThat(py4jCall(summary, method.getName(), method.getParameterTypes())).isNotNull();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {ConvexReLUClassificationModel.class, ConvexReLURegressionModel.class})
  void py4jFindsTheSummaryOfAModel(Class<?> model) {
    assertThat(py4jCall(model, "hasSummary")).isNotNull();
    assertThat(py4jCall(model, "summary")).isNotNull();
  }

  /** The method that a call from Python is; an error where py4j finds none. */
  private static MethodInvoker py4jCall(Class<?> type, String name, Class<?>... parameters) {
    return new ReflectionEngine().getMethod(type, name, parameters);
  }

  /** Public methods declared by a class for users, without those that PySpark's base classes bring. */
  private static List<String> ownMethods(Class<?> type) {
    Set<String> elsewhere =
        Stream.concat(Stream.of(Object.class), supertypes(type).filter(t -> ofSpark(t)))
            .flatMap(t -> Arrays.stream(t.getMethods()))
            .map(Method::getName)
            .collect(Collectors.toSet());
    // All that TrainingResult tells are methods of the summary, but for the network, which is the
    // model's.
    elsewhere.add("training");
    // The holder of Params is for Java's interfaces, these two are for Spark Connect's server
    // (4.1).
    elsewhere.addAll(Set.of("paramSet", "estimatedSize", "loadSummary"));
    return Arrays.stream(type.getDeclaredMethods())
        .filter(m -> Modifier.isPublic(m.getModifiers()) && !Modifier.isStatic(m.getModifiers()))
        .map(Method::getName)
        .filter(name -> !elsewhere.contains(name))
        .toList();
  }

  private static Stream<Class<?>> supertypes(Class<?> type) {
    return Stream.concat(
            Stream.ofNullable(type.getSuperclass()), Arrays.stream(type.getInterfaces()))
        .filter(t -> ofSpark(t) || t.getName().startsWith("org.convexnn."));
  }

  private static boolean ofSpark(Class<?> type) {
    return type.getName().startsWith("org.apache.spark.");
  }

  private static List<String> bases(String name, String file) throws IOException {
    return List.of(declaration(name, file).group(1).split(", "));
  }

  private static String body(String name, String file) throws IOException {
    return declaration(name, file).group(2);
  }

  private static Matcher declaration(String name, String file) throws IOException {
    Matcher matcher = declarations(name, Files.readString(PACKAGE.resolve(file)));
    assertThat(matcher.find()).as("class %s in convexnn/%s", name, file).isTrue();
    return matcher;
  }

  /** Finds a class: its bases, and all up to the next line that is not indented. */
  private static Matcher declarations(String name, String source) {
    return Pattern.compile(
            "^class " + name + "\\(([^)]*)\\):\\R((?:    .*\\R|\\R)*)", Pattern.MULTILINE)
        .matcher(source);
  }

  /** The body of a class and those of its bases, as far as they are in this source. */
  private static String withBases(String name, String source) {
    Matcher matcher = declarations(name, source);
    if (!matcher.find()) {
      return "";
    }
    String bases = matcher.group(1).replaceAll("\\[[^]]*]", "");
    return Arrays.stream(bases.split("\\W+"))
        .map(base -> withBases(base, source))
        .collect(Collectors.joining("", matcher.group(2), ""));
  }

  /** All of the package. */
  private static String source() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(PACKAGE)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".py")).toList()) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }

  private static List<String> matches(String regex, String text) {
    return Pattern.compile(regex, Pattern.MULTILINE)
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .toList();
  }
}
