package org.convexnn.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.spark.sql.SparkSession;

/**
 * A driver in a JVM of its own, because there is one SparkContext to a JVM and the tests share
 * theirs. Its executors are further JVMs.
 */
public final class ClusterProcess {

  /** What is killed soon is not worth much compiling. */
  private static final List<String> SHORT_LIVED = List.of("-XX:TieredStopAtLevel=1");

  private ClusterProcess() {}

  /** Runs a main class to its good end and gives what it printed. */
  public static String run(Path folder, long mostSeconds, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out.txt");
    Process driver = start(folder, out, List.of(), main, arguments);
    boolean ended;
    try {
      ended = driver.waitFor(mostSeconds, TimeUnit.SECONDS);
    } finally {
      kill(driver);
    }
    String text = Files.readString(out);
    assertThat(ended).as("ended in time:%n%s", text).isTrue();
    assertThat(driver.exitValue()).as(text).isZero();
    return text;
  }

  /** Runs a main class and kills it, by SIGKILL, as soon as something has happened. */
  public static void killWhen(
      BooleanSupplier happened, Path folder, long mostSeconds, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    Path out = folder.resolve("killed.txt");
    Process driver = start(folder, out, SHORT_LIVED, main, arguments);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(mostSeconds);
    boolean seen = false;
    try {
      while (!seen && driver.isAlive() && System.nanoTime() < end) {
        Thread.sleep(5);
        seen = happened.getAsBoolean();
      }
    } finally {
      kill(driver);
    }
    driver.waitFor();
    String text = Files.readString(out);
    assertThat(seen).as("happened in time:%n%s", text).isTrue();
    // 128 + SIGKILL.
    assertThat(driver.exitValue()).as("was alive until then:%n%s", text).isEqualTo(137);
  }

  private static Process start(
      Path folder, Path out, List<String> flags, Class<?> main, String... arguments)
      throws IOException {
    return new ProcessBuilder(command(flags, main, arguments))
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(out.toFile())
        .start();
  }

  /** Executors end with their workers, which end with the driver. */
  private static void kill(Process driver) {
    driver.descendants().forEach(ProcessHandle::destroyForcibly);
    driver.destroyForcibly();
  }

  private static List<String> command(List<String> flags, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // The flags of this JVM, not its debuggers and agents; the class path may be a file of paths.
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (!flag.startsWith("-agentlib") && !flag.startsWith("-javaagent")) {
        command.add(flag);
      }
    }
    command.addAll(flags);
    command.add("-Xmx1g");
    for (String property : List.of("convexnn.test.executorClassPath", "log4j2.configurationFile")) {
      command.add("-D" + property + "=" + System.getProperty(property));
    }
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  /** A session of the driver: two executors of one core, with the classes under test. */
  static SparkSession.Builder session(String master) {
    return SparkSession.builder()
        .master(master)
        .appName("convexnn-cluster-test")
        .config("spark.ui.enabled", false)
        .config("spark.sql.shuffle.partitions", 3)
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config(
            "spark.executor.extraClassPath", System.getProperty("convexnn.test.executorClassPath"));
  }

  /** The JVMs of the executors that run now, of this driver. */
  static List<ProcessHandle> executors() {
    return ProcessHandle.current()
        .descendants()
        .filter(p -> p.info().commandLine().orElse("").contains("ExecutorBackend"))
        .toList();
  }
}
