package org.convexnn.cli.benchmark;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerUnpersistRDD;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockUpdatedInfo;
import org.apache.spark.storage.BroadcastBlockId;
import org.apache.spark.storage.RDDBlockId;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What a fit's passes send, and what its rows take, by Spark's own metrics: bytes that the driver
 * broadcasts for an iteration, bytes of the tasks' results, bytes of blocks of RDDs.
 *
 * <p>Spark calls it on a thread of its own: read it when the bus is empty.
 */
final class Traffic extends SparkListener {

  private static final String DESCRIPTION = "spark.job.description";

  /** How solvers call the jobs of their iterations. */
  private static final Pattern ITERATION =
      Pattern.compile(
          "(ADMM iteration|quasi-Newton step|gradient iteration|consensus round) \\d+.*");

  private final Set<Integer> stages = new HashSet<>();
  private final Map<String, Long> blocks = new HashMap<>();
  private long iterations;
  private long results;
  private long up;
  private long down;
  private long pieces;
  private long stored;
  private long mostStored;
  private long allUp;
  private long allDown;

  /**
   * Sums over iterations.
   *
   * @param iterations how many jobs
   * @param results how many tasks, each of which gives a result
   * @param up bytes of the results, to the driver or, of all levels but the last, to other tasks
   * @param down bytes that were broadcast, compressed, once
   * @param mostStored the most bytes that blocks of RDDs took at a time, in memory and on disk, of
   *     all jobs
   * @param allUp bytes of the results of all jobs
   * @param allDown bytes that were broadcast for all jobs, compressed, once
   */
  record Sums(
      long iterations,
      long results,
      long up,
      long down,
      long mostStored,
      long allUp,
      long allDown) {}

  /** What was seen so far. */
  synchronized Sums sums() {
    return new Sums(iterations, results, up, down, mostStored, allUp, allDown);
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart start) {
    String description = start.properties().getProperty(DESCRIPTION, "");
    if (ITERATION.matcher(description).matches()) {
      iterations++;
      // What is broadcast for a job is broadcast right before it.
      down += pieces;
      CollectionConverters.asJava(start.stageIds()).forEach(id -> stages.add((Integer) id));
    }
    pieces = 0;
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    if (!end.taskInfo().successful()) {
      return;
    }
    long bytes =
        end.taskMetrics().resultSize() + end.taskMetrics().shuffleWriteMetrics().bytesWritten();
    allUp += bytes;
    if (stages.contains(end.stageId())) {
      results++;
      up += bytes;
    }
  }

  @Override
  public synchronized void onBlockUpdated(SparkListenerBlockUpdated updated) {
    BlockUpdatedInfo info = updated.blockUpdatedInfo();
    BlockId id = info.blockId();
    long bytes = info.memSize() + info.diskSize();
    if (id instanceof RDDBlockId rdd) {
      store(rdd.rddId() + "/" + rdd.splitIndex() + "/" + info.blockManagerId(), bytes);
    } else if (id instanceof BroadcastBlockId broadcast
        && broadcast.field().startsWith("piece")
        && info.blockManagerId().isDriver()) {
      pieces += bytes;
      allDown += bytes;
    }
  }

  @Override
  public synchronized void onUnpersistRDD(SparkListenerUnpersistRDD gone) {
    for (String block : Set.copyOf(blocks.keySet())) {
      if (block.startsWith(gone.rddId() + "/")) {
        store(block, 0);
      }
    }
  }

  private void store(String block, long bytes) {
    Long before = bytes == 0 ? blocks.remove(block) : blocks.put(block, bytes);
    stored += bytes - (before == null ? 0 : before);
    mostStored = Math.max(mostStored, stored);
  }
}
