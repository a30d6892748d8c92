package org.convexnn.cli.report;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Optional;
import org.convexnn.ml.ProgressLine;
import org.convexnn.ml.io.ShownText;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TraceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The course of a fit in a terminal: iterations are one line that is written over and over, with a bar
 * and the time left in the last fit; messages are logged above it. Closing takes the line away.
 */
final class TerminalProgress implements Progress, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TerminalProgress.class);
  private static final double SECONDS_BETWEEN = 0.1;

  private final PrintWriter screen;
  private final ProgressLine course = new ProgressLine(SILENT);
  private String line = "";
  private double drawnAt = Double.NEGATIVE_INFINITY;

  /** Progress on this screen. */
  TerminalProgress(PrintWriter screen) {
    this.screen = screen;
  }

  /** The screen, where the program runs in a terminal and its output is not sent elsewhere. */
  static Optional<PrintWriter> screen() {
    Console console = System.console();
    return console == null || !terminal(console) || "dumb".equals(System.getenv("TERM"))
        ? Optional.empty()
        : Optional.of(console.writer());
  }

  /** From Java 22 on there is a console without a terminal too, and a method that tells. */
  private static boolean terminal(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  @Override
  public void finalFit(double tol, double lastPass) {
    course.finalFit(tol, lastPass);
  }

  @Override
  public void iteration(TraceRecord t) {
    course.iteration(t);
    // Small problems have thousands of iterations a second.
    if (t.seconds() >= drawnAt + SECONDS_BETWEEN) {
      drawnAt = t.seconds();
      draw(course.line());
    }
  }

  @Override
  public void message(String text) {
    above(() -> LOG.info("{}", ShownText.of(text)));
  }

  @Override
  public void detail(String text) {
    LOG.debug("{}", ShownText.of(text));
  }

  @Override
  public void warning(String text) {
    above(() -> LOG.warn("{}", ShownText.of(text)));
  }

  private void above(Runnable log) {
    String interrupted = line;
    draw("");
    log.run();
    draw(interrupted);
  }

  @Override
  public void close() {
    draw("");
  }

  private void draw(String next) {
    if (!line.isEmpty() || !next.isEmpty()) {
      // Blanks over what is left of a longer line; the cursor ends where the next line begins.
      screen.print("\r" + next + " ".repeat(Math.max(0, line.length() - next.length())) + "\r");
      screen.flush();
      line = next;
    }
  }
}
