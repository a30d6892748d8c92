package org.convexnn.network;

import java.io.Serializable;
import org.convexnn.linalg.Blas;

/**
 * The map {@code z = T (x - mu)} in two steps: column scaling {@code y = (x - mean) * inverseScale}
 * and a linear map {@code z = M y}.
 *
 * <p>Rows only ever see y (sparse stays cheap, float32 stays precise whatever the units of x); M is
 * applied to weights and gradients on the driver, which is exact because a network's sub-network is
 * linear between its gates: {@code z.u = y.(M' u)}.
 *
 * @param mean column means, d numbers
 * @param inverseScale 1 / standard deviation by column, 0 for a constant column
 * @param matrix M, d x d row-major, or empty for the identity
 */
public record FeatureMap(double[] mean, double[] inverseScale, double[] matrix)
    implements Serializable {

  /** Checks the shapes. */
  public FeatureMap {
    int d = mean.length;
    if (inverseScale.length != d || (matrix.length != 0 && matrix.length != d * d)) {
      throw new IllegalArgumentException(
          "feature map of "
              + d
              + " columns with "
              + inverseScale.length
              + " scales and a matrix of "
              + matrix.length
              + " numbers");
    }
  }

  /** z = x. */
  public static FeatureMap identity(int features) {
    double[] ones = new double[features];
    java.util.Arrays.fill(ones, 1);
    return new FeatureMap(new double[features], ones, new double[0]);
  }

  /** d, the number of features. */
  public int features() {
    return mean.length;
  }

  /** Writes {@code y = (x - mean) * inverseScale}. */
  public void scale(double[] x, double[] y) {
    for (int j = 0; j < mean.length; j++) {
      y[j] = (x[j] - mean[j]) * inverseScale[j];
    }
  }

  /** {@code z = M (x - mean) * inverseScale}. */
  public double[] apply(double[] x) {
    double[] y = new double[mean.length];
    scale(x, y);
    return multiply(y);
  }

  /** {@code M y}. */
  public double[] multiply(double[] y) {
    if (matrix.length == 0) {
      return y.clone();
    }
    int d = mean.length;
    double[] z = new double[d];
    Blas.gemm(false, false, d, 1, d, 1.0, matrix, 0, d, y, 0, 1, 0.0, z, 0, 1);
    return z;
  }

  /** {@code M' u}: the weights on y of a linear function with weights u on z. */
  public double[] multiplyTransposed(double[] u) {
    if (matrix.length == 0) {
      return u.clone();
    }
    int d = mean.length;
    double[] v = new double[d];
    Blas.gemm(true, false, d, 1, d, 1.0, matrix, 0, d, u, 0, 1, 0.0, v, 0, 1);
    return v;
  }
}
