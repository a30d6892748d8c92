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
}
