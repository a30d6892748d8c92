package org.convexnn;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.ObjectInputStream;
import java.lang.reflect.Constructor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may know whom: the table in docs/architecture.md, held. */
class ArchitectureTest {

  private static final String BASE = "org.convexnn.";
  private static final int MOST = 25;
  private static JavaClasses main;

  @BeforeAll
  static void read() {
    main =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.convexnn");
  }

  /** Each package with the packages of ours it may use, and the outside ones. */
  static Stream<Arguments> packages() {
    List<String> netlib = List.of("dev.ludovic.netlib..", "org.netlib..", "jdk.incubator.vector..");
    List<String> none = List.of();
    List<String> sparkCore =
        List.of(
            "org.apache.spark..",
            "org.apache.hadoop..",
            "com.esotericsoftware.kryo..",
            "org.slf4j..",
            "scala..");
    return Stream.of(
        Arguments.of("linalg", List.of(), netlib),
        Arguments.of("loss", List.of(), none),
        Arguments.of("network", List.of("linalg"), none),
        Arguments.of("gate", List.of("linalg", "loss", "network"), none),
        Arguments.of(
            "export", List.of("network"), List.of("ai.onnx.proto..", "com.google.protobuf..")),
        Arguments.of("block", List.of("linalg", "loss", "network"), none),
        Arguments.of("solver", List.of("linalg", "loss", "network", "gate", "block"), none),
        Arguments.of("relu", List.of("linalg", "loss", "network", "gate", "block", "solver"), none),
        Arguments.of(
            "linear", List.of("linalg", "loss", "network", "gate", "block", "solver"), none),
        Arguments.of("path", List.of("linalg", "loss", "network", "gate", "block", "solver"), none),
        Arguments.of(
            "cluster", List.of("linalg", "loss", "network", "gate", "block", "solver"), sparkCore),
        Arguments.of(
            "ml",
            List.of(
                "linalg", "loss", "network", "gate", "block", "solver", "relu", "export",
                "cluster"),
            Stream.concat(sparkCore.stream(), Stream.of("org.json4s..", "com.fasterxml.jackson.."))
                .toList()));
  }

  @ParameterizedTest
  @MethodSource("packages")
  void knowsOnlyTheLayersBelow(String name, List<String> ours, List<String> others) {
    List<String> allowed = new ArrayList<>(List.of("java..", BASE + name + ".."));
    ours.forEach(p -> allowed.add(BASE + p + ".."));
    allowed.addAll(others);
    classes()
        .that()
        .resideInAPackage(BASE + name + "..")
        .should()
        .onlyDependOnClassesThat(
            com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage(
                    allowed.toArray(String[]::new))
                .or(PRIMITIVE_ARRAY))
        .allowEmptyShould(false)
        .check(main);
  }

  private static final DescribedPredicate<JavaClass> PRIMITIVE_ARRAY =
      DescribedPredicate.describe(
          "primitives and their arrays", c -> c.getBaseComponentType().isPrimitive());

  /** Packages, and the rooms in them, stand in a row: none knows one that knows it. */
  @Test
  void roomsStandInNoCircle() {
    SlicesRuleDefinition.slices().matching(BASE + "(**)").should().beFreeOfCycles().check(main);
  }

  /** A room has at most so many classes that someone can look over them, and says what it is for. */
  @Test
  void roomsAreSmallAndSayWhatTheyAreFor() {
    Map<String, List<String>> rooms =
        main.stream()
            .filter(c -> c.getEnclosingClass().isEmpty())
            .filter(c -> !c.getSimpleName().equals("package-info"))
            .filter(c -> !c.getPackageName().equals(BASE + "ml"))
            .collect(
                groupingBy(JavaClass::getPackageName, mapping(JavaClass::getSimpleName, toList())));
    assertThat(rooms)
        .allSatisfy((room, classes) -> assertThat(classes).hasSizeLessThanOrEqualTo(MOST));
    for (String room : rooms.keySet()) {
      Path folder = Path.of("src/main/java", room.split("\\."));
      assertThat(folder.resolve("package-info.java")).exists();
    }
  }

