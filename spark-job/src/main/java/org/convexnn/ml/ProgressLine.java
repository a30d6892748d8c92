package org.convexnn.ml;

import java.util.Locale;
import java.util.Optional;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TraceRecord;

/**
 * The course of a fit as one line that changes, for who asks for it from another thread: a terminal, a
 * notebook. Messages go to the listener that it is made with.
 */
public final class ProgressLine implements Progress {

  private static final int BAR = 20;

  private final Progress messages;
  private Optional<Convergence> fit = Optional.empty();
  private volatile String line = "";

  /** Of a fit whose messages this one hears. */
  public ProgressLine(Progress messages) {
    this.messages = messages;
  }

  /** The last iteration in at most 79 letters, with a bar and the time left in the last fit. */
  public String line() {
    return line;
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
    line = line(t, fit);
  }

  @Override
  public void message(String text) {
    messages.message(text);
  }

  @Override
  public void detail(String text) {
    messages.detail(text);
  }

  @Override
  public void warning(String text) {
    messages.warning(text);
  }

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
