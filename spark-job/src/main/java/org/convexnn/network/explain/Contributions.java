package org.convexnn.network.explain;

import java.util.Arrays;
import java.util.List;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.Forest;
import org.convexnn.network.GateSet;
import org.convexnn.network.LeafModel;
import org.convexnn.network.Marginals;
import org.convexnn.network.Network;
import org.convexnn.network.RowWeights;
import org.convexnn.network.Tree;
import org.convexnn.network.WeightLayout;

/**
 * What each feature of a row x adds to each output f_c of a network: phi_c1 .. phi_cd, with a base value
 * phi_c0 that completes the sum,
 *
 * <pre>f_c(x) = phi_c0 + sum_j phi_cj.</pre>
 *
 * <ul>
 *   <li>Of trees of constant leaves phi_j are the Shapley values of the game {@code g(S) = E f(x_S, X_S')},
 *       the mean of f where the features S are those of x and all others are drawn by {@link Marginals},
 *       each independently of the others: {@code phi_j = sum over S without j of |S|! (d - |S| - 1)! / d!
 *       (g(S and j) - g(S))}. They are interventional: a feature that f does not depend on has 0, and
 *       the base value is the mean g() of all rows alike. {@link TreeShapley} has the algorithm, exact in
 *       polynomial time.
 *   <li>Of the linear part the same is {@code phi_j = w_j (x_j - E X_j)}.
 *   <li>Half-spaces, sub-networks and leaves that are linear make f linear around x, with coefficients
 *       w(x) that depend on the row: {@code phi_j = w_j(x) (x_j - E X_j)}. These are no Shapley values:
 *       the coefficients are exactly f's slopes at x, the sum is exact, and the base value, what this
 *       linear function is at the mean, differs from row to row. A coordinate that is clipped has the
 *       slope 0.
 * </ul>
 *
 * <p>An indicator of missing values is a feature of its own, whose contribution is added to that of its
 * feature. After Shapley, A value for n-person games, 1953; Strumbelj and Kononenko, An efficient
 * explanation of individual classifications using game theory, 2010, who take the product of marginals;
 * Lundberg et al., From local explanations to global understanding with explainable AI for trees, 2020.
 */
public final class Contributions {

  private final Network network;
  private final Marginals marginals;
  private final RowWeights folded;
  private final boolean linear;
  private final TreeShapley[] trees;
  private final int[] outputs;
  private final double[][][] values;
  private final double[] base;
  private final int mostLeaves;

  private Contributions(Network network, Marginals marginals) {
    this.network = network;
    this.marginals = marginals;
    this.folded = RowWeights.of(network);
    WeightLayout layout = network.layout();
    Forest forest = network.gates().forest();
    boolean constant = forest.leafModel() == LeafModel.CONSTANT;
    this.linear =
        network.map().dimension() > 0 || layout.wide() > 0 || (forest.narrow() && !constant);
    int count = forest.narrow() && constant ? forest.trees().size() : 0;
    this.trees = new TreeShapley[count];
    this.outputs = new int[count];
    this.values = new double[count][][];
    this.base = new double[network.outputs()];
    int leaf = 0;
    int most = 0;
    for (int t = 0; t < count; t++) {
      Tree tree = forest.trees().get(t);
      trees[t] = TreeShapley.of(tree, marginals);
      outputs[t] = forest.output()[t];
      boolean one = outputs[t] != WeightLayout.ALL;
      values[t] = new double[one ? 1 : base.length][tree.leaves()];
      for (int i = 0; i < tree.leaves(); i++, leaf++) {
        for (int c = 0; c < values[t].length; c++) {
          values[t][c][i] = network.weights()[layout.start()[leaf] + c];
        }
      }
      for (int c = 0; c < values[t].length; c++) {
        base[one ? outputs[t] : c] += trees[t].mean(values[t][c]);
      }
      most = Math.max(most, tree.leaves());
    }
    this.mostLeaves = most;
  }

  /**
   * Those of a network.
   *
   * @param marginals of the rows that it was trained on
   * @throws IllegalArgumentException for the marginals of another network
   */
  public static Contributions of(Network network, Marginals marginals) {
    marginals.check(network);
    return new Contributions(network, marginals);
  }

  /** How many rows are best given at once. */
  public static int rowsAtOnce() {
    return TreeShapley.ROWS;
  }

  /**
   * The contributions to each output.
   *
   * @param rows raw rows of d numbers, NaN where they are missing
   * @return of each row C x (d + 1): those of the features and then the base value, of each output
   */
  public double[][][] of(double[]... rows) {
    double[][][] all = new double[rows.length][][];
    for (int from = 0; from < rows.length; from += TreeShapley.ROWS) {
      double[][] some =
          Arrays.copyOfRange(rows, from, Math.min(rows.length, from + TreeShapley.ROWS));
      System.arraycopy(ofSome(some), 0, all, from, some.length);
    }
    return all;
  }