  @Test
  void nobodyKnowsTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackage(BASE + "cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(BASE + "cli..")
        .check(main);
  }

  @Test
  void theCommandLineDoesNotKnowTheInsidesOfTraining() {
    noClasses()
        .that()
        .resideInAPackage(BASE + "cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(BASE + "block..", BASE + "gate..", BASE + "loss..", BASE + "cluster..")
        .check(main);
  }

  @Test
  void oneDoorwayToNumericLibraries() {
    noClasses()
        .that()
        .resideOutsideOfPackage(BASE + "linalg..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.ludovic.netlib..", "org.netlib..", "breeze..", "jdk.incubator.vector..")
        .check(main);
  }

  @Test
  void onlyTheCommandLineKnowsItsParserAndPictures() {
    noClasses()
        .that()
        .resideOutsideOfPackage(BASE + "cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("picocli..", "java.awt..")
        .check(main);
  }

  /** A static may be final and of a type that cannot grow: executors run many tasks in one JVM. */
  @Test
  void noStaticMutableState() {
    fields().that().areStatic().should().beFinal().check(main);
    DescribedPredicate<JavaClass> mutable =
        DescribedPredicate.describe(
            "mutable containers",
            c ->
                (c.isAssignableTo(Collection.class) || c.isAssignableTo(Map.class))
                        && !c.isInterface()
                    || c.getPackageName().equals("java.util.concurrent.atomic")
                    || c.isAssignableTo(ThreadLocal.class)
                    || c.isAssignableTo(StringBuilder.class)
                    || c.isAssignableTo(Random.class));
    // PendingUid hands a uid to a constructor on the driver, thread by thread.
    fields()
        .that()
        .areStatic()
        .and()
        .areNotDeclaredIn(BASE + "ml.params.PendingUid")
        .should()
        .notHaveRawType(mutable)
        .check(main);
  }

  /**
   * What files say is data: no objects are read from bytes, no classes are found by their names, no
   * programs are run. (NetworkScorer is read by Spark, from the driver; the two others look for a
   * library and for a method of newer JDKs.)
   */
  @Test
  void filesRunNoCode() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(BASE + "ml.score.NetworkScorer")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ObjectInputStream.class)
        .check(main);
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(BASE + "cli.benchmark.XgBoost")
        .and()
        .doNotHaveFullyQualifiedName(BASE + "cli.benchmark.XgBoostCore")
        .and()
        .doNotHaveFullyQualifiedName(BASE + "cli.benchmark.XgBoostCore$Rows")
        .and()
        .doNotHaveFullyQualifiedName(BASE + "cli.report.TerminalProgress")
        .should()
        .callMethodWhere(BY_NAME)
        .check(main);
    // Library looks for descriptions of jars, texts that are read and no classes.
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(BASE + "ml.Library")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(ProcessBuilder.class, ClassLoader.class)
        .check(main);
    // Spark's own way to name the class of an object in JSON, and Jackson's.
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.apache.spark.ml.util.DefaultParamsReader")
        .orShould()
        .callMethodWhere(MLLIB_LOADS)
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("com.fasterxml.jackson.databind.jsontype..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("com.fasterxml.jackson.annotation.JsonTypeInfo")
        .check(main);
  }

  private static final DescribedPredicate<JavaMethodCall> MLLIB_LOADS =
      DescribedPredicate.describe(
          "of MLlib's own loaders",
          call ->
              call.getTargetOwner().getPackageName().matches("org\\.apache\\.spark\\.ml(\\.\\w+)?")
                  && !call.getTargetOwner().getPackageName().endsWith(".util")
                  && call.getName().matches("load|read"));

  private static final DescribedPredicate<JavaMethodCall> BY_NAME =
      DescribedPredicate.describe(
          "of classes and methods by their names",
          call ->
              call.getTargetOwner().isEquivalentTo(Class.class)
                      && call.getName().matches("forName|getMethod|getConstructor|newInstance")
                  || call.getTargetOwner().isEquivalentTo(Constructor.class));
}
