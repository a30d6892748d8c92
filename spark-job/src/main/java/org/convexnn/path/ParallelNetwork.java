package org.convexnn.path;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.convexnn.network.SubNetwork;

/**
 * The sum of parallel networks of three layers with m_1 neurons, then one
 * (docs/theory/depth.md#path-regularisation).
 *
 * @param features d, the numbers in a row
 * @param width m_1
 * @param branches the networks, of widths d, m_1, 1, 1; none is the zero function
 */
public record ParallelNetwork(int features, int width, List<LayeredNetwork> branches) {

  private static final double RANK_TOLERANCE = 1e-12;

  /**
   * Checks the shapes.
   *
   * @throws IllegalArgumentException where a branch is of other widths
   */
  public ParallelNetwork {
    branches = List.copyOf(branches);
    int[] widths = {features, width, 1, 1};
    for (LayeredNetwork branch : branches) {
      if (!Arrays.equals(branch.widths(), widths)) {
        throw new IllegalArgumentException(
            "a branch of widths "
                + Arrays.toString(branch.widths())
                + "; it must be of widths "
                + Arrays.toString(widths));
      }
    }
  }

  /** The sum of the branches at a row. */
  public double evaluate(double[] x) {
    return branches.stream().mapToDouble(b -> b.evaluate(x)).sum();
  }

  /** {@code sum_k R_k}, the sum of the branches' path norms. */
  public double pathNorm() {
    return branches.stream().mapToDouble(LayeredNetwork::pathNorm).sum();
  }

  /**
   * A network with the same outputs on n rows and of at most n branches, its path norm not larger:
   * while the branches' outputs on the rows are linearly dependent, branch j is multiplied by {@code
   * 1 - t c_j >= 0} for which one of them vanishes, {@code sum_j c_j f_j(X) = 0} and {@code sum_j
   * c_j R_j >= 0} (docs/theory/cones.md#decoding; Mishkin and Pilanci, 2306.00119).
   *
   * @param x n x d row-major
   */
  public ParallelNetwork pruned(double[] x) {
    int n = x.length / features;
    List<LayeredNetwork> kept = new ArrayList<>(branches);
    while (kept.size() > n) {
      double[] c = dependence(kept.subList(0, n + 1), x);
      double slope = 0;
      for (int j = 0; j <= n; j++) {
        slope += c[j] * kept.get(j).pathNorm();
      }
      int vanishing = 0;
      for (int j = 0; j <= n; j++) {
        c[j] = slope < 0 ? -c[j] : c[j];
        vanishing = c[j] > c[vanishing] ? j : vanishing;
      }
      for (int j = n; j >= 0; j--) {
        double factor = 1 - c[j] / c[vanishing];
        if (j == vanishing || factor == 0) {
          kept.remove(j);
        } else {
          kept.set(j, kept.get(j).times(factor));
        }
      }
    }
    return new ParallelNetwork(features, width, kept);
  }

  /** c, not zero, with {@code sum_j c_j f_j(X) = 0} for n + 1 functions, by elimination. */
  private double[] dependence(List<LayeredNetwork> functions, double[] x) {
    int n = functions.size() - 1;
    double[][] a = new double[n][n + 1];
    for (int r = 0; r < n; r++) {
      double[] row = Arrays.copyOfRange(x, r * features, (r + 1) * features);
      for (int j = 0; j <= n; j++) {
        a[r][j] = functions.get(j).evaluate(row);
      }
    }
    double largest =
        Arrays.stream(a).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElse(0);
    int rank = 0;
    int[] pivots = new int[n];
    int free = -1;
    for (int j = 0; j <= n && free < 0; j++) {
      int best = rank;
      for (int r = rank; r < n; r++) {
        best = Math.abs(a[r][j]) > Math.abs(a[best][j]) ? r : best;
      }
      if (rank == n || Math.abs(a[best][j]) <= RANK_TOLERANCE * largest) {
        free = j;
      } else {
        double[] row = a[best];
        a[best] = a[rank];
        a[rank] = row;
        for (int r = 0; r < n; r++) {
          double factor = r == rank ? 0 : a[r][j] / row[j];
          for (int k = j; k <= n && factor != 0; k++) {
            a[r][k] -= factor * row[k];
          }
        }
        pivots[rank++] = j;
      }
    }
    double[] c = new double[n + 1];
    c[free] = 1;
    for (int r = 0; r < rank; r++) {
      c[pivots[r]] = -a[r][free] / a[r][pivots[r]];
    }
    return c;
  }

  /**
   * This function as a gated network whose gates are the branches' own activations: path j of a
   * branch has the weights {@code w_1j w_2j w_3}.
   *
   * @param bias whether the last number of a row is a constant 1, which the gated network has by
   *     itself
   */
  public Network toNetwork(boolean bias) {
    int d = bias ? features - 1 : features;
    double[] weights = new double[(1 + branches.size() * width) * (d + 1)];
    int at = d + 1;
    List<SubNetwork> gates = branches.stream().map(b -> subNetwork(b, d)).toList();
    for (LayeredNetwork branch : branches) {
      double w3 = branch.weights()[2][0];
      for (int j = 0; j < width; j++) {
        double scale = branch.weights()[1][j] * w3;
        for (int i = 0; i < features; i++) {
          weights[at + i] = scale * branch.weights()[0][i * width + j];
        }
        at += d + 1;
      }
    }
    return new Network(
        FeatureMap.identity(d),
        gates.isEmpty() ? GateSet.of(HalfSpaces.none(d)) : GateSet.of(gates),
        weights,
        new double[1],
        0,
        1);
  }

  private SubNetwork subNetwork(LayeredNetwork branch, int d) {
    double[] directions = new double[width * d];
    double[] thresholds = new double[width];
    for (int j = 0; j < width; j++) {
      for (int i = 0; i < d; i++) {
        directions[j * d + i] = branch.weights()[0][i * width + j];
      }
      thresholds[j] = d < features ? -branch.weights()[0][d * width + j] : 0;
    }
    HalfSpaces neurons = new HalfSpaces(d, directions, thresholds, new double[width]);
    return new SubNetwork(new int[] {width}, neurons, branch.weights()[1]);
  }
}
