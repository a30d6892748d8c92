package org.convexnn.solver.gram;

import org.convexnn.block.Precision;
import org.convexnn.block.RowSetting;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.Network;
import org.convexnn.solver.program.Coordinates;
import org.convexnn.solver.setup.Groups;

/**
 * Everything of a regression that is fixed before its weights: the functions of a row, z~ and
 * (s_i(x) - c_i) z~, whose combination the network is, their norms and the units of the label. Sums
 * over rows can be added only where they are of one basis.
 *
 * @param map the feature map
 * @param gates the gates, P groups
 * @param norms L_i^(-1) of the function norm's A_i = L_i L_i', D x D row-major for each group, or 2 x D
 *     of {@link org.convexnn.network.SlimNorm}; empty for the Euclidean norm
 * @param labelShift shift of the label
 * @param labelScale scale of the label, positive
 */
public record FrozenBasis(
    FeatureMap map, GateSet gates, double[][] norms, double labelShift, double labelScale) {

  /**
   * Checks the shapes.
   *
   * @throws IllegalArgumentException where sizes do not fit each other or the scale is not positive
   */
  public FrozenBasis {
    int d = map.features();
    int width = map.dimension() + 1;
    boolean fits = norms.length == 0 || norms.length == gates.size();
    for (double[] norm : norms) {
      fits &= norm.length == 0 || norm.length == width * width || norm.length == 2 * width;
    }
    if (!fits || gates.halfSpaces().features() != d) {
      throw new IllegalArgumentException(
          "basis of "
              + gates.size()
              + " gates on "
              + gates.halfSpaces().features()
              + " features with "
              + norms.length
              + " norms and a feature map of "
              + d
              + " features");
    }
    if (!(labelScale > 0) || !Double.isFinite(labelScale) || !Double.isFinite(labelShift)) {
      throw new IllegalArgumentException(
          "labels are shifted by " + labelShift + " and scaled by " + labelScale);
    }
  }

  /** D = k + 1, k coordinates of the feature map. */
  public int width() {
    return map.dimension() + 1;
  }

  /** Q = (1 + P) D, the number of weights. */
  long size() {
    return (1L + gates.size()) * width();
  }

  /** Of a regression: a group for each gate, or for each sub-network. */
  public Groups groups() {
    return Groups.shared(1, width(), gates.gatesPerGroup());
  }

  /** What kernels need, for all rows, in float64. */
  public RowSetting setting() {
    return RowSetting.of(
        map, gates, new SquaredLoss(), new double[1], labelShift, labelScale, Precision.FLOAT64);
  }

  /** The change of variables that makes every group's norm Euclidean. */
  public Coordinates coordinates(Coordinates.Skip skip) {
    return new Coordinates(map, gates.centres(), 1, norms, skip, true);
  }

  /** The network of weights in solver coordinates, not pruned. */
  public Network network(Coordinates coordinates, double[] weights) {
    return new Network(
        map, gates, coordinates.toNetwork(weights), new double[1], labelShift, labelScale);
  }
}
