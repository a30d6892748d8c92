package org.convexnn.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.convexnn.cluster.ClusterProcess;
import org.convexnn.cluster.Program;
import picocli.CommandLine;

/**
 * The command line as {@code submit.sh} starts it where no Spark is installed: SparkSubmit of the
 * Spark of the build, {@code conf/spark-defaults.conf}, and the classes under test in a jar, which
 * the executors have to be sent.
 *
 * @param folder to work in
 * @param master where it runs
 * @param jar the classes under test
 * @param settings of Spark
 */
record Submission(Path folder, String master, Path jar, List<String> settings) {

  private static final long MOST_SECONDS = 900;
  private static final Path DEFAULTS = Path.of("..", "conf", "spark-defaults.conf");

  /** To a master. */
  static Submission to(String master, Path folder) throws IOException {
    Path jar = folder.resolve("job.jar");
    if (!Files.exists(jar)) {
      write(jar);
    }
    return new Submission(folder, master, jar, List.of("spark.executor.memory=1g"));
  }

  /** With one more setting of Spark. */
  Submission with(String setting) {
    List<String> more = new ArrayList<>(settings);
    more.add(setting);
    return new Submission(folder, master, jar, List.copyOf(more));
  }

  /** Runs a command to its good end. */
  String run(Object... command) throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--master",
                master,
                "--properties-file",
                DEFAULTS.toAbsolutePath().toString(),
                "--jars",
                source(CommandLine.class).toString(),
                "--class",
                Main.class.getName(),
                jar.toString()));
    settings.forEach(setting -> arguments.addAll(0, List.of("--conf", setting)));
    Stream.of(command).map(Object::toString).forEach(arguments::add);
    return ClusterProcess.run(
        folder,
        MOST_SECONDS,
        Program.ofSpark("org.apache.spark.deploy.SparkSubmit", arguments.toArray(String[]::new)));
  }

  private static void write(Path jar) throws IOException {
    Path classes = source(Main.class);
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes).filter(Files::isRegularFile)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        entries.putNextEntry(new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, entries);
      }
    }
  }

  private static Path source(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
