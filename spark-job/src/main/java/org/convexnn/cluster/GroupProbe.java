package org.convexnn.cluster;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Whether the job group or a tag of this thread's jobs was cancelled, which Spark tells jobs alone: once a
 * second, a job of one number asks, and nobody waits for it. So a fit notices too that computes on the
 * driver for a while. ({@code cancelJobGroup} of Spark 3 and 4 forgets a group without jobs: {@code
 * cancelJobGroupAndFutureJobs} does not.)
 */
final class GroupProbe {

  private static final long INTERVAL = TimeUnit.SECONDS.toNanos(1);

  private final JavaSparkContext context;
  private Optional<JavaFutureAction<Long>> asked = Optional.empty();
  private long askedAt = System.nanoTime();

  GroupProbe(JavaSparkContext context) {
    this.context = context;
  }

  /** Whether the last answer was that jobs are cancelled; asks again where it is time to. */
  synchronized boolean cancelled() {
    if (asked.isPresent() && asked.get().isDone()) {
      if (refused(asked.get())) {
        return true;
      }
      asked = Optional.empty();
    }
    if (asked.isEmpty() && System.nanoTime() - askedAt > INTERVAL) {
      askedAt = System.nanoTime();
      try (JobScope scope = new JobScope(context, "ConvexNN: is the fit still wanted?")) {
        asked = Optional.of(context.parallelize(List.of(0), 1).countAsync());
      }
    }
    return false;
  }

  /** A probe may fail for other reasons; these are for the fit's own jobs to meet. */
  private static boolean refused(JavaFutureAction<Long> probe) {
    try {
      probe.get();
      return false;
    } catch (ExecutionException e) {
      return String.valueOf(e.getCause()).toLowerCase(Locale.ROOT).contains("cancelled");
    } catch (InterruptedException e) {
      throw new Cancellation.Interrupted();
    }
  }
}
