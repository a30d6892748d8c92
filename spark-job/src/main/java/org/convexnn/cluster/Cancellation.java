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
   * @throws CancellationException saying why: the thread was interrupted, or Spark was stopped
   */
  static void check(JavaSparkContext context) {
    if (Thread.interrupted()) {
      throw new Interrupted();
    }
    if (context.sc().isStopped()) {
      throw ended("Spark was stopped");
    }
  }

  /**
   * The fit's thread was interrupted. It is not while this passes, for Spark would release nothing
   * then, and is again where {@link #passed} sees it.
   */
  static final class Interrupted extends CancellationException {
    private static final long serialVersionUID = 1L;

    Interrupted() {
      super(words("its thread was interrupted"));
    }
  }

  /** An interrupt has ended a fit and everything is released: the thread is told of it again. */
  public static void passed(Throwable failure) {
    // Spark's own is thrown undeclared.
    if (failure instanceof InterruptedException || failure instanceof Interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure instanceof InterruptedException) {
      throw new Interrupted();
    }
  }

  private static CancellationException ended(String why) {
    return new CancellationException(words(why));
  }

  private static String words(String why) {
    return "the fit was ended, no model was made: " + why + "; what it had cached is released";
  }

  /**
   * Passes everything on to a listener, and ends the fit at an iteration or message where that was asked.
   *
   * @param cancelled whether someone has asked for the end
   */
  public static Progress watched(
      Progress listener, JavaSparkContext context, BooleanSupplier cancelled) {
    GroupProbe probe = new GroupProbe(context);
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
      public void phase(String name, double seconds) {
        listener.phase(name, seconds);
      }

      @Override
      public void message(String text) {
        listener.message(text);
        check();
      }

      @Override
      public void detail(String text) {
        listener.detail(text);
        check();
      }

      @Override
      public void pulse() {
        check();
      }

      @Override
      public void warning(String text) {
        listener.warning(text);
        check();
      }

      private void check() {
        if (cancelled.getAsBoolean()) {
          throw ended("it was cancelled");
        }
        Cancellation.check(context);
        if (probe.cancelled()) {
          throw ended("its job group was cancelled");
        }
      }
    };
  }
}
