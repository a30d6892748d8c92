package org.convexnn.ml;

import java.util.OptionalDouble;
import org.convexnn.solver.TraceRecord;

/**
 * How far a fit is and how long it will take, of a gap that falls by the same factor in each pass: with
 * g_k the relative gap after p_k passes and t_k seconds,
 *
 * <pre>
 * log g_k ~ a - r p_k                                least squares over all iterations
 * time left = log(g_k / tol) / r (t_k - t_0) / (p_k - p_0)
 * </pre>
 *
 * but at most what is left to the last pass allowed.
 */
final class Convergence {

  private static final int FEWEST = 3;

  private final double tol;
  private final double lastPass;
  private TraceRecord first;
  private TraceRecord last;
  private int count;
  private double sumP;
  private double sumG;
  private double sumPP;
  private double sumPG;

  /** Of a fit that ends at the gap tol or, not later, at a number of passes. */
  Convergence(double tol, double lastPass) {
    this.tol = tol;
    this.lastPass = lastPass;
  }

  /** Takes an iteration; without a finite gap it says nothing. */
  void add(TraceRecord t) {
    if (!Double.isFinite(t.relativeGap())) {
      return;
    }
    first = first == null ? t : first;
    last = t;
    double p = t.passes() - first.passes();
    double g = logOver(t.relativeGap());
    count++;
    sumP += p;
    sumG += g;
    sumPP += p * p;
    sumPG += p * g;
  }

  /** log(gap / tol), 0 where the gap is reached. */
  private double logOver(double gap) {
    return Math.log(Math.max(gap, tol) / tol);
  }

  /** The share of the way in log gap, or of the passes allowed where that is more, in [0, 1]. */
  double done() {
    if (last == null) {
      return 0;
    }
    double whole = logOver(first.relativeGap());
    double byGap = whole > 0 ? 1 - logOver(last.relativeGap()) / whole : 1;
    double byPasses = (last.passes() - first.passes()) / (lastPass - first.passes());
    return Math.min(1, Math.max(0, Math.max(byGap, byPasses)));
  }

  /** Seconds to the end; empty while too little is known, or the gap does not fall. */
  OptionalDouble secondsLeft() {
    double spread = count * sumPP - sumP * sumP;
    double rate = (sumP * sumG - count * sumPG) / spread;
    // Not "rate <= 0": of equal passes it is no number.
    if (count < FEWEST || !(rate > 0) || !Double.isFinite(rate)) {
      return OptionalDouble.empty();
    }
    double passes = Math.min(logOver(last.relativeGap()) / rate, lastPass - last.passes());
    double pace = (last.seconds() - first.seconds()) / (last.passes() - first.passes());
    return OptionalDouble.of(Math.max(0, passes * pace));
  }
}
