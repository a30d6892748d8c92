package org.convexnn.solver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.convexnn.block.Block;
import org.convexnn.block.Precision;
import org.convexnn.block.RowSetting;
import org.convexnn.loss.Loss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.solver.program.Coordinates;
import org.convexnn.solver.program.PassCounter;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.rows.LocalRows;
import org.convexnn.solver.setup.Groups;

/** Small problems in memory for tests: raw features, no skip, no bias, uncentred gates. */
public final class LocalProblem {

  private LocalProblem() {}

  /** Rows of weight one in blocks of a given size. */
  public static LocalRows rows(double[][] x, double[] y, int blockRows) {
    return rows(x, y, Training.ones(y.length), blockRows);
  }

  /** Rows in blocks of a given size. */
  public static LocalRows rows(double[][] x, double[] y, double[] weights, int blockRows) {
    List<Block> blocks = new ArrayList<>();
    int d = x[0].length;
    for (int from = 0; from < x.length; from += blockRows) {
      int count = Math.min(blockRows, x.length - from);
      double[] values = new double[count * d];
      for (int r = 0; r < count; r++) {
        System.arraycopy(x[from + r], 0, values, r * d, d);
      }
      blocks.add(
          new Block(
              d,
              values,
              Arrays.copyOfRange(y, from, from + count),
              Arrays.copyOfRange(weights, from, from + count)));
    }
    return new LocalRows(blocks);
  }

  /** Gates 1[x.g > 0] for the columns of {@code gates} (d x P). */
  public static HalfSpaces strictGates(double[][] gates) {
    int d = gates.length;
    int p = gates[0].length;
    double[] directions = new double[d * p];
    double[] thresholds = new double[p];
    Arrays.fill(thresholds, Double.MIN_VALUE);
    for (int j = 0; j < d; j++) {
      for (int i = 0; i < p; i++) {
        directions[i * d + j] = gates[j][i];
      }
    }
    return new HalfSpaces(d, directions, thresholds, new double[p]);
  }

  /** The program (1/n) sum l + beta sum ||u_i|| with no linear terms. */
  static Problem plain(double[][] x, double[] y, HalfSpaces gates, Loss loss, Precision precision) {
    return plain(x, y, gates, loss, false, precision);
  }

  /** The same with groups per class or not. */
  static Problem plain(
      double[][] x,
      double[] y,
      HalfSpaces gates,
      Loss loss,
      boolean perClass,
      Precision precision) {
    LocalRows rows = rows(x, y, Training.ones(y.length), 100);
    return plain(rows, y.length, gates, loss, perClass, precision);
  }

  /** The same on given rows. */
  static Problem plain(
      LocalRows rows,
      double weight,
      HalfSpaces half,
      Loss loss,
      boolean perClass,
      Precision precision) {
    Groups groups = Groups.of(loss.outputs(), half.features() + 1, perClass);
    return plain(rows, weight, GateSet.of(half), loss, groups, precision);
  }

  /** The same with any gates and groups. */
  static Problem plain(
      LocalRows rows, double weight, GateSet gates, Loss loss, Groups groups, Precision precision) {
    FeatureMap map = FeatureMap.identity(rows.features());
    RowSetting setting =
        RowSetting.of(map, gates, loss, new double[loss.outputs()], 0, 1, precision);
    Coordinates coordinates =
        new Coordinates(
            map,
            gates.centres(),
            loss.outputs(),
            new double[0][],
            new Coordinates.Skip(false, false),
            false);
    return new Problem(
        rows.activate(gates, map),
        setting,
        coordinates,
        groups,
        weight,
        (long) weight,
        1,
        new PassCounter());
  }
}
