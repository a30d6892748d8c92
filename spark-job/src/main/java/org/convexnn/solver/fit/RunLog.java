package org.convexnn.solver.fit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TraceRecord;
import org.convexnn.solver.checkpoint.Journal;
import org.convexnn.solver.program.PassCounter;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.setup.Groups;

/** What a training run tells: the work done, one record per iteration, the path over beta. */
public final class RunLog {

  private final Progress progress;
  private final Groups groups;
  private final Solver.Stopping scale;
  private final PassCounter counter;
  private final Journal journal;
  private final List<TraceRecord> trace = new ArrayList<>();
  private final List<PathPoint> path = new ArrayList<>();
  private double phaseBegan;

  /**
   * An empty log.
   *
   * @param progress hears of everything too
   * @param counter of the run
   * @param groups for counting active gates
   * @param scale the smallest denominator of relative gaps
   */
  public RunLog(Progress progress, PassCounter counter, Groups groups, double scale) {
    this(progress, counter, groups, scale, Journal.none(progress, counter));
  }

  /** An empty log with a journal of its solves. */
  RunLog(Progress progress, PassCounter counter, Groups groups, double scale, Journal journal) {
    this.progress = progress;
    this.counter = counter;
    this.journal = journal;
    this.groups = groups;
    this.scale = new Solver.Stopping(0, 0, scale);
  }

  public PassCounter counter() {
    return counter;
  }

  public Journal journal() {
    return journal;
  }

  public List<TraceRecord> trace() {
    return trace;
  }

  public List<PathPoint> path() {
    return path;
  }

  public void message(String text) {
    progress.message(text);
  }

  public void detail(String text) {
    progress.detail(text);
  }

  public void pulse() {
    progress.pulse();
  }

  public void warning(String text) {
    progress.warning(text);
  }

  /** A phase has ended, which began where the last one did. */
  public void phase(String name) {
    double now = counter.seconds();
    progress.phase(name, now - phaseBegan);
    message(String.format(Locale.ROOT, "%s: %.2f s", name, now - phaseBegan));
    phaseBegan = now;
  }

  /** The last fit begins. */
  public void finalFit(Solver.Stopping stop) {
    progress.finalFit(stop.tol(), counter.passes() + stop.maxPasses());
  }

  /** Keeps a point of the path. */
  public void point(PathPoint point) {
    path.add(point);
  }

  /** Keeps a point of the path of a cross-validation: there is no one fit that it is of. */
  public void validated(double ratio, double meanLoss, double standardError) {
    double none = Double.NaN;
    point(new PathPoint(ratio, none, none, none, meanLoss, standardError, 0, counter.passes()));
    message(
        String.format(
            Locale.ROOT,
            "path: regRatio %.3g, mean validation loss %.5f, standard error %.5f",
            ratio,
            meanLoss,
            standardError));
  }

  /** Listens to the solve for one beta, of wide gates. */
  public Solver.Watch watch(String phase, double beta) {
    return watch(phase, beta, groups);
  }

  /** Listens to the solve of a program for one beta. */
  public Solver.Watch watch(String phase, double beta, Groups of) {
    return new Solver.Watch() {
      @Override
      public void iteration(int iteration, double upper, double lower, double[] weights) {
        TraceRecord record =
            new TraceRecord(
                phase,
                iteration,
                counter.passes(),
                beta,
                upper,
                lower,
                scale.relativeGap(upper, lower),
                of.activeGates(weights),
                counter.seconds());
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
