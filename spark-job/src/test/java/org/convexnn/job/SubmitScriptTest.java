package org.convexnn.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
