package org.convexnn.network;

import java.io.Serializable;
import org.convexnn.linalg.Blas;

/**
 * The map {@code z = clip(T (x - mu), +-c)} in two steps: column scaling {@code y = (x - mean) *
 * inverseScale} and a linear map {@code z = clip(M y, +-c)}.
 *
 * <p>With c = infinity rows only ever see their <em>row coordinates</em> y (sparse stays cheap,
 * float32 stays precise whatever the units of x); M is applied to weights and gradients on the
 * driver, which is exact because a network's sub-network is linear between its gates: {@code z.u =
 * y.(M' u)}. With a finite c, for gates whose linear models extrapolate, z is the row coordinates.
 *
 * @param mean column means, d numbers
 * @param inverseScale 1 / standard deviation by column, 0 for a constant column
 * @param matrix M, d x d row-major, or empty for the identity
 * @param clip c, positive, infinite for none
 */
public record FeatureMap(double[] mean, double[] inverseScale, double[] matrix, double clip)
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
    if (!(clip > 0)) {
      throw new IllegalArgumentException("feature map clipped at " + clip + "; must be positive");
    }
  }

  /** A map without clipping. */
  public FeatureMap(double[] mean, double[] inverseScale, double[] matrix) {
    this(mean, inverseScale, matrix, Double.POSITIVE_INFINITY);
  }

  /** The same map, clipped. */
  public FeatureMap clipped(double c) {
    return new FeatureMap(mean, inverseScale, matrix, c);
  }

  /** Whether z is a linear function of x. */
  public boolean linear() {
    return clip == Double.POSITIVE_INFINITY;
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

  /** {@code z = clip(M (x - mean) * inverseScale, +-c)}. */
  public double[] apply(double[] x) {
    double[] y = new double[mean.length];
    scale(x, y);
    double[] z = multiply(y);
    if (!linear()) {
      for (int j = 0; j < z.length; j++) {
        z[j] = Math.max(-clip, Math.min(clip, z[j]));
      }
    }
    return z;
  }

  /** The row coordinates of a raw row: y of a linear map, z of a clipped one. */
  public double[] rowCoordinates(double[] x) {
    if (!linear()) {
      return apply(x);
    }
    double[] y = new double[mean.length];
    scale(x, y);
    return y;
  }

  /** The weights on row coordinates of a linear function with weights u on z. */
  public double[] toRowWeights(double[] u) {
    return linear() ? multiplyTransposed(u) : u.clone();
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
