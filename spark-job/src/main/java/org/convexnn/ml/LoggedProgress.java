package org.convexnn.ml;

import java.util.Locale;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TraceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the course of a training run to the logger {@code org.convexnn}, at INFO, and warnings. */
final class LoggedProgress implements Progress {

  private static final Logger LOG = LoggerFactory.getLogger("org.convexnn");

  private final String uid;

  /** For the estimator with this uid, which begins every line: fits may run side by side. */
  LoggedProgress(String uid) {
    this.uid = uid;
  }

  @Override
  public void iteration(TraceRecord t) {
    if (LOG.isInfoEnabled()) {
      LOG.info("{}: {}", uid, line(t));
    }
  }

  @Override
  public void message(String text) {
    LOG.info("{}: {}", uid, ShownText.of(text));
  }

  @Override
  public void warning(String text) {
    LOG.warn("{}: {}", uid, ShownText.of(text));
  }

  /** One iteration as one line. */
  static String line(TraceRecord t) {
    return String.format(
        Locale.ROOT,
        "%s %d: beta %.4g, %.1f passes, objective %.6g, %s%d neurons active, %.1f s",
        t.phase(),
        t.iteration(),
        t.beta(),
        t.passes(),
        t.objective(),
        // Polishing has no bound on the way.
        Double.isNaN(t.relativeGap())
            ? ""
            : String.format(Locale.ROOT, "gap %.2e, ", t.relativeGap()),
        t.activeNeurons(),
        t.seconds());
  }
}
