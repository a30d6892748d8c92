package org.convexnn.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Row-major products against the definition, entry by entry, within the rounding of k additions. */
class BlasGemmTest {

  private static final double DOUBLE_ULP = 0x1.0p-52;
  private static final double FLOAT_ULP = 0x1.0p-23;

  /**
   * A matrix inside a larger array: an offset before it and unused entries after every row, at times
   * not after the last.
   */
  private record Matrix(int rows, int columns, int offset, int stride, double[] entries) {

    static Matrix random(Random random, int rows, int columns) {
      int offset = random.nextInt(5);
      int stride = columns + random.nextInt(4);
      int tail = random.nextInt(columns - stride, 3);
      double[] entries = new double[offset + rows * stride + tail];
      for (int i = 0; i < entries.length; i++) {
        entries[i] = (float) random.nextGaussian();
      }
      return new Matrix(rows, columns, offset, stride, entries);
    }

    double at(boolean transpose, int i, int j) {
      return transpose ? entries[offset + j * stride + i] : entries[offset + i * stride + j];
    }

    boolean holds(int index) {
      int at = index - offset;
      return at >= 0 && at / stride < rows && at % stride < columns;
    }

    float[] floats() {
      float[] f = new float[entries.length];
      for (int i = 0; i < f.length; i++) {
        f[i] = (float) entries[i];
      }
      return f;
    }
  }

  @Property(tries = 400)
  void matchesTheDefinition(
      @ForAll boolean transA,
      @ForAll boolean transB,
      @ForAll boolean single,
      @ForAll @IntRange(min = 1, max = 37) int m,
      @ForAll @IntRange(min = 1, max = 37) int n,
      @ForAll @IntRange(min = 1, max = 70) int k,
      @ForAll @IntRange(min = 0, max = 2) int scaling,
      @ForAll long seed) {
    Random random = new Random(seed);
    Matrix a = Matrix.random(random, transA ? k : m, transA ? m : k);
    Matrix b = Matrix.random(random, transB ? n : k, transB ? k : n);
    Matrix c = Matrix.random(random, m, n);
    double alpha = new double[] {1, -1, 0.75}[scaling];
    double beta = new double[] {0, 1, -1.25}[scaling];
    double[] result = c.entries().clone();
    if (single) {
      float[] floats = c.floats();
      Blas.gemm(
          transA,
          transB,
          m,
          n,
          k,
          (float) alpha,
          a.floats(),
          a.offset(),
          a.stride(),
          b.floats(),
          b.offset(),
          b.stride(),
          (float) beta,
          floats,
          c.offset(),
          c.stride());
      for (int i = 0; i < result.length; i++) {
        result[i] = floats[i];
      }
    } else {
      Blas.gemm(
          transA,
          transB,
          m,
          n,
          k,
          alpha,
          a.entries(),
          a.offset(),
          a.stride(),
          b.entries(),
          b.offset(),
          b.stride(),
          beta,
          result,
          c.offset(),
          c.stride());
    }
    for (int i = 0; i < result.length; i++) {
      if (!c.holds(i)) {
        assertThat(result[i]).as("entry %d outside the matrix", i).isEqualTo(c.entries()[i]);
      }
    }
    double ulp = single ? FLOAT_ULP : DOUBLE_ULP;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        double size = 0;
        for (int l = 0; l < k; l++) {
          double term = a.at(transA, i, l) * b.at(transB, l, j);
          sum += term;
          size += Math.abs(term);
        }
        double expected = alpha * sum + beta * c.at(false, i, j);
        double rounding =
            (k + 3) * ulp * (Math.abs(alpha) * size + Math.abs(beta * c.at(false, i, j)));
        assertThat(Math.abs(result[c.offset() + i * c.stride() + j] - expected))
            .as("entry (%d, %d)", i, j)
            .isLessThanOrEqualTo(rounding);
      }
    }
  }

  @Property(tries = 20)
  void nothingIsTouchedWhereThereIsNothingToDo(@ForAll boolean trans, @ForAll boolean rows) {
    double[] c = {1, 2, 3};
    float[] f = {1, 2, 3};
    int m = rows ? 0 : 3;
    int n = rows ? 3 : 0;
    Blas.gemm(trans, false, m, n, 1, 1.0, c.clone(), 0, 3, c.clone(), 0, 3, 0.0, c, 0, 3);
    Blas.gemm(trans, false, m, n, 1, 1f, f.clone(), 0, 3, f.clone(), 0, 3, 0f, f, 0, 3);
    assertThat(c).containsExactly(1, 2, 3);
    assertThat(f).containsExactly(1, 2, 3);
  }

  @Property(tries = 50)
  void vectorsAgainstTheDefinition(@ForAll @IntRange(min = 0, max = 40) int n, @ForAll long seed) {
    Random random = new Random(seed);
    double[] x = random.doubles(n).toArray();
    double[] y = random.doubles(n).toArray();
    double[] sum = y.clone();
    Blas.axpy(-2, x, sum);
    double dot = 0;
    double square = 0;
    for (int i = 0; i < n; i++) {
      assertThat(sum[i]).isEqualTo(y[i] - 2 * x[i]);
      dot += x[i] * y[i];
      square += i >= n / 3 ? x[i] * x[i] : 0;
    }
    // Terms are positive: in whatever order they are added, the sum is within n ulps.
    assertThat(Blas.dot(x, y)).isCloseTo(dot, within(n * Math.ulp(dot)));
    assertThat(Blas.norm(x, n / 3, n - n / 3))
        .isCloseTo(Math.sqrt(square), within(n * Math.ulp(Math.sqrt(square))));
  }
}
