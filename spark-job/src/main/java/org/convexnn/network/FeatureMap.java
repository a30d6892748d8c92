package org.convexnn.network;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.convexnn.linalg.Blas;

/**
 * The map {@code z = clip(T (x - mu), +-c)} of d features to k &lt;= d coordinates, in two steps: column
 * scaling {@code y = (x - mean) * inverseScale} and a linear map {@code z = clip(M y, +-c)}.
 *
 * <p>With c = infinity and k = d rows only ever see their <em>row coordinates</em> y (sparse stays
 * cheap, float32 stays precise whatever the units of x); M is applied to weights and gradients on the
 * driver, which is exact because a network's sub-network is linear between its gates: {@code z.u =
 * y.(M' u)}. With a finite c, for gates whose linear models extrapolate, and with k &lt; d, where z is
 * shorter, z is the row coordinates.
 *
 * @param mean column means, d numbers
 * @param inverseScale 1 / standard deviation by column, 0 for a constant column
 * @param matrix M, k x d row-major, or empty for the identity
 * @param clip c, positive, infinite for none
 * @param none whether z has no coordinate at all, k = 0: of networks in which nothing is linear
 */
public record FeatureMap(
    double[] mean, double[] inverseScale, double[] matrix, double clip, boolean none)
    implements Serializable {

  /** Means beyond so many standard deviations are {@linkplain #farFromZero far from zero}. */
  private static final double FAR_FROM_ZERO = 10;

  private static final double[] NOTHING = new double[0];

  /** Checks the shapes. */
  public FeatureMap {
    int d = mean.length;
    boolean whole = matrix.length == 0 || (d > 0 && matrix.length % d == 0);
    if (inverseScale.length != d || !whole || matrix.length / Math.max(1, d) > d) {
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

  /** A map to k > 0 coordinates. */
  public FeatureMap(double[] mean, double[] inverseScale, double[] matrix, double clip) {
    this(mean, inverseScale, matrix, clip, false);
  }

  /** The map of d features to no coordinate. */
  public static FeatureMap none(int features) {
    return new FeatureMap(
        new double[features], new double[features], new double[0], Double.POSITIVE_INFINITY, true);
  }

  /** A map without clipping. */
  public FeatureMap(double[] mean, double[] inverseScale, double[] matrix) {
    this(mean, inverseScale, matrix, Double.POSITIVE_INFINITY);
  }

  /** This map, clipped at +-c. */
  public FeatureMap clipped(double c) {
    return new FeatureMap(mean, inverseScale, matrix, c, none);
  }

  /** Whether z is a linear function of x. */
  public boolean linear() {
    return clip == Double.POSITIVE_INFINITY;
  }

  /**
   * Whether rows work on z itself, computed once for each of them, and not on y: where the map is
   * clipped, and where it lowers the dimension.
   */
  public boolean mapsRows() {
    return !linear() || dimension() < features();
  }

  /** z = x. */
  public static FeatureMap identity(int features) {
    double[] ones = new double[features];
    Arrays.fill(ones, 1);
    return new FeatureMap(new double[features], ones, new double[0]);
  }

  /** d, the number of features. */
  public int features() {
    return mean.length;
  }

  /** k, the number of coordinates of z. */
  public int dimension() {
    return none ? 0 : matrix.length == 0 ? mean.length : matrix.length / mean.length;
  }

  /**
   * Columns of row coordinates y far from zero where x is zero, as years are: they have hardly any
   * zeros, and the difference of y to that at x = 0 would lose the digits that y has.
   *
   * @return columns, ascending
   */
  public static int[] farFromZero(double[] mean, double[] inverseScale) {
    return IntStream.range(0, mean.length)
        .filter(j -> Math.abs(mean[j] * inverseScale[j]) > FAR_FROM_ZERO)
        .toArray();
  }

  /** Writes {@code y = (x - mean) * inverseScale}. */
  public void scale(double[] x, double[] y) {
    for (int j = 0; j < mean.length; j++) {
      y[j] = (x[j] - mean[j]) * inverseScale[j];
    }
  }

  /** {@code z = clip(M (x - mean) * inverseScale, +-c)}. */
  public double[] apply(double[] x) {
    return applyRows(x, 1);
  }

  /**
   * Maps several rows by one product.
   *
   * @param x count x d row-major
   * @return count x k row-major
   */
  public double[] applyRows(double[] x, int count) {
    if (none) {
      return NOTHING;
    }
    int d = mean.length;
    double[] y = new double[count * d];
    for (int r = 0; r < count; r++) {
      for (int j = 0; j < d; j++) {
        y[r * d + j] = (x[r * d + j] - mean[j]) * inverseScale[j];
      }
    }
    double[] z = multiply(y, count);
    if (!linear()) {
      for (int i = 0; i < z.length; i++) {
        z[i] = Math.max(-clip, Math.min(clip, z[i]));
      }
    }
    return z;
  }

  /** The row coordinates of a raw row: z where the map {@link #mapsRows}, else y. */
  public double[] rowCoordinates(double[] x) {
    if (mapsRows()) {
      return apply(x);
    }
    double[] y = new double[mean.length];
    scale(x, y);
    return y;
  }

  /** The weights on row coordinates of a linear function with weights u on z. */
  public double[] toRowWeights(double[] u) {
    return mapsRows() ? u.clone() : multiplyTransposed(u);
  }

  /** {@code M y}. */
  public double[] multiply(double[] y) {
    return multiply(y, 1);
  }

  private double[] multiply(double[] y, int count) {
    if (matrix.length == 0) {
      return y.clone();
    }
    int d = mean.length;
    int k = dimension();
    double[] z = new double[count * k];
    Blas.gemm(false, true, count, k, d, 1.0, y, 0, d, matrix, 0, d, 0.0, z, 0, k);
    return z;
  }

  /** {@code M' u}: the weights on y of a linear function with weights u on z. */
  public double[] multiplyTransposed(double[] u) {
    if (matrix.length == 0) {
      return u.clone();
    }
    int d = mean.length;
    double[] v = new double[d];
    Blas.gemm(true, false, d, 1, dimension(), 1.0, matrix, 0, d, u, 0, 1, 0.0, v, 0, 1);
    return v;
  }
}
