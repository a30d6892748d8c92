package org.convexnn.benchmarks;

import org.convexnn.block.GatedBlock;
import org.convexnn.block.Precision;
import org.convexnn.block.RowSetting;
import org.convexnn.block.kernel.RowKernel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Products of a block's rows with F and its transpose, as the solvers call them: each batch is
 * loaded first, and that is in the time. Setting the weights is not: it happens once for all rows of
 * a partition.
 */
@State(Scope.Benchmark)
public class RowKernelBenchmark {

  /** Sizes. */
  @Param public Shape shape;

  /** Arithmetic. */
  @Param public Precision precision;

  private GatedBlock block;
  private RowKernel kernel;
  private double[] f;
  private double[] q;

  /** Makes rows and kernel. */
  @Setup
  public void setUp() {
    RowSetting setting = shape.setting(precision);
    block = shape.block();
    kernel = RowKernel.of(setting, 1);
    kernel.weights(0, Shape.normal(-1, setting.length()));
    f = new double[Shape.ROWS];
    q = Shape.normal(-2, Shape.ROWS);
  }

  /** f = F v. */
  @Benchmark
  public double[] forward() {
    for (int from = 0; from < Shape.ROWS; ) {
      int count = kernel.load(block, from);
      kernel.forward(0, f, from);
      from += count;
    }
    return f;
  }

  /** g += F' q. */
  @Benchmark
  public double[] backward() {
    for (int from = 0; from < Shape.ROWS; ) {
      int count = kernel.load(block, from);
      kernel.backward(0, q, from);
      from += count;
    }
    return kernel.gradient(0);
  }

  /** Both from one load. */
  @Benchmark
  public double[] both() {
    for (int from = 0; from < Shape.ROWS; ) {
      int count = kernel.load(block, from);
      kernel.forward(0, f, from);
      kernel.backward(0, q, from);
      from += count;
    }
    return kernel.gradient(0);
  }
}
