package org.convexnn.benchmarks;

import dev.ludovic.netlib.blas.NativeBLAS;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.convexnn.block.Precision;
import org.convexnn.linalg.Blas;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Prints a Markdown table of the row kernels' speed in GF/s, beside matrix products of the same
 * shapes. Everything counts as the matrix product that it stands for, {@code 2 n d P} flops a
 * direction, whatever is multiplied or added in truth. One thread. Arguments are JMH's, for example
 * {@code -p shape=NARROW}.
 */
public final class KernelTable {

  private static final String VECTOR_MODULE = "--add-modules=jdk.incubator.vector";
  private static final String NATIVE_BLAS = "-D" + Blas.PROPERTY + "=native";
  private static final String JAVA_BLAS = "-D" + Blas.PROPERTY + "=java";

  private static final List<String> DIRECTIONS = List.of("forward", "backward", "both");
  private static final String LINE = "| %-31s | %-7s | %-32s | %7s | %8s | %6s | %16s |%n";

  /** What is compared; the flags of its JVM choose the implementation. */
  private enum Contestant {
    KERNEL_VECTOR("row kernel, vector module", RowKernelBenchmark.class, VECTOR_MODULE),
    KERNEL_PLAIN("row kernel, plain Java", RowKernelBenchmark.class),
    PANEL_VECTOR("VectorPanelKernel alone", TableBenchmark.class, VECTOR_MODULE),
    PANEL_PLAIN("PlainPanelKernel alone", TableBenchmark.class),
    GEMM_NATIVE("gemm, native", MatrixProductBenchmark.class, NATIVE_BLAS),
    GEMM_VECTOR("gemm, vector module", MatrixProductBenchmark.class, VECTOR_MODULE, JAVA_BLAS),
    GEMM_PLAIN("gemm, plain Java", MatrixProductBenchmark.class, JAVA_BLAS);

    private final String label;
    private final Class<?> benchmark;
    private final String[] flags;

    Contestant(String label, Class<?> benchmark, String... flags) {
      this.label = label;
      this.benchmark = benchmark;
      this.flags = flags;
    }
  }

  private record Case(Shape shape, Precision precision, Contestant contestant, String direction) {}

  private final Map<Case, Double> speeds = new HashMap<>();

  private KernelTable() {}

  /** Runs all of it, some minutes. */
  public static void main(String[] arguments) throws CommandLineOptionException, RunnerException {
    Options given = new CommandLineOptions(arguments);
    if (!given.getIncludes().isEmpty()) {
      throw new IllegalArgumentException(
          given.getIncludes()
              + " would choose benchmarks by name, and the table needs all of them; leave it out and"
              + " choose by parameters, for example -p shape=NARROW");
    }
    Optional<String> problem = nativeProblem();
    KernelTable table = new KernelTable();
    for (Contestant contestant : Contestant.values()) {
      if (contestant != Contestant.GEMM_NATIVE || problem.isEmpty()) {
        System.err.println("measuring " + contestant.label);
        table.measure(contestant, given);
      }
    }
    table.print();
    problem.ifPresent(text -> System.out.println("no native BLAS: " + text));
  }

  private static Optional<String> nativeProblem() {
    try {
      NativeBLAS.getInstance();
      return Optional.empty();
    } catch (RuntimeException | LinkageError missing) {
      return Optional.of(missing.toString());
    }
  }

  private void measure(Contestant contestant, Options given) throws RunnerException {
    Options options =
        new OptionsBuilder()
            .parent(given)
            .include(contestant.benchmark.getName())
            .mode(Mode.AverageTime)
            .timeUnit(java.util.concurrent.TimeUnit.SECONDS)
            .forks(1)
            .warmupIterations(3)
            .warmupTime(TimeValue.milliseconds(300))
            .measurementIterations(5)
            .measurementTime(TimeValue.milliseconds(200))
            .jvmArgsAppend(contestant.flags)
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true)
            .build();
    for (RunResult result : new Runner(options).run()) {
      BenchmarkParams params = result.getParams();
      Shape shape = Shape.valueOf(params.getParam("shape"));
      String method = params.getBenchmark();
      String direction = method.substring(method.lastIndexOf('.') + 1);
      double flops = shape.flops() * (direction.equals("both") ? 2 : 1);
      speeds.put(
          new Case(shape, Precision.valueOf(params.getParam("precision")), contestant, direction),
          flops / result.getPrimaryResult().getScore() * 1e-9);
    }
  }

  private void print() {
    row("shape", "numbers", "GF/s of", "forward", "backward", "both", "% of native gemm");
    row("---", "---", "---", "---:", "---:", "---:", "---:");
    for (Shape shape : Shape.values()) {
      for (Precision precision : Precision.values()) {
        for (Contestant contestant : Contestant.values()) {
          print(shape, precision, contestant);
        }
      }
    }
  }

  private void print(Shape shape, Precision precision, Contestant contestant) {
    Double[] measured =
        DIRECTIONS.stream()
            .map(direction -> speeds.get(new Case(shape, precision, contestant, direction)))
            .toArray(Double[]::new);
    if (Arrays.asList(measured).contains(null)) {
      return;
    }
    Double reference = speeds.get(new Case(shape, precision, Contestant.GEMM_NATIVE, "both"));
    row(
        shape.label(),
        precision.name().toLowerCase(Locale.ROOT),
        contestant.label,
        number(measured[0]),
        number(measured[1]),
        number(measured[2]),
        reference == null ? "" : String.format(Locale.ROOT, "%.0f", 100 * measured[2] / reference));
  }

  private static String number(double x) {
    return String.format(Locale.ROOT, "%.1f", x);
  }

  private static void row(Object... cells) {
    System.out.printf(Locale.ROOT, LINE, cells);
  }
}
