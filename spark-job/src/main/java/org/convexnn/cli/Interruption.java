package org.convexnn.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.SparkContext;

/**
 * Ctrl-C, or a signal to end, while a command runs. Spark's own answer is to stop under the running
 * jobs, whose threads then print stack traces. Before that, here, jobs and command are ended as a
 * cancelled fit is: staged files are taken away, and the command says that it was interrupted.
 */
final class Interruption implements AutoCloseable {

  /** Before Spark's hook, which is 30 above that of the file systems. */
  private static final int PRIORITY = FileSystem.SHUTDOWN_HOOK_PRIORITY + 40;

  /** What a command may take to end once its jobs have, before it is interrupted itself. */
  private static final long JOB_SECONDS = 2;

  /** What it may take then; Hadoop ends hooks that take 30. */
  private static final long MOST_SECONDS = 20;

  private final SparkContext spark;
  private final Thread command = Thread.currentThread();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Runnable hook = this::end;

  private Interruption(SparkContext spark) {
    this.spark = spark;
  }

  /** Watches over the command of this thread until it closes what it gets here. */
  static Interruption of(SparkContext spark) {
    Interruption interruption = new Interruption(spark);
    ShutdownHookManager.get().addShutdownHook(interruption.hook, PRIORITY);
    return interruption;
  }

  /** Whether the commands of this JVM are interrupted: it ends, and they did not ask for it. */
  static boolean happened() {
    return ShutdownHookManager.get().isShutdownInProgress();
  }

  private void end() {
    spark.cancelAllJobs();
    try {
      // One that waits for a job ends with it; interrupted, it would release what the job still
      // sends.
      if (!ended.await(JOB_SECONDS, TimeUnit.SECONDS)) {
        spark.cancelAllJobs();
        command.interrupt();
        ended.await(MOST_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The command has ended, and said so. */
  @Override
  public void close() {
    ended.countDown();
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(hook);
    }
  }
}