  private double[][][] ofSome(double[][] rows) {
    int d = network.map().features();
    double[][][] phi = new double[rows.length][][];
    GateSet.Evaluator gates = network.gates().evaluator();
    int[][] atoms = new int[d][TreeShapley.ROWS];
    int[][] missingFirst = new int[d][TreeShapley.ROWS];
    for (int r = 0; r < rows.length; r++) {
      double[] x = network.imputation().apply(rows[r]);
      double[] tested = network.gates().forest().row(x);
      for (int j = 0; j < d; j++) {
        marginals.write(j, tested[j], r, atoms, missingFirst);
      }
      phi[r] = withoutTrees(x, gates);
    }
    TreeShapley.Scratch scratch = new TreeShapley.Scratch(mostLeaves);
    double[][][] ofTrees = new double[base.length][trees.length == 0 ? 0 : d][TreeShapley.ROWS];
    for (int t = 0; t < trees.length; t++) {
      for (int c = 0; c < values[t].length; c++) {
        trees[t].add(
            atoms,
            missingFirst,
            values[t][c],
            scratch,
            ofTrees[outputs[t] == WeightLayout.ALL ? c : outputs[t]]);
      }
    }
    for (int r = 0; r < rows.length; r++) {
      for (int c = 0; c < base.length; c++) {
        for (int j = 0; j < ofTrees[c].length; j++) {
          phi[r][c][j] += ofTrees[c][j][r];
        }
        phi[r][c] = inLabelUnits(phi[r][c], rows[r].length, network.scale(c));
      }
    }
    return phi;
  }

  /** What a completed row has but for trees of constant leaves, with the base value of all. */
  private double[][] withoutTrees(double[] x, GateSet.Evaluator gates) {
    int d = x.length;
    double[][] phi = new double[base.length][d + 1];
    if (linear) {
      addLocal(x, gates, phi);
    }
    for (int c = 0; c < base.length; c++) {
      // A network of trees alone has the bias [b] and no coordinate.
      double bias = linear ? 0 : folded.linear()[c * folded.width() + folded.width() - 1];
      phi[c][d] += bias + base[c] + network.offset()[c];
    }
    return phi;
  }

  /** Adds indicators to their features, and scales all to the units of the label. */
  private double[] inLabelUnits(double[] phi, int features, double scale) {
    double[] all = Arrays.copyOf(phi, features + 1);
    all[features] = phi[phi.length - 1];
    int[] indicated = network.imputation().indicated();
    for (int i = 0; i < indicated.length; i++) {
      all[indicated[i]] += phi[features + i];
    }
    for (int j = 0; j <= features; j++) {
      all[j] *= scale;
    }
    all[features] += network.labelShift();
    return all;
  }

  /** Adds what is linear around the row: w_j (x_j - mean_j), and the value at the mean. */
  private void addLocal(double[] x, GateSet.Evaluator gates, double[][] phi) {
    int d = x.length;
    int width = folded.width();
    double[] sum = slopes(x, gates);
    FeatureMap map = network.map();
    double[] z = map.rowCoordinates(x);
    for (int c = 0; c < base.length; c++) {
      double value = sum[c * width + width - 1];
      double[] w = Arrays.copyOfRange(sum, c * width, c * width + width - 1);
      for (int k = 0; k < w.length; k++) {
        value += w[k] * z[k];
        w[k] = map.mapsRows() && Math.abs(z[k]) >= map.clip() ? 0 : w[k];
      }
      double[] y = map.mapsRows() && w.length > 0 ? map.multiplyTransposed(w) : w;
      for (int j = 0; j < Math.min(d, y.length); j++) {
        double phiJ = y[j] * map.inverseScale()[j] * (x[j] - marginals.means()[j]);
        phi[c][j] += phiJ;
        value -= phiJ;
      }
      phi[c][d] += value;
    }
  }

  /** The weights on row coordinates and 1 of the linear function that the network is at a row. */
  private double[] slopes(double[] x, GateSet.Evaluator gates) {
    double[] sum = folded.linear().clone();
    boolean[] active = gates.active(x);
    for (int i = 0; i < active.length; i++) {
      if (active[i]) {
        add(folded.groups(), i * sum.length, sum);
      }
    }
    Forest forest = network.gates().forest();
    if (trees.length == 0 && !forest.trees().isEmpty()) {
      addLeaves(forest, forest.row(x), active.length, sum);
    }
    return sum;
  }

  private void addLeaves(Forest forest, double[] tested, int gate, double[] sum) {
    WeightLayout layout = network.layout();
    int width = folded.width();
    List<Tree> all = forest.trees();
    int[] first = forest.firstLeaves();
    for (int t = 0; t < all.size(); t++) {
      int i = first[t] + all.get(t).leaf(tested);
      if (!forest.narrow()) {
        add(folded.groups(), (gate + i) * sum.length, sum);
        continue;
      }
      int[] columns = layout.columns()[i];
      int at = layout.start()[i] - layout.wideLength();
      for (int c = 0; c < base.length; c++) {
        if (layout.output()[i] == WeightLayout.ALL || layout.output()[i] == c) {
          for (int k = 0; k < columns.length; k++) {
            sum[c * width + columns[k]] += folded.narrow()[at + k];
          }
          sum[c * width + width - 1] += folded.narrow()[at + columns.length];
          at += columns.length + 1;
        }
      }
    }
  }

  private static void add(double[] groups, int from, double[] sum) {
    for (int k = 0; k < sum.length; k++) {
      sum[k] += groups[from + k];
    }
  }
}
