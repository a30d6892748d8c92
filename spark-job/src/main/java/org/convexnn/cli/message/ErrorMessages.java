package org.convexnn.cli.message;

import java.io.EOFException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.util.LineReader;
import org.apache.spark.SparkThrowable;
import org.convexnn.ml.io.ShownText;

/** Turns what was thrown into the one line that a user reads. */
public final class ErrorMessages {

  /** How Spark words what SQL's raise_error said. */
  private static final Pattern RAISED =
      Pattern.compile("\\[USER_RAISED_EXCEPTION] (.*?)(?: SQLSTATE: \\w+)?(?=\\R|$)");

  private static final Pattern CSV_FILE = Pattern.compile("CSV file: (\\S+)");

  private static final Pattern SQL_STATE = Pattern.compile("\\s*SQLSTATE: \\w+\\s*$");

  private static final int MOST_LETTERS = 2000;

  /** What reads tables, by its name alone: it knows this class. */
  private static final String TABLE_READER = "org.convexnn.cli.input.TrainingData";

  private ErrorMessages() {}

  /** One line without a stack trace; what data holds can neither break nor flood it. */
  public static String of(Throwable thrown) {
    String line = ShownText.of(words(chain(thrown)).replaceAll("\\R", " "));
    return line.length() <= MOST_LETTERS ? line : line.substring(0, MOST_LETTERS) + "...";
  }

  private static String words(List<Throwable> chain) {
    return raisedByCommand(chain)
        .or(() -> raisedBySql(chain))
        .or(() -> raggedCsv(chain))
        .or(() -> otherHeader(chain))
        .or(() -> unreadableFile(chain))
        .or(() -> truncated(chain))
        .or(() -> outOfMemory(chain))
        .or(() -> fullDisk(chain))
        .or(() -> refusedArgument(chain))
        .orElseGet(() -> innermost(chain));
  }

