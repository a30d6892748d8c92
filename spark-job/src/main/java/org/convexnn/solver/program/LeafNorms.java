package org.convexnn.solver.program;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.convexnn.block.RowSetting;
import org.convexnn.block.pass.gated.LeafWeightsPass;
import org.convexnn.network.WeightLayout;
import org.convexnn.solver.rows.GatedRows;

/**
 * The norms of constant leaves, {@code N_i(u) = w_i sqrt(a_i) |u|}: up to a floor the root mean square
 * of the leaf's output over the training rows, as {@link FunctionNorm} has it for linear leaves,
 *
 * <pre>a_i = 1.03 p_i + 2e-5,   p_i = (1/W) sum_r w_r s_ri</pre>
 *
 * times a weight w_i, which is 1 or follows what boosting found in the leaf (adaptive group lasso:
 * Zou, JASA 2006; Wang and Leng, CSDA 2008).
 */
public final class LeafNorms {

  private static final double OWN = 1.03;
  private static final double FLOOR = 2e-5;

  /** No weight is further than this from the others' mean, by a factor. */
  private static final double MOST_FACTOR = 100;

  private LeafNorms() {}

  /** a_i of all narrow leaves, of rows of total weight W. One sweep. */
  public static double[] metric(GatedRows rows, RowSetting setting, double weight) {
    double[] sums = rows.sum("rows of each leaf", new LeafWeightsPass(setting))[0];
    return Arrays.stream(sums).map(sum -> OWN * sum / weight + FLOOR).toArray();
  }

  /** The scales {@code 1 / sqrt(a_i)}. */
  public static double[][] of(double[] metric) {
    return Arrays.stream(metric)
        .mapToObj(a -> new double[] {1 / Math.sqrt(a)})
        .toArray(double[][]::new);
  }

  /** The scales 1 of the Euclidean norm. */
  public static double[][] euclidean(WeightLayout layout) {
    double[][] norms = new double[layout.narrow()][];
    Arrays.setAll(norms, i -> new double[] {1});
    return norms;
  }

  /** The scales of norms times weights. */
  public static double[][] weighted(double[][] norms, double[] weights) {
    return weights.length == 0
        ? norms
        : IntStream.range(0, norms.length)
            .mapToObj(i -> new double[] {norms[i][0] / weights[i]})
            .toArray(double[][]::new);
  }

  /**
   * The weights {@code (|v_i| sqrt(p_i))^-power}, divided by their mean over rows and trees.
   *
   * @param values v_i, what boosting gave the leaves
   * @param shares p_i of rows that boosting saw
   */
  public static double[] adaptive(double[] values, double[] shares, double power) {
    if (power == 0) {
      return new double[0];
    }
    double[] weights = new double[values.length];
    double log = 0;
    double total = 0;
    for (int i = 0; i < weights.length; i++) {
      double size = Math.abs(values[i]) * Math.sqrt(shares[i]);
      weights[i] = -power * Math.log(Math.max(size, 1e-12));
      log += shares[i] * weights[i];
      total += shares[i];
    }
    double mean = log / total;
    double most = Math.log(MOST_FACTOR);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.exp(Math.min(Math.max(weights[i] - mean, -most), most));
    }
    return weights;
  }
}
