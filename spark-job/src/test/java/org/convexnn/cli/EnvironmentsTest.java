package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.convexnn.SparkTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same table, the same predictions, whatever the machine and the session are set to. */
@Tag("spark")
class EnvironmentsTest {

  /** What URLs, globs and shells give a meaning; letters beyond ASCII. */
  private static final String NAME = "größe 50% #1 [a] {b}";

  @TempDir private Path folder;

  private int runs;

  /** Trains, scores and gives the lines of the scores. */
  private List<String> scores() throws IOException {
    Path here = Files.createDirectory(folder.resolve(NAME + " " + runs++));
    List<String> lines = new ArrayList<>(List.of("İd,title,width,time,größe"));
    for (int i = 0; i < 40; i++) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%.2f,%s,%s,2024-01-%02d 10:00:00,%s",
              i * 0.25 - 4,
              i % 3 == 0 ? "KLEIN" : "Groß",
              i % 7 == 0 ? "NA" : Integer.toString(i % 11),
              1 + i % 28,
              i % 3 == 0 ? "LİNE" : "ILL"));
    }
    Path table = CommandLineRun.file(here, NAME + ".csv", lines.toArray(String[]::new));
    Path model = here.resolve("model " + NAME);
    Path output = here.resolve("out " + NAME);
    CommandLineRun.train(table, "größe", model, "--test", table).good();
    CommandLineRun.of("score", "--model", model, "--input", table, "--output", output).good();
    try (Stream<Path> files = Files.list(output)) {
      List<String> all = new ArrayList<>();
      for (Path file : files.filter(f -> f.toString().endsWith(".csv")).sorted().toList()) {
        all.addAll(Files.readAllLines(file));
      }
      assertThat(all).hasSizeGreaterThan(40);
      return all;
    }
  }

  @Test
  void localesAndOptionsOfTheSessionChangeNothing() throws IOException {
    SparkSession spark = SparkTest.session();
    List<String> expected = scores();
    Locale before = Locale.getDefault();
    try {
      // The dotted i; the decimal comma.
      for (Locale locale : List.of(Locale.forLanguageTag("tr-TR"), Locale.GERMANY)) {
        Locale.setDefault(locale);
        assertThat(scores()).as(locale.toString()).isEqualTo(expected);
      }
    } finally {
      Locale.setDefault(before);
    }
    for (Map.Entry<String, String> option :
        List.of(
            Map.entry("spark.sql.ansi.enabled", "false"),
            Map.entry("spark.sql.ansi.enabled", "true"),
            Map.entry("spark.sql.caseSensitive", "true"))) {
      String old = spark.conf().get(option.getKey());
      spark.conf().set(option.getKey(), option.getValue());
      try {
        assertThat(scores()).as(option.toString()).isEqualTo(expected);
      } finally {
        spark.conf().set(option.getKey(), old);
      }
    }
  }
}
