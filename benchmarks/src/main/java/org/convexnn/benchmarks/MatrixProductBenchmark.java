package org.convexnn.benchmarks;

import org.convexnn.block.Precision;
import org.convexnn.linalg.Blas;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What the row kernels save: the products with the 0/1 matrix S (n x P) multiplied out by sgemm or
 * dgemm, {@code S V} forward and {@code S' Y} backward, V being P x d and Y n x d.
 */
@State(Scope.Benchmark)
public class MatrixProductBenchmark {

  /** Sizes. */
  @Param public Shape shape;

  /** Arithmetic. */
  @Param public Precision precision;

  private int d;
  private int p;
  private double[] s;
  private double[] v;
  private double[] y;
  private double[] sv;
  private double[] sy;
  private float[] floatS;
  private float[] floatV;
  private float[] floatY;
  private float[] floatSv;
  private float[] floatSy;

  /** Makes the matrices. */
  @Setup
  public void setUp() {
    d = shape.features();
    p = shape.gates();
    s = Shape.normal(0, Shape.BATCH * p);
    for (int i = 0; i < s.length; i++) {
      s[i] = s[i] >= 0 ? 1 : 0;
    }
    v = Shape.normal(1, p * d);
    y = Shape.normal(2, Shape.BATCH * d);
    sv = new double[y.length];
    sy = new double[v.length];
    floatS = Shape.floats(s);
    floatV = Shape.floats(v);
    floatY = Shape.floats(y);
    floatSv = new float[y.length];
    floatSy = new float[v.length];
  }

  /** S V. */
  @Benchmark
  public void forward() {
    for (int row = 0; row < Shape.ROWS; row += Shape.BATCH) {
      multiply();
    }
  }

  /** S' Y. */
  @Benchmark
  public void backward() {
    for (int row = 0; row < Shape.ROWS; row += Shape.BATCH) {
      multiplyTransposed();
    }
  }

  /** Both, batch by batch. */
  @Benchmark
  public void both() {
    for (int row = 0; row < Shape.ROWS; row += Shape.BATCH) {
      multiply();
      multiplyTransposed();
    }
  }

  private void multiply() {
    switch (precision) {
      case FLOAT32 ->
          Blas.gemm(
              false, false, Shape.BATCH, d, p, 1, floatS, 0, p, floatV, 0, d, 0, floatSv, 0, d);
      case FLOAT64 -> Blas.gemm(false, false, Shape.BATCH, d, p, 1, s, 0, p, v, 0, d, 0, sv, 0, d);
    }
  }

  private void multiplyTransposed() {
    switch (precision) {
      case FLOAT32 ->
          Blas.gemm(
              true, false, p, d, Shape.BATCH, 1, floatS, 0, p, floatY, 0, d, 0, floatSy, 0, d);
      case FLOAT64 -> Blas.gemm(true, false, p, d, Shape.BATCH, 1, s, 0, p, y, 0, d, 0, sy, 0, d);
    }
  }
}
