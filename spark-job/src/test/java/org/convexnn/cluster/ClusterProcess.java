package org.convexnn.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;

/**
 * A driver in a JVM of its own, because there is one SparkContext to a JVM and the tests share
 * theirs. Its executors are further JVMs.
 */
public final class ClusterProcess {

  /** What is killed soon is not worth much compiling. */
  private static final String SHORT_LIVED = "-XX:TieredStopAtLevel=1";

  private static final String MEMORY = "-Xmx1g";

  private ClusterProcess() {}

  /** Runs a main class to its good end and gives what it printed. */
  public static String run(Path folder, long mostSeconds, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    return run(folder, mostSeconds, Program.underTest(main, arguments));
  }

  /** Runs a driver to its good end and gives what it printed. */
  public static String run(Path folder, long mostSeconds, Program program)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out.txt");
    Process driver = program.start(folder, out, MEMORY);
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
    // 128 + SIGKILL.
    endWhen(happened, ClusterProcess::kill, 137, folder, mostSeconds, main, arguments);
  }

  /** Runs a main class, asks it to end as Ctrl-C does, by SIGTERM, and gives what it printed. */
  public static String interruptWhen(
      BooleanSupplier happened, Path folder, long mostSeconds, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    return endWhen(happened, Process::destroy, 143, folder, mostSeconds, main, arguments);
  }

  private static String endWhen(
      BooleanSupplier happened,
      Consumer<Process> end,
      int exitCode,
      Path folder,
      long mostSeconds,
      Class<?> main,
      String... arguments)
      throws IOException, InterruptedException {
    Path out = folder.resolve("ended.txt");
    Process driver = Program.underTest(main, arguments).start(folder, out, MEMORY, SHORT_LIVED);
    long latest = System.nanoTime() + TimeUnit.SECONDS.toNanos(mostSeconds);
    boolean seen = false;
    try {
      while (!seen && driver.isAlive() && System.nanoTime() < latest) {
        Thread.sleep(5);
        seen = happened.getAsBoolean();
      }
      end.accept(driver);
      driver.waitFor(mostSeconds, TimeUnit.SECONDS);
    } finally {
      kill(driver);
    }
    driver.waitFor();
    String text = Files.readString(out);
    assertThat(seen).as("happened in time:%n%s", text).isTrue();
    assertThat(driver.exitValue()).as("was alive until then:%n%s", text).isEqualTo(exitCode);
    return text;
  }

  /** Executors end with their workers, which end with the driver. */
  static void kill(Process driver) {
    driver.descendants().forEach(ProcessHandle::destroyForcibly);
    driver.destroyForcibly();
  }

  /** Waits until something has happened. */
  public static void await(String what, long mostSeconds, BooleanSupplier happened) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(mostSeconds);
    boolean seen = happened.getAsBoolean();
    while (!seen && System.nanoTime() < end) {
      sleep(50);
      seen = happened.getAsBoolean();
    }
    assertThat(seen).as("%s within %d s", what, mostSeconds).isTrue();
  }

  /** Waits. */
  static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A port of this machine that nobody listens on now. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
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
