package org.convexnn.cli.report;

import java.util.LinkedHashMap;
import java.util.Map;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TraceRecord;

/** Keeps the seconds of each phase of a fit, and passes everything on. */
final class PhaseClock implements Progress {

  private final Progress listener;
  private final Map<String, Double> phases = new LinkedHashMap<>();

  PhaseClock(Progress listener) {
    this.listener = listener;
  }

  /** Seconds by phase so far, in their order. */
  Map<String, Double> phases() {
    return phases;
  }

  @Override
  public void phase(String name, double seconds) {
    phases.merge(name, seconds, Double::sum);
    listener.phase(name, seconds);
  }

  @Override
  public void iteration(TraceRecord trace) {
    listener.iteration(trace);
  }

  @Override
  public void finalFit(double tol, double lastPass) {
    listener.finalFit(tol, lastPass);
  }

  @Override
  public void message(String text) {
    listener.message(text);
  }

  @Override
  public void detail(String text) {
    listener.detail(text);
  }

  @Override
  public void warning(String text) {
    listener.warning(text);
  }
}
