package org.convexnn.network;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * How the columns of training rows are distributed, each by itself: what {@link org.convexnn.network.explain.Contributions} take for
 * the value of a feature that is not known. Columns are those that gates and feature map take, after
 * {@link Imputation}. Of a column that trees test, only the <em>atoms</em> matter that no test parts:
 * the intervals between thresholds, the bins of categories, and what is missing.
 *
 * @param means of all columns, over the rows that have a value; 0 where none has
 * @param cuts of each column the thresholds that trees test, ascending; none of categories
 * @param masses of each column that trees test the share of each atom, what is missing last: of the
 *     intervals below the first cut, from it to the second, .., from the last on, or of the bins; none
 *     of columns that trees do not test
 */
public record Marginals(double[] means, double[][] cuts, double[][] masses)
    implements Serializable {

  /**
   * Checks the shapes, and that shares are shares.
   *
   * @throws IllegalArgumentException naming the column that is wrong
   */
  public Marginals {
    if (cuts.length != means.length || masses.length != means.length) {
      throw new IllegalArgumentException(
          "marginals of "
              + means.length
              + " columns, with cuts of "
              + cuts.length
              + " and shares of "
              + masses.length);
    }
    for (int j = 0; j < means.length; j++) {
      double sum = Arrays.stream(masses[j]).sum();
      boolean shares =
          masses[j].length == 0
              || (Math.abs(sum - 1) < 1e-9 && Arrays.stream(masses[j]).allMatch(m -> m >= 0));
      boolean ascending = true;
      for (int i = 1; i < cuts[j].length; i++) {
        ascending &= cuts[j][i] > cuts[j][i - 1];
      }
      if (!shares || !ascending || (cuts[j].length > 0 && masses[j].length != cuts[j].length + 2)) {
        throw new IllegalArgumentException(
            "marginals of column "
                + j
                + ": cuts must ascend, and the shares between them be positive and 1 in all");
      }
    }
  }

  /**
   * Those of rows, for a network.
   *
   * @param rows raw rows as the network takes them, at least one
   * @param weights of the rows, positive
   */
  public static Marginals of(Network network, List<double[]> rows, double[] weights) {
    int d = network.map().features();
    Forest forest = network.gates().forest();
    double[][] cuts = cuts(forest, d);
    double[][] masses = new double[d][0];
    for (Tree tree : forest.trees()) {
      for (int j : tree.feature()) {
        int bins = forest.bins(j);
        masses[j] = new double[(bins > 0 ? bins : cuts[j].length + 1) + 1];
      }
    }
    double[] means = new double[d];
    double[] present = new double[d];
    double total = Arrays.stream(weights).sum();
    for (int r = 0; r < weights.length; r++) {
      double[] x = network.imputation().apply(rows.get(r));
      double[] tested = forest.row(x);
      for (int j = 0; j < d; j++) {
        if (masses[j].length > 0) {
          masses[j][atom(cuts[j], masses[j].length, tested[j])] += weights[r] / total;
        }
        if (!Double.isNaN(x[j])) {
          present[j] += weights[r];
          means[j] += (x[j] - means[j]) * weights[r] / present[j];
        }
      }
    }
    return new Marginals(means, cuts, masses);
  }

  private static double[][] cuts(Forest forest, int columns) {
    double[][] cuts = new double[columns][0];
    for (Tree tree : forest.trees()) {
      for (int node = 0; node < tree.feature().length; node++) {
        int j = tree.feature()[node];
        if (forest.bins(j) == 0 && Double.isFinite(tree.threshold()[node])) {
          cuts[j] = Arrays.copyOf(cuts[j], cuts[j].length + 1);
          cuts[j][cuts[j].length - 1] = tree.threshold()[node];
        }
      }
    }
    for (int j = 0; j < columns; j++) {
      cuts[j] = Arrays.stream(cuts[j]).sorted().distinct().toArray();
    }
    return cuts;
  }

  /** The atom of a value as trees take it. */
  private static int atom(double[] cuts, int atoms, double value) {
    if (Double.isNaN(value)) {
      return atoms - 1;
    }
    if (cuts.length == 0) {
      return atoms == 2 ? 0 : (int) value;
    }
    int found = Arrays.binarySearch(cuts, value);
    return found >= 0 ? found + 1 : ~found;
  }

  /**
   * Writes the atom of a value as trees take it, with what is missing as the last atom and as -1.
   *
   * @param atoms of each column and row
   */
  public void write(int column, double value, int row, int[][] atoms, int[][] missingFirst) {
    int count = masses[column].length;
    if (count > 0) {
      int atom = atom(cuts[column], count, value);
      atoms[column][row] = atom;
      missingFirst[column][row] = atom == count - 1 ? -1 : atom;
    }
  }

  /** A value of an atom as trees take it. */
  public double value(int column, int atom) {
    if (atom == masses[column].length - 1) {
      return Double.NaN;
    }
    if (cuts[column].length == 0) {
      return atom;
    }
    return atom == 0 ? Double.NEGATIVE_INFINITY : cuts[column][atom - 1];
  }

  /**
   * Whether they tell all that a network needs.
   *
   * @throws IllegalArgumentException where they are those of another network
   */
  public void check(Network network) {
    boolean fit = means.length == network.map().features();
    Forest forest = network.gates().forest();
    double[][] needed = fit ? cuts(forest, means.length) : new double[0][];
    for (int j = 0; j < needed.length; j++) {
      double[] known = cuts[j];
      fit &= Arrays.stream(needed[j]).allMatch(t -> Arrays.binarySearch(known, t) >= 0);
    }
    for (Tree tree : forest.trees()) {
      for (int j : tree.feature()) {
        int bins = forest.bins(j);
        fit = fit && masses[j].length == (bins > 0 ? bins : cuts[j].length + 1) + 1;
      }
    }
    if (!fit) {
      throw new IllegalArgumentException("marginals that are not those of this network");
    }
  }
}
