package org.convexnn.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * What surrounds one job: its description in the Spark UI, restored afterwards, and its broadcasts,
 * destroyed afterwards.
 */
final class JobScope implements AutoCloseable {

  private static final String DESCRIPTION = "spark.job.description";

  private final JavaSparkContext context;
  private final Optional<String> previous;
  private final List<Broadcast<?>> broadcasts = new ArrayList<>();

  /**
   * Sets the description for jobs of this thread.
   *
   * @throws java.util.concurrent.CancellationException where the fit is to end
   */
  JobScope(JavaSparkContext context, String description) {
    Cancellation.check(context);
    this.context = context;
    this.previous = Optional.ofNullable(context.getLocalProperty(DESCRIPTION));
    context.setLocalProperty(DESCRIPTION, description);
  }

  /** Sends a value to all executors until this scope closes. */
  <T> Broadcast<JavaSerialized<T>> broadcast(T value) {
    Broadcast<JavaSerialized<T>> broadcast = context.broadcast(new JavaSerialized<>(value));
    broadcasts.add(broadcast);
    return broadcast;
  }

  /** All elements, in the order of the partitions; one job. */
  <T> List<T> collect(JavaRDD<T> elements) {
    return run(elements::collect);
  }

  /** The sum of one partial result per partition; one job. */
  <A> A sum(JavaRDD<Partial<A>> partials, Merge<A> merge, int depth) {
    return run(() -> TreeSum.of(partials, merge, depth));
  }

  /** Spark leaves a job running whose thread is interrupted: here it is cancelled. */
  private <T> T run(Supplier<T> job) {
    String tag = "convexnn-" + UUID.randomUUID();
    context.sc().addJobTag(tag);
    try {
      return job.get();
    } catch (Throwable failure) {
      // Scala throws it undeclared.
      if (failure instanceof InterruptedException) {
        context.sc().cancelJobsWithTag(tag);
        throw new Cancellation.Interrupted();
      }
      throw failure;
    } finally {
      context.sc().removeJobTag(tag);
    }
  }

  @Override
  public void close() {
    // Spark's way to unset a property is null.
    context.setLocalProperty(DESCRIPTION, previous.orElse(null));
    for (Broadcast<?> broadcast : broadcasts) {
      broadcast.destroy();
    }
  }
}
