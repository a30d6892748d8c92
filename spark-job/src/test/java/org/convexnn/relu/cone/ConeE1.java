package org.convexnn.relu.cone;

import java.util.Arrays;
import java.util.List;
import org.convexnn.block.Precision;
import org.convexnn.block.RowSetting;
import org.convexnn.block.pass.cone.ConeSetting;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.Loss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.solver.LocalProblem;
import org.convexnn.solver.rows.LocalRows;

/**
 * The data set E1 (docs/theory/golden.md#e1), and cone programs in memory for tests: raw features,
 * no linear block, no bias. The theory sums the loss over rows, this package takes the mean: beta,
 * objectives and rho_z are divided by 5.
 */
public final class ConeE1 {

  static final int N = 5;
  public static final double[][] X = {{1, 0}, {0, 1}, {-1, 1}, {1, 2}, {-1, -1}};
  public static final double[] Y = {1, -1, 2, 0.5, -0.5};
  static final double[] CLASSES = {1, 0, 1, 1, 0};
  static final List<String> PATTERNS =
      List.of(
          "00001", "00101", "01101", "01110", "01111", "10000", "10001", "10010", "11010", "11110");

  private ConeE1() {}

  /** The unit vectors in the middle of the ten chambers of the plane, in the order of PATTERNS. */
  public static HalfSpaces gates() {
    double[] walls = new double[2 * N];
    for (int r = 0; r < N; r++) {
      double angle = Math.atan2(X[r][1], X[r][0]) + Math.PI / 2;
      walls[2 * r] = (angle + 4 * Math.PI) % (2 * Math.PI);
      walls[2 * r + 1] = (angle + 5 * Math.PI) % (2 * Math.PI);
    }
    Arrays.sort(walls);
    double[] directions = new double[2 * PATTERNS.size()];
    for (int k = 0; k < walls.length; k++) {
      double next = k + 1 < walls.length ? walls[k + 1] : walls[0] + 2 * Math.PI;
      double angle = 0.5 * (walls[k] + next);
      double[] g = {Math.cos(angle), Math.sin(angle)};
      StringBuilder pattern = new StringBuilder();
      for (double[] x : X) {
        pattern.append(Blas.dot(x, g) >= 0 ? '1' : '0');
      }
      int at = PATTERNS.indexOf(pattern.toString());
      System.arraycopy(g, 0, directions, 2 * at, 2);
    }
    return new HalfSpaces(2, directions, new double[PATTERNS.size()], new double[PATTERNS.size()]);
  }

  static ConeProgram program(double[] labels, Loss loss) {
    return program(X, labels, gates(), loss);
  }

  public static ConeProgram program(double[][] x, double[] y, HalfSpaces gates, Loss loss) {
    return program(x, y, gates, loss, false, false, x.length);
  }

  static ConeProgram program(
      double[][] x,
      double[] y,
      HalfSpaces gates,
      Loss loss,
      boolean bias,
      boolean skip,
      int blockRows) {
    FeatureMap map = FeatureMap.identity(x[0].length);
    GateSet set = GateSet.of(gates);
    RowSetting setting = RowSetting.of(map, set, loss, new double[1], 0, 1, Precision.FLOAT64);
    return new ConeProgram(
        rows(x, y, blockRows).activate(set, map),
        new ConeSetting(setting, map, bias, skip),
        x.length,
        1e-3);
  }

  public static LocalRows rows(double[][] x, double[] y, int blockRows) {
    return LocalProblem.rows(x, y, blockRows);
  }
}
