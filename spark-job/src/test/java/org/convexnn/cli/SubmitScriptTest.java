package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Javas that the Spark at hand does not run on are refused by {@code submit.sh} before they start. */
@DisabledOnOs(OS.WINDOWS)
class SubmitScriptTest {

  @TempDir private Path folder;

  private void script(String path, String command) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + command + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "25.0.1, 4.1.0, Spark 4.1.0 runs on Java 17 to 23",
    "24, 3.5.6, Spark 3.5.6 runs on Java 17 to 23",
    "11.0.2, 4.1.0, Java 17 or newer is needed",
    "1.8.0_392, 4.1.0, Java 17 or newer is needed"
  })
  void namesTheJavasThatItRunsOn(String java, String spark, String words)
      throws IOException, InterruptedException {
    script("java/bin/java", "echo 'openjdk version \"" + java + "\" 2025-10-21' >&2");
    script("spark/bin/spark-submit", "echo started");
    Files.createFile(
        Files.createDirectory(folder.resolve("spark/jars"))
            .resolve("spark-core_2.13-" + spark + ".jar"));
    ProcessBuilder submit =
        new ProcessBuilder("bash", Path.of("..", "submit.sh").toString(), "help")
            .redirectErrorStream(true);
    submit.environment().put("JAVA_HOME", folder.resolve("java").toString());
    submit.environment().put("SPARK_HOME", folder.resolve("spark").toString());
    Process process = submit.start();
    assertThat(process.inputReader().lines())
        .singleElement()
        .asString()
        .contains("Java " + java, words);
    assertThat(process.waitFor()).isEqualTo(1);
  }

  /** A java that says what it was asked for, and makes an archive where one is asked for. */
  private List<String> started(String... arguments) throws IOException, InterruptedException {
    Path root = folder.resolve("root");
    if (!Files.exists(root)) {
      script(
          "java/bin/java",
          "[ $1 != -version ] || echo 'openjdk version \"17.0.9\" 2023-10-17' >&2\n"
              + "for a; do case $a in -XX:ArchiveClassesAtExit=*) touch ${a#*=}; exit;; esac; done\n"
              + "printf '%s\\n' \"$@\"");
      Files.createDirectories(root.resolve("spark-job/src/main"));
      Files.createDirectories(root.resolve("conf"));
      for (String file :
          List.of("submit.sh", "pom.xml", "spark-job/pom.xml", "conf/spark-defaults.conf")) {
        Files.copy(Path.of("..").resolve(file), root.resolve(file));
      }
      Files.createDirectories(root.resolve("spark-job/target/sparkhome/jars"));
      Files.createFile(root.resolve("spark-job/target/sparkhome/jars/spark-core_2.13-4.1.0.jar"));
      Files.createFile(root.resolve("spark-job/target/convexnn-spark_2.13-1-job.jar"));
    }
    List<String> command = new ArrayList<>(List.of("bash", root.resolve("submit.sh").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder submit = new ProcessBuilder(command).redirectErrorStream(true);
    submit.environment().put("JAVA_HOME", folder.resolve("java").toString());
    submit.environment().remove("SPARK_HOME");
    submit.environment().compute("PATH", (name, path) -> withoutSpark(path));
    Process process = submit.start();
    List<String> lines = process.inputReader().lines().toList();
    process.waitFor();
    return lines;
  }

  /** The folders in which no installed Spark is found, such as PySpark's. */
  private static String withoutSpark(String path) {
    return Arrays.stream(path.split(File.pathSeparator))
        .filter(folder -> !Files.exists(Path.of(folder, "spark-submit")))
        .collect(Collectors.joining(File.pathSeparator));
  }

  @Test
  void oneMachineIsOneJvmWithAnArchiveOfItsClasses() throws Exception {
    Path archive = folder.toRealPath().resolve("root/spark-job/target/classes-17.0.9.jsa");
    assertThat(started("train", "--output", "here"))
        .contains("submit.sh: preparing faster starts, once", "-XX:SharedArchiveFile=" + archive)
        .contains("-Xmx3g", "-Dspark.ui.enabled=false", "--add-modules=jdk.incubator.vector")
        .containsSequence("org.convexnn.cli.Main", "train", "--output", "here");
    assertThat(archive).exists();
    assertThat(archive.getParent())
        .isDirectoryNotContaining(path -> path.getFileName().toString().startsWith("archive."));
    assertThat(started("--master", "local[3]", "--driver-memory", "5g", "score", "a b"))
        .doesNotContain("submit.sh: preparing faster starts, once", "-Xmx3g")
        .contains("-Xmx5g", "-Dspark.master=local[3]", "-XX:SharedArchiveFile=" + archive)
        .endsWith("org.convexnn.cli.Main", "score", "a b");
  }

  @Test
  void noArchiveIsMadeForACommandThatEndsAtOnce() throws Exception {
    for (String[] words :
        List.of(
            new String[] {"--help"},
            new String[] {"train", "--output", "here", "--help"},
            new String[] {"train", "--inptu", "here"})) {
      assertThat(started(words))
          .noneMatch(line -> line.contains("preparing") || line.contains("SharedArchiveFile"))
          .endsWith(words);
    }
  }

  @Test
  void moreThanThatIsStartedBySparksLauncher() throws Exception {
    for (String[] options :
        List.of(
            new String[] {"--conf", "spark.a=b", "train"},
            new String[] {"--master", "spark://here:7077", "train"},
            new String[] {"--verbose", "train"})) {
      assertThat(started(options))
          .contains("org.apache.spark.launcher.Main")
          .noneMatch(line -> line.contains("SharedArchiveFile"));
    }
  }
}
