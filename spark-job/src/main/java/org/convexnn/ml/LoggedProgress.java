package org.convexnn.ml;

import java.util.Locale;
import org.convexnn.ml.io.ShownText;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TraceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the course of a training run to the logger {@code org.convexnn}: choices and results at INFO,
 * of iterations one a second at most, all others and details at DEBUG, and warnings.
 */
final class LoggedProgress implements Progress {

  private static final double SECONDS_BETWEEN = 1;

  private static final Logger LOG = LoggerFactory.getLogger("org.convexnn");

  private final String uid;
  private double writtenAt = Double.NEGATIVE_INFINITY;

  /** For the estimator with this uid, which begins every line: fits may run side by side. */
  LoggedProgress(String uid) {
    this.uid = uid;
  }

  @Override
  public void iteration(TraceRecord t) {
    // Not "<": a fit that goes on from another one begins at 0 again.
    if (Math.abs(t.seconds() - writtenAt) >= SECONDS_BETWEEN) {
      writtenAt = t.seconds();
      LOG.info("{}: {}", uid, line(t));
    } else if (LOG.isDebugEnabled()) {
      LOG.debug("{}: {}", uid, line(t));
    }
  }

  @Override
  public void message(String text) {
    LOG.info("{}: {}", uid, ShownText.of(text));
  }

  @Override
  public void detail(String text) {
    LOG.debug("{}: {}", uid, ShownText.of(text));
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
