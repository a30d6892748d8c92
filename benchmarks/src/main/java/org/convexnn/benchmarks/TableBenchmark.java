package org.convexnn.benchmarks;

import org.convexnn.block.Precision;
import org.convexnn.linalg.DoubleTable;
import org.convexnn.linalg.FloatTable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The inner loops of the row kernels alone: gather (forward) and scatter (backward) of a table's
 * rows, at the picks that the kernels make of half-spaces (one of 16 rows for every four) and trees
 * (one of its leaves), and the kernels' d + 1 columns.
 */
@State(Scope.Benchmark)
public class TableBenchmark {

  /** Sizes. */
  @Param public Shape shape;

  /** Arithmetic. */
  @Param public Precision precision;

  private int picks;
  private int[] codes;
  private DoubleTable table;
  private double[] rows;
  private FloatTable floatTable;
  private float[] floatRows;

  /** Makes tables and codes. */
  @Setup
  public void setUp() {
    picks = shape.picks();
    int choices = shape.choices();
    codes = Shape.integers(0, Shape.BATCH * picks, choices);
    for (int i = 0; i < codes.length; i++) {
      codes[i] += i % picks * choices;
    }
    int columns = shape.features() + 1;
    table = new DoubleTable(picks * choices, columns);
    floatTable = new FloatTable(picks * choices, columns);
    // A sum grows with every call; zeros stay zeros and take the same time.
    rows = new double[Shape.BATCH * table.stride()];
    floatRows = new float[Shape.BATCH * floatTable.stride()];
  }

  /** X += M T. */
  @Benchmark
  public void forward() {
    for (int row = 0; row < Shape.ROWS; row += Shape.BATCH) {
      gather();
    }
  }

  /** T += M' X. */
  @Benchmark
  public void backward() {
    for (int row = 0; row < Shape.ROWS; row += Shape.BATCH) {
      scatter();
    }
  }

  /** Both, batch by batch. */
  @Benchmark
  public void both() {
    for (int row = 0; row < Shape.ROWS; row += Shape.BATCH) {
      gather();
      scatter();
    }
  }

  private void gather() {
    switch (precision) {
      case FLOAT32 -> floatTable.gather(codes, picks, Shape.BATCH, floatRows);
      case FLOAT64 -> table.gather(codes, picks, Shape.BATCH, rows);
    }
  }

  private void scatter() {
    switch (precision) {
      case FLOAT32 -> floatTable.scatter(codes, picks, Shape.BATCH, floatRows);
      case FLOAT64 -> table.scatter(codes, picks, Shape.BATCH, rows);
    }
  }
}
