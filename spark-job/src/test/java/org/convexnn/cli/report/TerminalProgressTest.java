package org.convexnn.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.convexnn.solver.TraceRecord;
import org.junit.jupiter.api.Test;

class TerminalProgressTest {

  private static final double TOL = 1e-3;

  private final StringWriter written = new StringWriter();
  private final TerminalProgress progress = new TerminalProgress(new PrintWriter(written));

  private static TraceRecord at(String phase, int k, double gap, double passes, double seconds) {
    return new TraceRecord(phase, k, passes, 0.0048, 0.45, 0.45 * (1 - gap), gap, 9, seconds);
  }

  private static TraceRecord solve(int k) {
    return at("solve", k, Math.pow(10, -0.25 * k), 20 + k, 5 + 0.5 * k);
  }

  /** What a terminal shows in its last line: a return goes back to its beginning. */
  private String shown() {
    StringBuilder line = new StringBuilder();
    for (String part : written.toString().split("\r")) {
      line.replace(0, Math.min(part.length(), line.length()), part);
    }
    return line.toString().stripTrailing();
  }

  @Test
  void oneLineThatGoesAway() {
    progress.iteration(at("path", 0, 0.5, 3, 1));
    assertThat(shown()).isEqualTo("path, beta 0.00480: gap 5.0e-01, 3 passes, 1 s");
    progress.finalFit(TOL, 500);
    progress.iteration(solve(0));
    assertThat(shown()).isEqualTo("[--------------------]   0 % gap 1.0e+00, 20 passes, 5 s");
    progress.message("a message goes to the log");
    assertThat(shown()).startsWith("[-----");
    progress.iteration(at("polish", 0, Double.NaN, 33, 20));
    assertThat(shown()).startsWith("polish, beta");
    progress.close();
    assertThat(shown()).isEmpty();
    assertThat(written.toString()).doesNotContain("\n", "message");
  }

  @Test
  void tenLinesASecondAtMost() {
    progress.finalFit(TOL, 1e6);
    for (int k = 0; k < 1000; k++) {
      progress.iteration(at("solve", k, 0.5, k, 1 + 0.001 * k));
    }
    assertThat(written.toString().split("\\[")).hasSizeLessThan(12);
  }

  @Test
  void aTestIsNoTerminal() {
    assumeTrue(System.console() == null, "not started from a terminal");
    assertThat(TerminalProgress.screen()).isEmpty();
  }
}
