package org.convexnn.solver.program;

import org.convexnn.solver.rows.GatedRows;

/**
 * Counts the work on rows and the time since training began.
 *
 * <p>A pass is one forward and one transposed product over all rows with the current gates; a sweep
 * that multiplies fewer groups counts by its share of the flops.
 */
public final class PassCounter {

  private final long start = System.nanoTime();
  private double passes;
  private int jobs;
  private int states = GatedRows.NO_STATE;

  /** Adds one sweep over the data that cost this many passes. */
  public void sweep(double cost) {
    jobs++;
    passes += cost;
  }

  /** Adds what an earlier driver did. */
  public void add(double earlierPasses, int earlierJobs) {
    jobs += earlierJobs;
    passes += earlierPasses;
  }

  /** A number for a row state that was not used before. */
  public int nextState() {
    return ++states;
  }

  /** Passes so far. */
  public double passes() {
    return passes;
  }

  /** Sweeps of any kind so far. */
  public int jobs() {
    return jobs;
  }

  /** Seconds since training began. */
  public double seconds() {
    return (System.nanoTime() - start) * 1e-9;
  }
}
