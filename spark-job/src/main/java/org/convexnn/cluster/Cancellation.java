package org.convexnn.cluster;

import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TraceRecord;

/**
 * Ends a fit that nobody waits for any more: jobs and iterations ask, before they begin and when they
 * end. What the fit holds is released as the exception passes.
 */
public final class Cancellation {

  private Cancellation() {}

  /**
   * Ends this thread's work where there is a reason.
   *
   * @throws CancellationException saying why: the thread was interrupted (it stays so) or Spark was
   *     stopped
   */
  static void check(JavaSparkContext context) {
    if (Thread.currentThread().isInterrupted()) {
      throw interrupted();
    }
    if (context.sc().isStopped()) {
      throw ended("Spark was stopped");
    }
  }

  static CancellationException interrupted() {
    return ended("its thread was interrupted");
  }

  private static CancellationException ended(String why) {
    return new CancellationException(
        "the fit was ended, no model was made: " + why + "; what it had cached is released");
  }

  /**
   * The same listener, at whose iterations and messages the fit may end.
   *
   * @param cancelled whether someone has asked for the end
   */
  public static Progress watched(
      Progress listener, JavaSparkContext context, BooleanSupplier cancelled) {
    return new Progress() {
      @Override
      public void iteration(TraceRecord trace) {
        listener.iteration(trace);
        check();
      }

      @Override
      public void finalFit(double tol, double lastPass) {
        listener.finalFit(tol, lastPass);
      }

      @Override
      public void message(String text) {
        listener.message(text);
        check();
      }

      private void check() {
        if (cancelled.getAsBoolean()) {
          throw ended("it was cancelled");
        }
        Cancellation.check(context);
      }
    };
  }
}
