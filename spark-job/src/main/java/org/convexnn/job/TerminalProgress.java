package org.convexnn.job;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import org.convexnn.ml.ShownText;
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
  private static final int BAR = 20;
  private static final double SECONDS_BETWEEN = 0.1;

  private final PrintWriter screen;
  private Optional<Convergence> fit = Optional.empty();
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
    fit = Optional.of(new Convergence(tol, lastPass));
  }

  @Override
  public void iteration(TraceRecord t) {
    if (!t.phase().equals("solve")) {
      fit = Optional.empty();
    }
    fit.ifPresent(f -> f.add(t));
    // Small problems have thousands of iterations a second.
    if (t.seconds() >= drawnAt + SECONDS_BETWEEN) {
      drawnAt = t.seconds();
      draw(line(t, fit));
    }
  }

  @Override
  public void message(String text) {
    above(() -> LOG.info("{}", ShownText.of(text)));
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

  /** An iteration in at most 79 letters. */
  static String line(TraceRecord t, Optional<Convergence> fit) {
    // Polishing has no bound on the way.
    String gap =
        Double.isNaN(t.relativeGap())
            ? format("objective %.6g", t.objective())
            : format("gap %.1e", t.relativeGap());
    String state = format("%s, %.0f passes, %s", gap, t.passes(), time(t.seconds()));
    return fit.map(f -> bar(f.done()) + " " + state + left(f))
        .orElseGet(() -> format("%s, beta %.3g: %s", t.phase(), t.beta(), state));
  }

  private static String bar(double done) {
    int full = (int) Math.floor(done * BAR);
    return format("[%s%s] %3.0f %%", "#".repeat(full), "-".repeat(BAR - full), 100 * done);
  }

  private static String left(Convergence fit) {
    return fit.secondsLeft().stream()
        .mapToObj(seconds -> ", about " + time(seconds) + " left")
        .findFirst()
        .orElse("");
  }

  private static String time(double seconds) {
    long s = Math.round(seconds);
    return s < 100 ? s + " s" : s < 100 * 60 ? (s + 30) / 60 + " min" : (s + 1800) / 3600 + " h";
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
