package org.convexnn.block;

import java.util.Arrays;
import org.convexnn.linalg.SecondMoments;
import org.convexnn.network.FeatureMap;

/**
 * Row coordinates of sparse rows without their zeros. Centred rows have no zeros, but
 *
 * <pre>y~ = T e~,   e~ = [e, 1],   e_j = x_j inverseScale_j,   T = [I b; 0 1],   b_j = -mean_j inverseScale_j</pre>
 *
 * and e has the zeros of x. T is applied to weights and sums, not to rows: {@code y~.v = e~.(T' v)}
 * and {@code sum w y~ y~' = T (sum w e~ e~') T'}.
 *
 * <p>In a column {@linkplain FeatureMap#farFromZero far from zero} b would drown e: there e_j = y_j and b_j
 * = 0.
 *
 * <p>Holds one row at a time; not thread-safe.
 */
public final class SparseCoordinates {

  private final double[] mean;
  private final double[] inverseScale;
  private final double[] base;
  private final int[] far;
  private final int[] columns;
  private final double[] values;
  private int count;

  /** The coordinates {@code y = (x - mean) * inverseScale}. */
  public SparseCoordinates(double[] mean, double[] inverseScale) {
    int d = mean.length;
    this.mean = mean;
    this.inverseScale = inverseScale;
    this.base = new double[d];
    Arrays.setAll(base, j -> -mean[j] * inverseScale[j]);
    this.far = FeatureMap.farFromZero(mean, inverseScale);
    for (int j : far) {
      base[j] = 0;
    }
    this.columns = new int[d + 1];
    this.values = new double[d + 1];
  }

  /**
   * Loads e~ of a row.
   *
   * @return the number of its non-zeros, the last of them its 1
   */
  public int load(Block block, int r) {
    int d = mean.length;
    int stored = block.copyNonZeros(r, columns, values);
    count = 0;
    for (int k = 0; k < stored; k++) {
      int j = columns[k];
      if (far.length == 0 || Arrays.binarySearch(far, j) < 0) {
        put(j, values[k] * inverseScale[j]);
      }
    }
    for (int j : far) {
      put(j, (block.value(r, j) - mean[j]) * inverseScale[j]);
    }
    put(d, 1);
    return count;
  }

  private void put(int column, double value) {
    columns[count] = column;
    values[count++] = value;
  }

  /** The column of the row's non-zero k. */
  public int column(int k) {
    return columns[k];
  }

  /** The row's non-zero k. */
  public double value(int k) {
    return values[k];
  }

  /** Copies the row's non-zeros to {@code [at ..]}. */
  public void copy(int[] toColumns, double[] toValues, int at) {
    System.arraycopy(columns, 0, toColumns, at, count);
    System.arraycopy(values, 0, toValues, at, count);
  }

  /** {@code b.b}. */
  public double baseSquare() {
    double sum = 0;
    for (double b : base) {
      sum += b * b;
    }
    return sum;
  }

  /** {@code y.y - b.b} of the row. */
  double squareBesidesBase() {
    double sum = 0;
    for (int k = 0; k < count - 1; k++) {
      sum += values[k] * (values[k] + 2 * base[columns[k]]);
    }
    return sum;
  }

  /** {@code e.b} of the row. */
  public double alongBase() {
    double sum = 0;
    for (int k = 0; k < count - 1; k++) {
      sum += values[k] * base[columns[k]];
    }
    return sum;
  }

  /** The last entry of {@code T' v}: the others are those of v. */
  public double bias(double[] v, int at) {
    int d = base.length;
    double sum = v[at + d];
    for (int j = 0; j < d; j++) {
      sum += base[j] * v[at + j];
    }
    return sum;
  }

  /** {@code b_j}, 0 for the bias. */
  public double base(int j) {
    return j < base.length ? base[j] : 0;
  }

  /**
   * Adds {@code w e~ e~'} of the row to a D x D block of a matrix.
   *
   * @param at where the block starts
   * @param stride from one row of the matrix to the next
   */
  public void addOuter(double w, double[] matrix, int at, int stride) {
    for (int k = 0; k < count; k++) {
      double factor = w * values[k];
      int row = at + columns[k] * stride;
      for (int l = 0; l < count; l++) {
        matrix[row + columns[l]] += factor * values[l];
      }
    }
  }

  /** Adds the same to the upper triangle ({@link SecondMoments}) that starts at {@code at}. */
  public void addOuterTriangle(double w, double[] triangles, int at) {
    int width = base.length + 1;
    for (int k = 0; k < count; k++) {
      double factor = w * values[k];
      for (int l = k; l < count; l++) {
        int i = Math.min(columns[k], columns[l]);
        int j = Math.max(columns[k], columns[l]);
        triangles[at + SecondMoments.at(width, i, j)] += factor * values[l];
      }
    }
  }

  /** Adds {@code T E T'} of a symmetric E, both upper triangles that start at {@code at}. */
  public void addTransformedTriangle(double[] e, double[] triangles, int at) {
    int d = base.length;
    int width = d + 1;
    double one = e[at + SecondMoments.at(width, d, d)];
    for (int i = 0; i <= d; i++) {
      double b = base(i);
      int row = at + SecondMoments.at(width, i, 0);
      double side = e[row + d] + b * one;
      for (int j = i; j < d; j++) {
        double last = e[at + SecondMoments.at(width, j, d)];
        triangles[row + j] += e[row + j] + b * last + side * base[j];
      }
      triangles[row + d] += side;
    }
  }

  /** Adds {@code T E T'} of a D x D block E of one matrix to the same block of another. */
  public void addTransformed(double[] e, double[] matrix, int at, int stride) {
    int d = base.length;
    int last = at + d * stride;
    double one = e[last + d];
    for (int i = 0; i <= d; i++) {
      double b = base(i);
      int row = at + i * stride;
      double side = e[row + d] + b * one;
      for (int j = 0; j < d; j++) {
        matrix[row + j] += e[row + j] + b * e[last + j] + side * base[j];
      }
      matrix[row + d] += side;
    }
  }
}
