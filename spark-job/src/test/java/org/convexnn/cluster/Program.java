package org.convexnn.cluster;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a JVM of its own runs. Its flags are those of this one, without debuggers and agents.
 *
 * @param classPath what it sees
 * @param main its main class
 * @param arguments of the main class
 */
public record Program(String classPath, String main, List<String> arguments) {

  private static final List<String> HANDED_ON =
      List.of("convexnn.test.executorClassPath", "log4j2.configurationFile");

  /** A class of the tests; their class path may be a file of paths. */
  static Program underTest(Class<?> main, String... arguments) {
    String paths =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return new Program(paths, main.getName(), List.of(arguments));
  }

  /** A class of the Spark of the build, which sees nothing else. */
  public static Program ofSpark(String main, String... arguments) {
    String home = System.getenv("SPARK_HOME");
    return new Program(Path.of(home, "jars").resolve("*").toString(), main, List.of(arguments));
  }

  /** Starts it in a folder; what it prints goes to a file. */
  Process start(Path folder, Path out, String... flags) throws IOException {
    return new ProcessBuilder(command(flags))
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(out.toFile())
        .start();
  }

  private List<String> command(String... flags) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (!flag.startsWith("-agentlib") && !flag.startsWith("-javaagent")) {
        command.add(flag);
      }
    }
    command.addAll(List.of(flags));
    for (String property : HANDED_ON) {
      command.add("-D" + property + "=" + System.getProperty(property));
    }
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(arguments);
    return command;
  }
}
