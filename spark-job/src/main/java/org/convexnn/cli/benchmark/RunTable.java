package org.convexnn.cli.benchmark;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.ErrorMessages;
import org.convexnn.cli.message.TextTable;
import org.convexnn.ml.io.ShownText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A table with one row for each run; a run that fails has a row that says why, and loses no other. */
public final class RunTable {

  private static final Logger LOG = LoggerFactory.getLogger(RunTable.class);

  private final TextTable table;
  private int rows;
  private int failures;

  RunTable(String... header) {
    this.table = new TextTable(header);
  }

  /** Runs something: its names and the numbers that it gives are a row. */
  void add(List<String> names, Supplier<List<String>> run) {
    try {
      row(names, run.get());
    } catch (Throwable e) {
      // Also a lack of memory, or a class that is missing.
      failed(names, e);
    }
  }

  /** A number as a cell has it, with a point whatever the locale. */
  static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /** A row for what was not run. */
  void leftOut(List<String> names, String why) {
    row(names, List.of("left out: " + why));
  }

  /** A row for what went wrong. */
  public void failed(List<String> names, Throwable why) {
    LOG.debug("{} failed", names, why);
    row(names, List.of("failed: " + ErrorMessages.of(why)));
    failures++;
  }

  /** Whether there are no rows yet. */
  public boolean isEmpty() {
    return rows == 0;
  }

  private void row(List<String> names, List<String> rest) {
    rows++;
    String[] cells = Stream.concat(names.stream(), rest.stream()).toArray(String[]::new);
    table.row(cells);
    // Should the JVM be killed, the log has what has run.
    LOG.info("benchmark: {}", ShownText.of(String.join(" | ", cells)));
  }

  /**
   * Prints the rows so far.
   *
   * @throws CommandException afterwards, if a run has failed
   */
  public void print(PrintWriter out) {
    out.println();
    out.print(table);
    out.flush();
    if (failures > 0) {
      throw new CommandException(
          failures + (failures == 1 ? " run" : " runs") + " failed; the table says why");
    }
  }
}
