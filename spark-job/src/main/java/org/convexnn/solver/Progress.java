package org.convexnn.solver;

/** Hears of a training run while it goes. */
public interface Progress {

  /** Hears nothing. */
  Progress SILENT =
      new Progress() {
        @Override
        public void iteration(TraceRecord trace) {}

        @Override
        public void message(String text) {}
      };

  /** One iteration ended. */
  void iteration(TraceRecord trace);

  /** Something a user may want to read: a choice made and why. */
  void message(String text);
}
