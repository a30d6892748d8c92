package org.convexnn.block.pass.cone;

import java.io.Serializable;
import org.convexnn.block.RowSetting;
import org.convexnn.network.FeatureMap;

/**
 * What kernels of exact ReLU need besides weights. Rows are z~ = [z, 1] with z = FeatureMap(x), or z
 * alone; a gate i has two neurons, v_i with output +1 and w_i with output -1:
 *
 * <pre>f = b0 + [z, 1].u_0 + sum_i s_i z~.(v_i - w_i),   cones (2 s_i - 1) z~.v_i >= 0, the same of w_i</pre>
 *
 * Weights are [u_0, v_1 .. v_P, w_1 .. w_P]: D_0 + 2 P D numbers, one output. Products are in float64,
 * whatever the precision of the rows' setting: cones are thin.
 *
 * @param rows loss, offset, label scale, half-spaces and the rows that count
 * @param map the feature map, in whose coordinates weights are
 * @param bias whether z~ has the constant: a bias inside each group
 * @param skip whether there is a linear block u_0
 */
public record ConeSetting(RowSetting rows, FeatureMap map, boolean bias, boolean skip)
    implements Serializable {

  /**
   * Checks that there are half-spaces only and one output.
   *
   * @throws IllegalArgumentException otherwise
   */
  public ConeSetting {
    if (rows.leaves() > 0 || rows.outputs() != 1) {
      throw new IllegalArgumentException(
          "exact ReLU with "
              + rows.leaves()
              + " leaves and "
              + rows.outputs()
              + " outputs; it takes half-spaces only and one output: fit each output alone");
    }
  }

  /** P, the number of gates. */
  public int gates() {
    return rows.halfSpaces();
  }

  /** 2 P, the number of cones. */
  public int cones() {
    return 2 * gates();
  }

  /** D, the numbers of a neuron. */
  public int width() {
    return map.dimension() + (bias ? 1 : 0);
  }

  /** D_0, the numbers of the linear block. */
  public int linear() {
    return skip ? map.dimension() + 1 : 0;
  }

  /** D_0 + 2 P D. */
  public int length() {
    return linear() + cones() * width();
  }
}
