package org.convexnn.block.pass.cone;

import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.pass.Sums;

/**
 * Results of passes on cones: vectors that are added over rows but for the second, which is a
 * maximum. Entry 0 are scalars, entry 1 maxima.
 */
public final class ConeSums {

  /** Index of sum w l(f) of the convex program's f among the scalars. */
  public static final int LOSS = 0;

  /** Index of sum w l(f) of the ReLU network's f. */
  public static final int NETWORK_LOSS = 1;

  /** Number of scalars that {@link #evaluate} fills. */
  static final int VALUES = 2;

  /** Index of the largest violation max(0, -(2 s - 1) z~.u) among the maxima. */
  public static final int VIOLATION = 0;

  /** Index of the largest |z~.u|. */
  public static final int LARGEST = 1;

  /** Number of maxima that {@link #evaluate} fills. */
  static final int MAXIMA = 2;

  private ConeSums() {}

  /** The merged sums, in {@code left}. */
  static double[][] merge(double[][] left, double[][] right) {
    double[] maxima = left[1];
    double[] zero = new double[maxima.length];
    left[1] = zero;
    Sums.add(left, right);
    for (int i = 0; i < maxima.length; i++) {
      maxima[i] = Math.max(maxima[i], right[1][i]);
    }
    left[1] = maxima;
    return left;
  }

  /**
   * Adds both losses of some weights and their violation of the cones.
   *
   * @param h the products of the current batch with the weights
   */
  static void evaluate(
      ConeKernel kernel,
      ConeSetting setting,
      GatedBlock gated,
      int from,
      int count,
      double[] weights,
      double[] h,
      double[] scalars,
      double[] maxima) {
    double[] f = new double[count];
    double[] relu = new double[count];
    kernel.fitted(weights, h, f);
    kernel.network(weights, h, relu);
    RowSetting rows = setting.rows();
    int cones = setting.cones();
    for (int r = 0; r < count; r++) {
      double weight = rows.weight(gated.block(), from + r);
      if (weight == 0) {
        continue;
      }
      double y = rows.label(gated.block(), from + r);
      scalars[LOSS] += weight * rows.loss().value(y, f, r);
      scalars[NETWORK_LOSS] += weight * rows.loss().value(y, relu, r);
      for (int c = 0; c < cones; c++) {
        double product = h[r * cones + c];
        maxima[VIOLATION] = Math.max(maxima[VIOLATION], -kernel.sign(r, c) * product);
        maxima[LARGEST] = Math.max(maxima[LARGEST], Math.abs(product));
      }
    }
  }
}
