package org.convexnn.linear;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.convexnn.linalg.SingularValues;

/**
 * The norm {@code sum_k ||W_k||_*} of a stack of m x n blocks, stored one after the other and
 * row-major, with {@code ||W||_*} the sum of the singular values
 * (docs/theory/relatives.md#nuclear-norm).
 *
 * @param rows m
 * @param columns n
 */
public record NuclearNorm(int rows, int columns) {

  /** Checks the shape. */
  public NuclearNorm {
    if (rows < 1 || columns < 1) {
      throw new IllegalArgumentException(
          "nuclear norm of blocks of " + rows + " x " + columns + "; both must be positive");
    }
  }

  /** {@code sum_k ||W_k||_*}. */
  public double sum(double[] w) {
    double sum = 0;
    for (int k = 0; k < w.length; k += rows * columns) {
      sum += Arrays.stream(block(w, k).values()).sum();
    }
    return sum;
  }

  /** The dual norm {@code max_k ||W_k||_2}, the largest singular value of all. */
  public double dual(double[] w) {
    double largest = 0;
    for (int k = 0; k < w.length; k += rows * columns) {
      largest = Math.max(largest, block(w, k).values()[0]);
    }
    return largest;
  }

  /**
   * Singular value thresholding, {@code argmin_Z t sum_k ||Z_k||_* + ||Z - W||^2 / 2}: every singular
   * value s becomes max(s - t, 0).
   */
  public double[] prox(double[] w, double t) {
    DoubleUnaryOperator shrink = s -> Math.max(s - t, 0);
    double[] z = new double[w.length];
    for (int k = 0; k < w.length; k += rows * columns) {
      SingularValues svd = block(w, k);
      double[] block = svd.rebuild(Arrays.stream(svd.values()).map(shrink).toArray());
      System.arraycopy(block, 0, z, k, block.length);
    }
    return z;
  }

  private SingularValues block(double[] w, int from) {
    return SingularValues.of(rows, columns, Arrays.copyOfRange(w, from, from + rows * columns));
  }
}
