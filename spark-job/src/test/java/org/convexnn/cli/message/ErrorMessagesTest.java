package org.convexnn.cli.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.apache.hadoop.util.LineReader;
import org.convexnn.cli.input.TrainingData;
import org.junit.jupiter.api.Test;

class ErrorMessagesTest {

  @Test
  void prefersWhatTheJobFound() {
    Throwable thrown = new RuntimeException("outer", new CommandException("the reason"));
    assertThat(ErrorMessages.of(thrown)).isEqualTo("the reason");
  }

  @Test
  void findsWhatSqlRaisedInTheTextOfAFailedTask() {
    Throwable thrown =
        new RuntimeException(
            "Job aborted due to stage failure: Task 0 failed: SparkRuntimeException:"
                + " [USER_RAISED_EXCEPTION] column 'a' holds 'x' SQLSTATE: P0001\n\tat somewhere");
    assertThat(ErrorMessages.of(thrown)).isEqualTo("column 'a' holds 'x'");
  }

  @Test
  void saysOneLineOfAnything() {
    assertThat(ErrorMessages.of(new IllegalStateException("first\nsecond")))
        .isEqualTo("IllegalStateException: first");
    assertThat(ErrorMessages.of(new IllegalArgumentException("requirement failed: tol is 0")))
        .isEqualTo("tol is 0");
    assertThat(ErrorMessages.of(new RuntimeException())).isEqualTo("java.lang.RuntimeException");
    assertThat(ErrorMessages.of(new RuntimeException(new OutOfMemoryError("Java heap"))))
        .contains("--driver-memory");
    // As Spark's readers let it through.
    assertThat(ErrorMessages.of(new scala.MatchError(new OutOfMemoryError("Java heap space"))))
        .startsWith("out of memory");
  }

  /** A line without end fills any heap: more memory and fewer gates are no remedy. */
  @Test
  void saysThatALineIsTooLong() {
    OutOfMemoryError lack = new OutOfMemoryError("Java heap space");
    lack.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement("org.apache.hadoop.io.Text", "append", "Text.java", 1),
          new StackTraceElement(LineReader.class.getName(), "readDefaultLine", "L.java", 1)
        });
    String words = "within one line of the input";
    assertThat(ErrorMessages.of(new RuntimeException(lack))).contains(words, "no line ends");
    // As a failed task of an executor comes back.
    assertThat(
            ErrorMessages.of(
                new RuntimeException(
                    "Task 0 failed: java.lang.OutOfMemoryError: Java heap space\n\tat "
                        + LineReader.class.getName()
                        + ".readDefaultLine(LineReader.java:227)")))
        .contains(words);
    assertThat(ErrorMessages.of(new OutOfMemoryError())).contains("fewer gates");
    // An error that Java keeps for the case has no trace; the driver's says what it was for.
    Throwable reading =
        new RuntimeException("Job aborted", new OutOfMemoryError("Java heap space"));
    reading.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement(TrainingData.class.getName(), "load", "T.java", 1)
        });
    assertThat(ErrorMessages.of(reading))
        .contains("while the table was read", "a line without end")
        .doesNotContain("gates");
  }

  @Test
  void saysWhichDiskMayBeFull() {
    IOException full = new IOException("No space left on device");
    assertThat(ErrorMessages.of(new RuntimeException("Job aborted", full)))
        .contains("no space left", "spark.local.dir");
  }
}
