package org.convexnn.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The blocked factorisation at sizes around its block edge of 96. */
class CholeskyTest {

  /** B B' / n + I: well conditioned, every entry used. */
  private static double[] positive(int n, long seed) {
    Random random = new Random(seed);
    double[] b = new double[n * n];
    for (int i = 0; i < b.length; i++) {
      b[i] = random.nextGaussian();
    }
    double[] a = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        for (int k = 0; k < n; k++) {
          sum += b[i * n + k] * b[j * n + k];
        }
        a[i * n + j] = sum / n + (i == j ? 1 : 0);
        a[j * n + i] = a[i * n + j];
      }
    }
    return a;
  }

  /** The textbook algorithm: forward and back substitution with an unblocked factor. */
  private static double[] naiveSolve(int n, double[] a, double[] b, int columns) {
    double[] l = new double[n * n];
    for (int j = 0; j < n; j++) {
      for (int i = j; i < n; i++) {
        double sum = a[i * n + j];
        for (int k = 0; k < j; k++) {
          sum -= l[i * n + k] * l[j * n + k];
        }
        l[i * n + j] = i == j ? Math.sqrt(sum) : sum / l[j * n + j];
      }
    }
    double[] x = b.clone();
    for (int c = 0; c < columns; c++) {
      for (int i = 0; i < n; i++) {
        for (int k = 0; k < i; k++) {
          x[i * columns + c] -= l[i * n + k] * x[k * columns + c];
        }
        x[i * columns + c] /= l[i * n + i];
      }
      for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++) {
          x[i * columns + c] -= l[k * n + i] * x[k * columns + c];
        }
        x[i * columns + c] /= l[i * n + i];
      }
    }
    return x;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 95, 96, 97, 191, 192, 193, 200, 300, 500})
  void solvesAsTheTextbookDoes(int n) {
    double[] a = positive(n, n);
    for (int columns : new int[] {1, 3}) {
      Random random = new Random(columns);
      double[] b = random.doubles(n * columns, -1, 1).toArray();
      double[] expected = naiveSolve(n, a, b, columns);
      double[] x = b.clone();
      Cholesky factor = new Cholesky(n, a.clone());
      factor.solve(x, columns);
      assertThat(factor.size()).isEqualTo(n);
      for (int i = 0; i < x.length; i++) {
        assertThat(Math.abs(x[i] - expected[i])).isLessThan(1e-12);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 96, 97, 300, 500})
  void readsTheLowerTriangleAlone(int n) {
    double[] a = positive(n, n);
    double[] lower = a.clone();
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        lower[i * n + j] = Double.NaN;
      }
    }
    double[] expected = new Random(1).doubles(n).toArray();
    double[] x = expected.clone();
    new Cholesky(n, a).solve(expected, 1);
    new Cholesky(n, lower).solve(x, 1);
    assertThat(x).containsExactly(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 95, 96, 97, 150, 199})
  void namesThePivotThatIsNotPositive(int bad) {
    double[] a = positive(200, 3);
    a[bad * 200 + bad] = -1;
    assertThatThrownBy(() -> new Cholesky(200, a))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("pivot " + bad + " ");
  }

  @Test
  void refusesNotANumber() {
    assertThatThrownBy(() -> new Cholesky(1, new double[] {Double.NaN}))
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> new Cholesky(2, new double[] {0, 0, 0, 0}))
        .isInstanceOf(ArithmeticException.class);
  }
}
