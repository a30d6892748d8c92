package org.convexnn.benchmarks;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Prints a Markdown table of what a sweep over trees of constant leaves takes for each row and tree,
 * and the bytes that it moves beside the bandwidth of the memory: of a row and tree two leaf codes,
 * output, derivative and curvature, output and derivative again (22 bytes). One thread, a minute.
 */
public final class SweepTable {

  private static final double BYTES = 2 + 3 * 4 + 2 * 4;

  private SweepTable() {}

  /** Measures and prints; takes no arguments. */
  public static void main(String[] arguments) throws RunnerException {
    var options =
        new OptionsBuilder()
            .include(SweepBenchmark.class.getName())
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.SECONDS)
            .forks(1)
            .warmupIterations(3)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(5)
            .measurementTime(TimeValue.seconds(1))
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true)
            .build();
    System.out.println("| rows | what | ns a row and tree | GB/s |");
    System.out.println("| ---: | --- | ---: | ---: |");
    for (RunResult result : new Runner(options).run()) {
      double seconds = result.getPrimaryResult().getScore();
      int rows = Integer.parseInt(result.getParams().getParam("rows"));
      boolean sum = result.getParams().getBenchmark().endsWith(".sum");
      double visits = (double) rows * SweepBenchmark.TREES * SweepBenchmark.SWEEPS;
      double bytes = sum ? (double) SweepBenchmark.NUMBERS * Double.BYTES : BYTES * visits;
      System.out.printf(
          Locale.ROOT,
          "| %d | %s | %s | %.1f |%n",
          rows,
          sum ? "sum of 256 MB" : "sweep",
          sum ? "" : String.format(Locale.ROOT, "%.2f", 1e9 * seconds / visits),
          1e-9 * bytes / seconds);
    }
  }
}
