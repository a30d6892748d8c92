package org.convexnn.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Python that runs the tests' scripts.
 *
 * @param executable of the interpreter
 */
record Python(String executable) {

  private static final Path SCRIPTS = Path.of("src", "test", "python").toAbsolutePath();

  /** What a process ended with: its exit code and all that it said. */
  record Ending(int code, String said) {}

  /** The Python with PySpark: {@code $PYSPARK_PYTHON}, or else python3. */
  static Python classic() {
    return new Python(Optional.ofNullable(System.getenv("PYSPARK_PYTHON")).orElse("python3"));
  }

  /** The Python with pyspark-client, {@code $CONVEXNN_CLIENT_PYTHON}; none where it is not set. */
  static Optional<Python> client() {
    return Optional.ofNullable(System.getenv("CONVEXNN_CLIENT_PYTHON")).map(Python::new);
  }

  /** Skips the test where these modules cannot be imported. */
  Python with(String... modules) {
    String wanted = String.join(", ", modules);
    Ending ending;
    try {
      ending = end(60, Map.of(), Path.of("").toAbsolutePath(), "-c", "import " + wanted);
    } catch (UncheckedIOException e) {
      ending = new Ending(1, e.getMessage());
    }
    assumeTrue(
        ending.code() == 0,
        "skipped: " + executable + " does not import " + wanted + ": " + ending.said().strip());
    return this;
  }

  /** What an expression is, as text. */
  String value(String imports, String expression) {
    Ending ending =
        end(
            60,
            Map.of(),
            Path.of("").toAbsolutePath(),
            "-c",
            imports + "; print(" + expression + ")");
    assertThat(ending.code()).as(ending.said()).isZero();
    return ending.said().strip();
  }

  /**
   * A fresh virtual environment in a folder, with the wheel of the build, beside the packages that
   * this Python has. The test is skipped where the build made no wheel.
   */
  Python withWheel(Path folder) throws IOException {
    Path wheel = wheel();
    Path home = folder.resolve("environment");
    String code = "import sysconfig; print(sysconfig.get_paths()['purelib'])";
    Path here = Path.of("").toAbsolutePath();
    succeed(end(60, Map.of(), here, "-m", "venv", "--without-pip", home.toString()));
    Python fresh = new Python(home.resolve("bin").resolve("python").toString());
    succeed(
        end(
            120,
            Map.of(),
            here,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "--python",
            fresh.executable(),
            "install",
            "--quiet",
            "--no-index",
            "--no-deps",
            wheel.toString()));
    String packages = succeed(end(60, Map.of(), here, "-c", code)).strip();
    Path own = Path.of(succeed(fresh.end(60, Map.of(), here, "-c", code)).strip());
    Files.writeString(own.resolve("outer.pth"), packages + "\n");
    return fresh;
  }

  private static Path wheel() throws IOException {
    Path dist = Path.of(System.getProperty("convexnn.test.wheels"));
    List<Path> wheels = List.of();
    if (Files.isDirectory(dist)) {
      try (Stream<Path> files = Files.list(dist)) {
        wheels = files.filter(f -> f.toString().endsWith(".whl")).toList();
      }
    }
    assumeTrue(wheels.size() == 1, "skipped: no wheel in " + dist + ", the build says why");
    return wheels.get(0);
  }

  /** Runs a script of src/test/python to its good end, in a folder, and gives what it said. */
  String run(Path folder, Map<String, String> environment, String script, String... arguments) {
    List<String> command = new ArrayList<>(List.of(SCRIPTS.resolve(script).toString()));
    command.addAll(List.of(arguments));
    return succeed(end(900, environment, folder, command.toArray(String[]::new)));
  }

  private static String succeed(Ending ending) {
    assertThat(ending.code()).as(ending.said()).isZero();
    return ending.said();
  }

  /** Runs Python with these arguments to its end. */
  Ending end(long mostSeconds, Map<String, String> environment, Path folder, String... arguments) {
    try {
      Path out = Files.createTempFile("python", ".out");
      Process process = start(out, environment, folder, arguments);
      boolean ended;
      try {
        ended = process.waitFor(mostSeconds, TimeUnit.SECONDS);
      } finally {
        kill(process);
      }
      String said = Files.readString(out);
      Files.delete(out);
      assertThat(ended).as("ended in %d s: %s", mostSeconds, said).isTrue();
      return new Ending(process.exitValue(), said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Starts Python with these arguments; what it says goes to a file. */
  Process start(Path out, Map<String, String> environment, Path folder, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(executable));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    Map<String, String> variables = builder.environment();
    variables.keySet().removeAll(List.of("SPARK_HOME", "PYTHONPATH", "SPARK_REMOTE"));
    variables.put("PYSPARK_PYTHON", executable);
    variables.put("PYSPARK_DRIVER_PYTHON", executable);
    variables.putAll(environment);
    return builder.start();
  }

  /** A process and all that it started. */
  static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
