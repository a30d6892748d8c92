package org.convexnn.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;

/** The JDK's jshell in this JVM: runs Java source without a class around it, as a notebook's cells. */
final class JavaShell implements AutoCloseable {

  private final JShell shell = JShell.builder().executionEngine("local").build();

  JavaShell() {
    shell.addToClasspath(classPath());
  }

  /** The class path of the tests, which Surefire may have put into a jar's manifest. */
  static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  /**
   * Runs source line by line, as the jshell tool does: a line that can end a statement does. Fails where
   * one does not compile, or throws.
   */
  void run(String source) {
    String waiting = "";
    for (String line : source.lines().toList()) {
      waiting = evaluated(waiting + line + "\n");
    }
    assertThat(waiting).as("left without an end").isBlank();
  }

  /** Runs the complete statements at the beginning; gives what is left. */
  private String evaluated(String source) {
    String rest = source;
    while (!rest.isBlank()) {
      SourceCodeAnalysis.CompletionInfo info = shell.sourceCodeAnalysis().analyzeCompletion(rest);
      if (info.completeness() == SourceCodeAnalysis.Completeness.EMPTY) {
        return "";
      }
      if (!info.completeness().isComplete()) {
        return rest;
      }
      shell.eval(info.source()).forEach(this::check);
      rest = info.remaining();
    }
    return "";
  }

  private void check(SnippetEvent event) {
    List<String> messages =
        shell
            .diagnostics(event.snippet())
            .filter(d -> d.isError())
            .map(d -> d.getMessage(Locale.ROOT))
            .toList();
    assertThat(messages).as(event.snippet().source()).isEmpty();
    assertThat(event.status()).as(event.snippet().source()).isEqualTo(Snippet.Status.VALID);
    assertThat(event.exception()).as(event.snippet().source()).isNull();
  }

  /** The value of a variable of a primitive type, as text. */
  String value(String variable) {
    return shell.varValue(
        shell.variables().filter(v -> v.name().equals(variable)).findFirst().orElseThrow());
  }

  @Override
  public void close() {
    shell.close();
  }
}
