package org.convexnn.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  /** Sets the description for jobs of this thread. */
  JobScope(JavaSparkContext context, String description) {
    this.context = context;
    this.previous = Optional.ofNullable(context.getLocalProperty(DESCRIPTION));
    context.setLocalProperty(DESCRIPTION, description);
  }

  /** Sends a value to all executors until this scope closes. */
  <T> Broadcast<Shipped<T>> broadcast(T value) {
    Broadcast<Shipped<T>> broadcast = context.broadcast(new Shipped<>(value));
    broadcasts.add(broadcast);
    return broadcast;
  }

  /** All elements, in the order of the partitions; one job. */
  <T> List<T> collect(JavaRDD<T> elements) {
    return elements.collect();
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
