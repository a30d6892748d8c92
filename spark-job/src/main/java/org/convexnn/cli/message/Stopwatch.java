package org.convexnn.cli.message;

/** Seconds since it was made. */
public final class Stopwatch {

  private final long start = System.nanoTime();

  public double seconds() {
    return (System.nanoTime() - start) * 1e-9;
  }
}
