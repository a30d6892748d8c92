package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.spark.SparkBuildInfo;
import org.apache.spark.deploy.SparkSubmit;
import org.convexnn.cluster.ClusterProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs src/test/python with the Python package in a jar. Where {@code $PYSPARK_PYTHON}, or else
 * python3, has no PySpark of this Spark's version, it is skipped.
 */
@Tag("spark")
class PySparkTest {

  private static final Path SOURCES = Path.of("src", "main", "python");
  private static final Path CLASSES = Path.of("target", "classes");
  private static final Path TESTS = Path.of("src", "test", "python", "test_convexnn.py");
  private static final Path README = Path.of("..", "README.md");
  private static final Path NOTEBOOK = Path.of("..", "examples", "notebooks", "ring-pyspark.ipynb");
  private static final String PYTHON =
      Optional.ofNullable(System.getenv("PYSPARK_PYTHON")).orElse("python3");

  @TempDir Path folder;

  @Test
  void pythonTestsPass() throws IOException, InterruptedException {
    String spark = SparkBuildInfo.spark_version();
    String minor = spark.substring(0, spark.indexOf('.', 2) + 1);
    String found = pysparkVersion();
    assumeTrue(
        found.startsWith(minor),
        "Python tests are skipped: " + PYTHON + " has no PySpark " + minor + "x but " + found);
    String said =
        ClusterProcess.run(
            folder,
            600,
            SparkSubmit.class,
            "--master",
            "local[2]",
            "--conf",
            "spark.pyspark.python=" + PYTHON,
            "--conf",
            "spark.ui.enabled=false",
            "--conf",
            "spark.sql.shuffle.partitions=2",
            "--conf",
            "spark.convexnn.readme=" + README.toRealPath(),
            "--conf",
            "spark.convexnn.notebook=" + NOTEBOOK.toRealPath(),
            "--py-files",
            jar().toString(),
            TESTS.toRealPath().toString());
    assertThat(said).containsPattern("Ran \\d\\d tests").contains("\nOK");
  }

  private static String pysparkVersion() throws IOException, InterruptedException {
    Process python;
    try {
      python =
          new ProcessBuilder(PYTHON, "-c", "import numpy, pyspark; print(pyspark.__version__)")
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      return e.getMessage();
    }
    List<String> said = python.inputReader().lines().toList();
    python.waitFor();
    return said.isEmpty() ? "nothing" : said.get(said.size() - 1);
  }

  /** The package as the library's jar has it, with entries for folders. */
  private Path jar() throws IOException {
    Path jar = folder.resolve("convexnn.jar");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar));
        Stream<Path> sources = Files.walk(SOURCES)) {
      for (Path source : sources.filter(p -> !p.equals(SOURCES)).toList()) {
        boolean directory = Files.isDirectory(source);
        String name = SOURCES.relativize(source).toString().replace('\\', '/');
        out.putNextEntry(new ZipEntry(directory ? name + "/" : name));
        if (!directory) {
          Files.copy(CLASSES.resolve(name), out); // with its versions filled in
        }
      }
    }
    return jar;
  }
}
