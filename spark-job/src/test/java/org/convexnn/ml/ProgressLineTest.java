package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TraceRecord;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

  private static final double TOL = 1e-3;

  private static TraceRecord at(String phase, int k, double gap, double passes, double seconds) {
    return new TraceRecord(phase, k, passes, 0.0048, 0.45, 0.45 * (1 - gap), gap, 9, seconds);
  }

  /** A gap of 10^(-k / 4) after 20 + k passes and 5 + k / 2 seconds: 12 passes to the tolerance. */
  private static Convergence geometric(int iterations, double lastPass) {
    Convergence fit = new Convergence(TOL, lastPass);
    for (int k = 0; k < iterations; k++) {
      fit.add(solve(k));
    }
    return fit;
  }

  private static TraceRecord solve(int k) {
    return at("solve", k, Math.pow(10, -0.25 * k), 20 + k, 5 + 0.5 * k);
  }

  @Test
  void aGeometricDeclineGivesTheTimeLeft() {
    // After 5 passes of 12 there are 7 left, half a second each.
    Convergence fit = geometric(6, 500);
    assertThat(fit.done()).isEqualTo(5 / 12.0, within(1e-12));
    assertThat(fit.secondsLeft().orElseThrow()).isEqualTo(3.5, within(1e-9));
  }

  @Test
  void theLastPassEndsTheFit() {
    Convergence fit = geometric(6, 28);
    assertThat(fit.done()).isEqualTo(5 / 8.0, within(1e-12));
    assertThat(fit.secondsLeft().orElseThrow()).isEqualTo(1.5, within(1e-9));
  }

  @Test
  void aGapThatHoldsForAWhileIsPartOfTheDecline() {
    // Bounds improve every third pass: a staircase along the same line.
    Convergence fit = new Convergence(TOL, 500);
    for (int k = 0; k < 10; k++) {
      fit.add(at("solve", k, Math.pow(10, -0.25 * (k / 3 * 3)), 20 + k, 5 + 0.5 * k));
    }
    // Least squares on 0 0 0 3 3 3 6 6 6 9 has slope 81 / 82.5; 3 steps are left.
    assertThat(fit.secondsLeft().orElseThrow()).isEqualTo(3 / (81 / 82.5) * 0.5, within(1e-9));
  }

  @Test
  void nothingIsSaidOfTheTimeBeforeTheGapFalls() {
    assertThat(new Convergence(TOL, 500).secondsLeft()).isEmpty();
    assertThat(new Convergence(TOL, 500).done()).isZero();
    assertThat(geometric(2, 500).secondsLeft()).isEmpty();
    Convergence flat = new Convergence(TOL, 500);
    Convergence unbounded = new Convergence(TOL, 500);
    Convergence atOnce = new Convergence(TOL, 500);
    for (int k = 0; k < 5; k++) {
      flat.add(at("solve", k, 0.5, 20 + k, 5 + k));
      unbounded.add(at("solve", k, Double.POSITIVE_INFINITY, 20 + k, 5 + k));
      atOnce.add(at("solve", k, 0.5 / (k + 1), 20, 5 + k));
    }
    assertThat(flat.secondsLeft()).isEmpty();
    assertThat(unbounded.secondsLeft()).isEmpty();
    assertThat(atOnce.secondsLeft()).isEmpty();
  }

  @Test
  void aReachedGapIsTheEnd() {
    Convergence fit = geometric(14, 500);
    assertThat(fit.done()).isEqualTo(1);
    assertThat(fit.secondsLeft().orElseThrow()).isZero();
  }

  @Test
  void lines() {
    assertThat(ProgressLine.line(solve(5), Optional.of(geometric(6, 500))))
        .isEqualTo("[########------------]  42 % gap 5.6e-02, 25 passes, 8 s, about 4 s left");
    assertThat(ProgressLine.line(solve(0), Optional.of(geometric(1, 500))))
        .isEqualTo("[--------------------]   0 % gap 1.0e+00, 20 passes, 5 s");
    assertThat(ProgressLine.line(at("path", 3, 0.041, 12, 300), Optional.empty()))
        .isEqualTo("path, beta 0.00480: gap 4.1e-02, 12 passes, 5 min");
    assertThat(ProgressLine.line(at("polish", 3, Double.NaN, 12, 7200), Optional.empty()))
        .isEqualTo("polish, beta 0.00480: objective 0.450000, 12 passes, 2 h");
    // An hour a pass: the longest there is.
    Convergence slow = new Convergence(1e-9, 1e5);
    TraceRecord last = at("solve", 0, 1, 0, 0);
    for (int k = 0; k < 9; k++) {
      last = at("solve", k, Math.pow(10, -0.001 * k), 12_000 + k, 3600.0 * k);
      slow.add(last);
    }
    assertThat(ProgressLine.line(last, Optional.of(slow))).hasSizeLessThan(80);
  }

  @Test
  void tellsTheLastIterationAndHandsMessagesOn() {
    List<String> heard = new ArrayList<>();
    ProgressLine course =
        new ProgressLine(
            new Progress() {
              @Override
              public void iteration(TraceRecord trace) {
                heard.add("iteration");
              }

              @Override
              public void message(String text) {
                heard.add(text);
              }
            });
    assertThat(course.line()).isEmpty();
    course.iteration(at("path", 3, 0.041, 12, 300));
    assertThat(course.line()).startsWith("path, beta 0.00480: gap 4.1e-02");
    course.finalFit(TOL, 500);
    course.iteration(solve(0));
    assertThat(course.line()).startsWith("[-----").endsWith("5 s");
    course.message("a choice");
    course.detail("a detail");
    course.warning("far from the optimum");
    assertThat(heard).containsExactly("a choice", "a detail", "warning: far from the optimum");
  }
}
