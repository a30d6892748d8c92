package org.convexnn.solver;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a training run tells: the work done, one record per iteration, the path over beta. */
final class RunLog {

  private final Progress progress;
  private final Groups groups;
  private final Solver.Stopping scale;
  private final Ledger ledger;
  private final Journal journal;
  private final List<TraceRecord> trace = new ArrayList<>();
  private final List<PathPoint> path = new ArrayList<>();
  private double phaseBegan;

  /**
   * An empty log.
   *
   * @param progress hears of everything too
   * @param ledger of the run
   * @param groups for counting active gates
   * @param scale the smallest denominator of relative gaps
   */
  RunLog(Progress progress, Ledger ledger, Groups groups, double scale) {
    this(progress, ledger, groups, scale, Journal.none(progress, ledger));
  }

  /** An empty log with a journal of its solves. */
  RunLog(Progress progress, Ledger ledger, Groups groups, double scale, Journal journal) {
    this.progress = progress;
    this.ledger = ledger;
    this.journal = journal;
    this.groups = groups;
    this.scale = new Solver.Stopping(0, 0, scale);
  }

  Ledger ledger() {
    return ledger;
  }

  Journal journal() {
    return journal;
  }

  List<TraceRecord> trace() {
    return trace;
  }

  List<PathPoint> path() {
    return path;
  }

  void message(String text) {
    progress.message(text);
  }

  void detail(String text) {
    progress.detail(text);
  }

  void pulse() {
    progress.pulse();
  }

  void warning(String text) {
    progress.warning(text);
  }

  /** A phase has ended, which began where the last one did. */
  void phase(String name) {
    double now = ledger.seconds();
    progress.phase(name, now - phaseBegan);
    message(String.format(Locale.ROOT, "%s: %.2f s", name, now - phaseBegan));
    phaseBegan = now;
  }

  /** The last fit begins. */
  void finalFit(Solver.Stopping stop) {
    progress.finalFit(stop.tol(), ledger.passes() + stop.maxPasses());
  }

  /** Keeps a point of the path. */
  void point(PathPoint point) {
    path.add(point);
  }

  /** Keeps a point of the path of a cross-validation: there is no one fit that it is of. */
  void validated(double ratio, double meanLoss, double standardError) {
    double none = Double.NaN;
    point(new PathPoint(ratio, none, none, none, meanLoss, standardError, 0, ledger.passes()));
    message(
        String.format(
            Locale.ROOT,
            "path: regRatio %.3g, mean validation loss %.5f, standard error %.5f",
            ratio,
            meanLoss,
            standardError));
  }

  /** Listens to the solve for one beta, of wide gates. */
  Solver.Watch watch(String phase, double beta) {
    return watch(phase, beta, groups);
  }

  /** Listens to the solve of a program for one beta. */
  Solver.Watch watch(String phase, double beta, Groups of) {
    return new Solver.Watch() {
      @Override
      public void iteration(int iteration, double upper, double lower, double[] weights) {
        TraceRecord record =
            new TraceRecord(
                phase,
                iteration,
                ledger.passes(),
                beta,
                upper,
                lower,
                scale.relativeGap(upper, lower),
                of.activeGates(weights),
                ledger.seconds());
        trace.add(record);
        progress.iteration(record);
      }

      @Override
      public void message(String text) {
        progress.message(text);
      }
    };
  }
}
