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

  /**
   * The last fit begins, the one of phase {@code solve}.
   *
   * @param tol the relative gap that it ends at
   * @param lastPass the passes, counted since training began, that it ends at in any case
   */
  default void finalFit(double tol, double lastPass) {}

  /**
   * A phase of the training of constant leaves has ended.
   *
   * @param name load and bin, choose, grow, prepare, or solve and certify
   * @param seconds that it took
   */
  default void phase(String name, double seconds) {}

  /** Something a user may want to read: a choice made and why. */
  void message(String text);

  /** What only someone who looks into a fit wants to read; it may come many times. */
  default void detail(String text) {
    message(text);
  }

  /** A piece of work that nothing is told of ended: a fit that nobody waits for may end here. */
  default void pulse() {}

  /** Something a user should read: the fit went on, and what came of it may not be what was wanted. */
  default void warning(String text) {
    message("warning: " + text);
  }
}
