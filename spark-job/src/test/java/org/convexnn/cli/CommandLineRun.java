package org.convexnn.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;

/** One run of the command line: its exit code and what it printed. */
public record CommandLineRun(int code, String out, String err) {

  private static final Map<String, Object> QUICK =
      Map.of("--gates", 8, "--reg-ratio", 0.3, "--tol", 0.05);

  public static CommandLineRun of(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    int code = Main.run(words, new PrintWriter(out, true), new PrintWriter(err, true));
    return new CommandLineRun(code, out.toString(), err.toString());
  }

  /** A train run that is quick; options given here replace the quick ones. */
  public static CommandLineRun train(Object input, String label, Object output, Object... more) {
    List<Object> all =
        new ArrayList<>(List.of("train", "--input", input, "--label", label, "--output", output));
    List<Object> given = List.of(more);
    QUICK.forEach(
        (option, value) -> {
          if (!given.contains(option)) {
            all.add(option);
            all.add(value);
          }
        });
    all.addAll(given);
    return of(all.toArray());
  }

  public CommandLineRun good() {
    Assertions.assertThat(code).as(err).isZero();
    return this;
  }

  /** Failed with one line that holds these words, and no stack trace. */
  public CommandLineRun failed(String... words) {
    Assertions.assertThat(err).contains(words);
    Assertions.assertThat(err.strip().lines()).hasSize(1);
    Assertions.assertThat(err).startsWith("error: ").doesNotContain("\tat ", "Caused by");
    Assertions.assertThat(code).isEqualTo(1);
    return this;
  }

  CommandLineRun wrongUsage(String... words) {
    Assertions.assertThat(err).contains(words).doesNotContain("\tat ");
    Assertions.assertThat(code).isEqualTo(2);
    return this;
  }

  public static Path file(Path folder, String name, String... lines) {
    try {
      return Files.write(folder.resolve(name), List.of(lines));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