  private static List<Throwable> chain(Throwable thrown) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Throwable> chain = new ArrayList<>();
    for (Throwable t = thrown; t != null && seen.add(t); t = t.getCause()) {
      chain.add(t);
    }
    return chain;
  }

  private static Optional<String> raisedByCommand(List<Throwable> chain) {
    return chain.stream()
        .filter(CommandException.class::isInstance)
        .map(Throwable::getMessage)
        .findFirst();
  }

  private static Optional<String> raisedBySql(List<Throwable> chain) {
    return parameter(chain, "USER_RAISED_EXCEPTION", "errorMessage")
        // From an executor only the text may have come through.
        .or(
            () ->
                chain.stream()
                    .map(t -> RAISED.matcher(String.valueOf(t.getMessage())))
                    .filter(Matcher::find)
                    .map(m -> m.group(1))
                    .findFirst());
  }

  private static Optional<String> raggedCsv(List<Throwable> chain) {
    return parameter(chain, "MALFORMED_CSV_RECORD", "badRecord")
        .map(
            record ->
                "malformed CSV row '"
                    + firstLine(record)
                    + "': it must have as many cells as the header; put cells that hold commas into"
                    + " quotes, and take line breaks out of cells");
  }

  /** Files of a folder are read with the header of the first one. */
  private static Optional<String> otherHeader(List<Throwable> chain) {
    return chain.stream()
        .map(t -> String.valueOf(t.getMessage()))
        .filter(text -> text.contains("CSV header"))
        .map(CSV_FILE::matcher)
        .filter(Matcher::find)
        .map(
            file ->
                "the header of "
                    + file.group(1)
                    + " is not that of the other files; the files of a folder need the same"
                    + " columns in the same order")
        .findFirst();
  }

  /** Spark names the file in one exception and the reason in the one below. */
  private static Optional<String> unreadableFile(List<Throwable> chain) {
    return parameter(chain, "FAILED_READ_FILE", "path")
        .map(
            path ->
                "cannot read "
                    + path
                    + ": "
                    + truncated(chain)
                        .or(() -> refusedArgument(chain))
                        .orElseGet(() -> innermost(chain)));
  }

  private static Optional<String> truncated(List<Throwable> chain) {
    return chain.stream().anyMatch(EOFException.class::isInstance)
        ? Optional.of("it ends too early; it is truncated, fetch it again")
        : Optional.empty();
  }

  /** What Spark says under this name of an error of this kind. */
  // Spark 3.5 has no getCondition, by which later ones call it.
  private static Optional<String> parameter(
      List<Throwable> chain, String condition, String parameter) {
    return chain.stream()
        .filter(SparkThrowable.class::isInstance)
        .map(SparkThrowable.class::cast)
        .filter(t -> t.getErrorClass() != null && t.getErrorClass().startsWith(condition))
        .map(t -> t.getMessageParameters().get(parameter))
        .filter(Objects::nonNull)
        .findFirst();
  }

  private static Optional<String> outOfMemory(List<Throwable> chain) {
    // Scala's MatchError says of what it is in words alone, a task's failure where it was.
    List<Throwable> lacks =
        chain.stream()
            .filter(
                t ->
                    t instanceof OutOfMemoryError
                        || String.valueOf(t.getMessage())
                            .contains(OutOfMemoryError.class.getName()))
            .toList();
    if (lacks.isEmpty()) {
      return Optional.empty();
    }
    String doing =
        lacks.stream().anyMatch(t -> under(t, LineReader.class.getName()))
            ? " within one line of the input: it may hold no line ends, or other data than a table;"
                + " correct it, or "
            : chain.stream().anyMatch(t -> under(t, TABLE_READER))
                ? " before training began, while the table was read: it may hold a line without end,"
                    + " or too many columns; correct it, or "
                : "; take fewer gates, or ";
    return Optional.of(
        "out of memory" + doing + "give the driver more, for example submit.sh --driver-memory 6g");
  }

  /** Whether a class was at work; Spark tells of a task's failure in words. */
  private static boolean under(Throwable thrown, String type) {
    return String.valueOf(thrown.getMessage()).contains(type)
        || Arrays.stream(thrown.getStackTrace()).anyMatch(f -> f.getClassName().equals(type));
  }

  /** Spark's own files, models and checkpoints may be on different disks: which, it does not say. */
  private static Optional<String> fullDisk(List<Throwable> chain) {
    return chain.stream()
            .anyMatch(t -> String.valueOf(t.getMessage()).contains("No space left on device"))
        ? Optional.of(
            "no space left on the disk: free some where the output goes and in Spark's folder for its"
                + " own files, or name another for these, for example submit.sh --conf"
                + " spark.local.dir=FOLDER")
        : Optional.empty();
  }

  /** The Estimators and the solver say what is wrong with an argument in one line of their own. */
  private static Optional<String> refusedArgument(List<Throwable> chain) {
    return chain.stream()
        .filter(IllegalArgumentException.class::isInstance)
        .filter(t -> t.getMessage() != null)
        .map(t -> firstLine(t.getMessage()))
        .reduce((outer, inner) -> inner);
  }

  private static String innermost(List<Throwable> chain) {
    for (int i = chain.size() - 1; i >= 0; i--) {
      Throwable t = chain.get(i);
      if (t.getMessage() != null && !t.getMessage().isBlank()) {
        // A bare RuntimeException says no more; Spark 3.5 raises it in SQL.
        boolean named = !(t instanceof SparkThrowable) && t.getClass() != RuntimeException.class;
        String name = named ? t.getClass().getSimpleName() + ": " : "";
        return name + firstLine(t.getMessage());
      }
    }
    return chain.get(0).getClass().getName();
  }

  private static String firstLine(String message) {
    String line = message.strip().lines().findFirst().orElse("").strip();
    line = SQL_STATE.matcher(line).replaceFirst("");
    return line.startsWith("requirement failed: ")
        ? line.substring("requirement failed: ".length())
        : line;
  }
}
