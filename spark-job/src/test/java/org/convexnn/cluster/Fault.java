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
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManagerMaster;
import org.apache.spark.storage.BlockStatus;
import org.apache.spark.storage.StorageStatus;
import org.convexnn.linalg.CounterRandom;
import scala.jdk.javaapi.CollectionConverters;

/** What goes wrong in a fit, and when. Told of every job on the driver and in every task. */
interface Fault extends Serializable {

  /** How often a fault struck on the driver. */
  AtomicLong STRUCK = new AtomicLong();

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
        signal("KILL", ProcessHandle.current());
      }
    }
  }

  private static void signal(String name, ProcessHandle process) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An executor stops, and goes on no more, before a job. */
  record Hung(When when) implements Fault {
    @Override
    public void before(Moment moment) {
      if (moment.is(when)) {
        signal("STOP", ClusterProcess.executors().get(0));
      }
    }
  }

  /** An executor is killed before a job, and the Worker that would replace it. */
  record Gone(When when) implements Fault {
    @Override
    public void before(Moment moment) {
      if (moment.is(when)) {
        ProcessHandle executor = ClusterProcess.executors().get(0);
        executor.parent().orElseThrow().destroyForcibly();
        executor.destroyForcibly();
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

    @Override
    public void before(Moment moment) {
      if (moment.is(when)) {
        BlockManagerMaster master = SparkEnv.get().blockManager().master();
        StorageStatus victim =
            onExecutors(master).filter(s -> s.rddBlocks().nonEmpty()).findFirst().orElseThrow();
        List<BlockId> blocks =
            List.copyOf(CollectionConverters.asJava(victim.rddBlocks()).keySet());
        blocks.forEach(master::removeBlock);
        // The master does not wait for the executor.
        for (BlockId block : blocks) {
          while (!CollectionConverters.asJava(master.getBlockStatus(block, true)).isEmpty()) {
            Thread.onSpinWait();
          }
        }
        STRUCK.addAndGet(blocks.size());
      }
    }
  }

  /**
   * Nothing goes wrong but that the executors' memory is short. It strikes in each job before which
   * rows, patterns and states take so many times of what may be stored in memory, a part of them in
   * memory and a part on disk.
   */
  record Spilled(double times) implements Fault {
    @Override
    public void before(Moment moment) {
      long storage = 0;
      long memory = 0;
      long disk = 0;
      for (StorageStatus status : onExecutors(SparkEnv.get().blockManager().master()).toList()) {
        storage += status.maxMem();
        for (BlockStatus block : CollectionConverters.asJava(status.rddBlocks()).values()) {
          memory += block.memSize();
          disk += block.diskSize();
        }
      }
      if (memory > 0 && disk > 0 && memory + disk >= times * storage) {
        STRUCK.incrementAndGet();
      }
      System.out.println(moment + ": storage " + storage + ", memory " + memory + ", disk " + disk);
    }
  }

  private static Stream<StorageStatus> onExecutors(BlockManagerMaster master) {
    return Stream.of(master.getStorageStatus()).filter(s -> !s.blockManagerId().isDriver());
  }
}
