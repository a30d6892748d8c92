package org.convexnn.gate;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A few threads that share numbered tasks of microseconds: waiting threads spin for a short while
 * before they sleep, and the caller works too, so that a thread that wakes late delays nothing. What
 * tasks compute must not depend on who runs them.
 */
final class Workers implements AutoCloseable {

  /** Rows of a chunk: what a thread takes at a time. */
  static final int CHUNK = 1 << 14;

  /** About 50 microseconds. */
  private static final int SPINS = 1000;

  private static final long NAP = 20_000; // nanoseconds

  private static final class Job {
    final IntConsumer task;
    final int tasks;
    final AtomicInteger next = new AtomicInteger();
    final AtomicInteger done = new AtomicInteger();
    volatile Throwable error;

    Job(IntConsumer task, int tasks) {
      this.task = task;
      this.tasks = tasks;
    }

    void work() {
      for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
        try {
          task.accept(i);
        } catch (Throwable e) {
          error = e;
        }
        done.incrementAndGet();
      }
    }
  }

  private final Thread[] threads;
  private volatile Job job;
  private volatile boolean closed;

  /** Starts {@code threads - 1} threads beside the caller's. */
  Workers(int threads) {
    this.threads = new Thread[threads - 1];
    for (int t = 0; t < this.threads.length; t++) {
      this.threads[t] = new Thread(this::serve, "tree-growth-" + t);
      this.threads[t].setDaemon(true);
      this.threads[t].start();
    }
  }

  /** The caller's thread counted. */
  int size() {
    return threads.length + 1;
  }

  /** Runs tasks 0 .. tasks - 1 and returns when all have ended. */
  void run(int tasks, IntConsumer task) {
    if (threads.length == 0 || tasks <= 1) {
      for (int i = 0; i < tasks; i++) {
        task.accept(i);
      }
      return;
    }
    Job current = new Job(task, tasks);
    job = current;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
    current.work();
    for (int spin = 0; current.done.get() < tasks; spin++) {
      if (spin < SPINS) {
        Thread.onSpinWait();
      } else {
        // Yielding would take the processor, over and over, from whom we wait for.
        LockSupport.parkNanos(NAP);
      }
    }
    if (current.error instanceof Error error) {
      throw error;
    }
    if (current.error instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /** What is done with a chunk of rows, {@code from .. to - 1}. */
  @FunctionalInterface
  interface ChunkTask {
    void run(int chunk, int from, int to);
  }

  /** The number of chunks of so many rows. */
  static int chunks(int rows) {
    return (rows + CHUNK - 1) / CHUNK;
  }

  /** Runs a task for each chunk of rows {@code from .. to - 1}: the same ones for any number of threads. */
  void chunks(int from, int to, ChunkTask task) {
    run(
        chunks(to - from),
        c -> task.run(c, from + c * CHUNK, Math.min(to, from + (c + 1) * CHUNK)));
  }

  private void serve() {
    Job last = null;
    while (!closed) {
      Job current = job;
      for (int spin = 0; current == last && spin < SPINS; spin++) {
        Thread.onSpinWait();
        current = job;
      }
      if (current == last) {
        LockSupport.park(this);
      } else {
        current.work();
        last = current;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
  }
}
