package org.convexnn.cluster;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManagerMaster;
import org.apache.spark.storage.StorageStatus;
import org.convexnn.linalg.CounterRandom;
import scala.jdk.javaapi.CollectionConverters;

/** What goes wrong in a fit, and when. Told of every job on the driver and in every task. */
interface Fault extends Serializable {

  /** Nothing. */
  Fault NONE = new Fault() {};

  /**
   * A job of a fit.
   *
   * @param number of the job, from 0
   * @param job its description
   * @param occurrence how many jobs had this description, with this one
   */
  record Moment(int number, String job, int occurrence) implements Serializable {
    boolean is(When when) {
      return job.equals(when.job) && occurrence == when.occurrence;
    }
  }

  /**
   * A job to be disturbed.
   *
   * @param job its description
   * @param occurrence the how many-th job of this description, from 1
   */
  record When(String job, int occurrence) implements Serializable {}

  /** Called on the driver, before the job. */
  default void before(Moment moment) {}

  /** Called in a task that has looked for its row state and read no row yet. */
  default void begin(Moment moment) {}

  /** Called in a task that has its result, and has not yet told it. */
  default void end(Moment moment) {}

  private static boolean firstOfPartition(int partition) {
    TaskContext task = TaskContext.get();
    return task.partitionId() == partition
        && task.attemptNumber() == 0
        && task.stageAttemptNumber() == 0;
  }

  /** An executor kills itself, in the first attempt of the task of one partition. */
  record Killed(int partition, List<When> moments) implements Fault {
    @Override
    public void begin(Moment moment) {
      if (moments.stream().anyMatch(moment::is) && firstOfPartition(partition)) {
        try {
          new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid()))
              .start()
              .waitFor();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  /** An executor is killed from outside, so long after a job was begun. */
  record Shot(int number, long millis) implements Fault {
    @Override
    public void before(Moment moment) {
      if (moment.number() == number) {
        CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS)
            .execute(
                () -> {
                  List<ProcessHandle> executors = ClusterProcess.executors();
                  executors.get(number % executors.size()).destroyForcibly();
                });
      }
    }
  }

  /** Tasks throw, each attempt with this probability, half of them when their work is done. */
  record Throwing(double probability, long seed) implements Fault {

    static final String MESSAGE = "thrown as planned";

    @Override
    public void begin(Moment moment) {
      toss(moment, 0);
    }

    @Override
    public void end(Moment moment) {
      toss(moment, 1);
    }

    private void toss(Moment moment, int place) {
      TaskContext task = TaskContext.get();
      long salt = ((moment.number() * 100L + task.partitionId()) * 10 + task.attemptNumber()) * 2;
      if (CounterRandom.uniform(CounterRandom.mix(seed ^ CounterRandom.mix(salt + place)))
          < probability / 2) {
        throw new IllegalStateException(MESSAGE);
      }
    }
  }

  /** Every task of one job throws. */
  record ThrownIn(int number) implements Fault {
    @Override
    public void begin(Moment moment) {
      if (moment.number() == number) {
        throw new IllegalStateException(Throwing.MESSAGE);
      }
    }
  }

  /** Nothing goes wrong, and the jobs are counted. */
  final class Counting implements Fault {
    private static final long serialVersionUID = 1L;
    private int jobs;

    @Override
    public void before(Moment moment) {
      jobs = moment.number() + 1;
    }

    int jobs() {
      return jobs;
    }
  }

  /** The first attempt of one task sleeps. */
  record Slow(When when, long seconds) implements Fault {
    @Override
    public void begin(Moment moment) {
      if (moment.is(when) && firstOfPartition(0)) {
        try {
          Thread.sleep(1000 * seconds);
        } catch (InterruptedException e) {
          // Another attempt was faster.
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  /** All tasks of one executor take longer by this factor. */
  record Slowed(String executor, int factor) implements Fault {

    private static final Map<Long, Long> BEGUN = new ConcurrentHashMap<>();

    @Override
    public void begin(Moment moment) {
      BEGUN.put(TaskContext.get().taskAttemptId(), System.nanoTime());
    }

    @Override
    public void end(Moment moment) {
      long nanos = System.nanoTime() - BEGUN.remove(TaskContext.get().taskAttemptId());
      if (SparkEnv.get().executorId().equals(executor)) {
        try {
          TimeUnit.NANOSECONDS.sleep((factor - 1) * nanos);
        } catch (InterruptedException e) {
          // Another attempt was faster.
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  /** Every block of one executor is dropped: rows, patterns and row states. */
  record Dropped(When when) implements Fault {

    /** So many blocks were dropped by now; counted on the driver. */
    static final AtomicLong DROPPED = new AtomicLong();

    @Override
    public void before(Moment moment) {
      if (moment.is(when)) {
        BlockManagerMaster master =
            SparkSession.active().sparkContext().env().blockManager().master();
        StorageStatus victim =
            List.of(master.getStorageStatus()).stream()
                .filter(s -> !s.blockManagerId().isDriver() && s.rddBlocks().nonEmpty())
                .findFirst()
                .orElseThrow();
        List<BlockId> blocks =
            List.copyOf(CollectionConverters.asJava(victim.rddBlocks()).keySet());
        blocks.forEach(master::removeBlock);
        // The master does not wait for the executor.
        for (BlockId block : blocks) {
          while (!CollectionConverters.asJava(master.getBlockStatus(block, true)).isEmpty()) {
            Thread.onSpinWait();
          }
        }
        DROPPED.addAndGet(blocks.size());
      }
    }
  }
}
