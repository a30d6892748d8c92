package org.convexnn.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's listing in Java and that of docs/java.md in Scala run. The Python package's tests run
 * its own.
 */
@Tag("spark")
class ReadmeTest {

  private static final Path ROOT = Path.of("..");

  @TempDir Path folder;

  @BeforeEach
  void write() {
    SparkSession spark = TestSession.get();
    Dataset<Row> rows =
        Examples.assembler("x", "y")
            .transform(Examples.ring(spark, 500, 1))
            .select("label", "features");
    for (String name : new String[] {"train", "test"}) {
      rows.write().format("libsvm").save(folder.resolve(name + ".libsvm").toString());
    }
  }

  /** A page's first listing in a language, its files in this test's folder. */
  private String listing(String page, String language) throws IOException {
    Matcher listing =
        Pattern.compile("^```" + language + "\\R(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE)
            .matcher(Files.readString(ROOT.resolve(page)));
    assertThat(listing.find()).isTrue();
    String source = listing.group(1);
    for (String file : new String[] {"train.libsvm", "test.libsvm", "model"}) {
      assertThat(source).contains("\"" + file + "\"");
      source =
          source.replace(
              "\"" + file + "\"", "\"" + folder.resolve(file).toString().replace('\\', '/') + "\"");
    }
    return source;
  }

  @Test
  void java() throws IOException {
    try (JavaShell shell = new JavaShell()) {
      shell.run(listing("README.md", "java"));
    }
    assertThat(folder.resolve("model/metadata")).exists();
  }

  @Test
  void scala() throws Exception {
    Path source = folder.resolve("Listing.scala");
    Path classes = Files.createDirectory(folder.resolve("classes"));
    Files.writeString(
        source,
        "object Listing { def run(spark: org.apache.spark.sql.SparkSession): Unit = {\n"
            + listing("docs/java.md", "scala")
            + "} }");
    String[] compile = {
      "-classpath", JavaShell.classPath(), "-d", classes.toString(), source.toString()
    };
    assertThat(new scala.tools.nsc.MainClass().process(compile)).as("compiles").isTrue();
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {classes.toUri().toURL()}, ReadmeTest.class.getClassLoader())) {
      loader
          .loadClass("Listing")
          .getMethod("run", SparkSession.class)
          .invoke(null, TestSession.get());
    }
    assertThat(folder.resolve("model/metadata")).exists();
  }
}
