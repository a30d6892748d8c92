package org.convexnn.network.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.convexnn.network.CategoryBins;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.Forest;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Imputation;
import org.convexnn.network.LeafModel;
import org.convexnn.network.LeafPenalty;
import org.convexnn.network.Marginals;
import org.convexnn.network.Network;
import org.convexnn.network.Tree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contributions against Shapley's formula over all sets of features, by the network's own evaluator. */
class ContributionsTest {

  private static final int FEATURES = 10;
  private static final int CATEGORIES = 9;
  private static final int PAIRS = 45;

  /** A tree of random tests, of columns again and again, of sets, missing values and infinity. */
  private static Tree tree(Random random, int leaves) {
    int nodes = leaves - 1;
    int[] feature = new int[nodes];
    double[] threshold = new double[nodes];
    int[] left = new int[nodes];
    int[] right = new int[nodes];
    long[][] sets = new long[nodes][];
    boolean[] missingLeft = new boolean[nodes];
    List<int[]> open = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      if (i > 0) {
        int[] place = open.remove(random.nextInt(open.size()));
        (place[1] == 0 ? left : right)[place[0]] = i;
      }
      open.add(new int[] {i, 0});
      open.add(new int[] {i, 1});
      feature[i] = random.nextInt(FEATURES);
      missingLeft[i] = random.nextBoolean();
      if (feature[i] == CATEGORIES) {
        sets[i] = new long[] {random.nextInt(8), 0, 0, 0};
      } else {
        threshold[i] = random.nextInt(12) == 0 ? Double.POSITIVE_INFINITY : random.nextInt(5) - 2;
      }
    }
    for (int leaf = 0; leaf < open.size(); leaf++) {
      int[] place = open.get(leaf);
      (place[1] == 0 ? left : right)[place[0]] = ~leaf;
    }
    return new Tree(feature, threshold, left, right, sets, missingLeft);
  }

  private static Network forest(Random random, int outputs, int... leaves) {
    List<Tree> trees = Arrays.stream(leaves).mapToObj(n -> tree(random, n)).toList();
    byte[][] tables = new byte[FEATURES][];
    tables[CATEGORIES] = new byte[] {1, 0, 2, (byte) CategoryBins.MISSING};
    int[] output = new int[leaves.length];
    Arrays.setAll(output, t -> t % (outputs + 1) - 1);
    GateSet gates =
        new GateSet(
            HalfSpaces.none(FEATURES),
            List.of(),
            new Forest(
                trees, LeafModel.CONSTANT, output, new CategoryBins(tables), LeafPenalty.PLAIN));
    return new Network(
        FeatureMap.none(FEATURES),
        gates,
        random.doubles(gates.layout(outputs, 1).length(), -1, 1).toArray(),
        random.doubles(outputs, -1, 1).toArray(),
        3,
        2);
  }

  private static double[] row(Random random) {
    double[] x = new double[FEATURES];
    Arrays.setAll(x, j -> random.nextInt(6) == 0 ? Double.NaN : 3 * random.nextGaussian());
    x[CATEGORIES] = random.nextInt(5);
    return x;
  }

  /** g of all sets of features: the mean over all rows that mix values of the given ones. */
  private static double[][] games(
      Network network, double[] x, List<double[]> rows, double[] weights) {
    Network.Evaluator evaluator = network.evaluator();
    double total = Arrays.stream(weights).sum();
    double[][] games = new double[1 << x.length][network.outputs()];
    for (int set = 0; set < games.length; set++) {
      mix(evaluator, x.clone(), rows, weights, total, set, 0, 1, games[set]);
    }
    return games;
  }

  private static void mix(
      Network.Evaluator evaluator,
      double[] mixed,
      List<double[]> rows,
      double[] weights,
      double total,
      int set,
      int from,
      double share,
      double[] mean) {
    int j = from;
    while (j < mixed.length && (set >> j & 1) != 0) {
      j++;
    }
    if (j == mixed.length) {
      double[] f = new double[mean.length];
      evaluator.evaluate(mixed, f);
      for (int c = 0; c < f.length; c++) {
        mean[c] += share * f[c];
      }
      return;
    }
    double own = mixed[j];
    for (int r = 0; r < weights.length; r++) {
      mixed[j] = rows.get(r)[j];
      mix(evaluator, mixed, rows, weights, total, set, j + 1, share * weights[r] / total, mean);
    }
    mixed[j] = own;
  }

  private static double shapley(double[][] games, int features, int j, int output) {
    double phi = 0;
    for (int set = 0; set < games.length; set++) {
      if ((set >> j & 1) == 0) {
        double weight = 1.0 / features;
        int size = Integer.bitCount(set);
        for (int k = 1; k <= size; k++) {
          weight *= (double) k / (features - k);
        }
        phi += weight * (games[set | 1 << j][output] - games[set][output]);
      }
    }
    return phi;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void treesHaveShapleyValues(int outputs) {
    Random random = new Random(outputs);
    Network network = forest(random, outputs, 1, 2, 5, 17, 40, 23);
    List<double[]> rows = List.of(row(random), row(random), row(random));
    double[] weights = {1, 0.5, 2};
    Contributions contributions = Contributions.of(network, Marginals.of(network, rows, weights));

    for (int repeat = 0; repeat < 3; repeat++) {
      double[] x = repeat == 0 ? rows.get(1) : row(random);
      double[][] phi = contributions.of(x)[0];
      double[][] games = games(network, x, rows, weights);
      for (int c = 0; c < outputs; c++) {
        assertThat(phi[c]).hasSize(FEATURES + 1);
        assertThat(phi[c][FEATURES]).isCloseTo(games[0][c], within(1e-12));
        for (int j = 0; j < FEATURES; j++) {
          assertThat(phi[c][j])
              .as("feature %s, output %s", j, c)
              .isCloseTo(shapley(games, FEATURES, j, c), within(1e-12));
        }
      }
    }
  }

  @Test
  void sumsAreOutputsAlsoOfDeepTrees() {
    Random random = new Random(5);
    Network network = forest(random, 2, 300, 4, 200, 128, 64);
    List<double[]> rows = new ArrayList<>();
    for (int r = 0; r < 50; r++) {
      rows.add(row(random));
    }
    double[] ones = new double[rows.size()];
    Arrays.fill(ones, 1);
    assertSums(network, Contributions.of(network, Marginals.of(network, rows, ones)), random);
  }

  private static void assertSums(Network network, Contributions contributions, Random random) {
    Network.Evaluator evaluator = network.evaluator();
    double[] f = new double[network.outputs()];
    for (int r = 0; r < PAIRS; r++) {
      double[] x = row(random);
      if (network.map().dimension() > 0 && network.imputation().none()) {
        Arrays.setAll(x, j -> Double.isNaN(x[j]) ? 0 : x[j]);
      }
      evaluator.evaluate(x, f);
      double[][] phi = contributions.of(x)[0];
      for (int c = 0; c < f.length; c++) {
        assertThat(Arrays.stream(phi[c]).sum()).isCloseTo(f[c], within(1e-11));
      }
    }
  }

  private static Network linear(Random random, int halfSpaces, Imputation imputation, double clip) {
    int d = imputation.none() ? FEATURES : imputation.width();
    HalfSpaces half =
        new HalfSpaces(
            d,
            random.doubles(halfSpaces * d, -1, 1).toArray(),
            random.doubles(halfSpaces, -1, 1).toArray(),
            random.doubles(halfSpaces, 0, 0.5).toArray());
    Tree test = new Tree(new int[] {2}, new double[] {0.5}, new int[] {~0}, new int[] {~1});
    GateSet gates = new GateSet(half, halfSpaces > 0 ? List.of(test) : List.of());
    FeatureMap map =
        new FeatureMap(
            random.doubles(d, -1, 1).toArray(),
            random.doubles(d, 0.5, 2).toArray(),
            random.doubles(d * d, -1, 1).toArray(),
            clip);
    return new Network(
        map,
        gates,
        random.doubles(gates.layout(2, d + 1).length(), -1, 1).toArray(),
        random.doubles(2, -1, 1).toArray(),
        1,
        0.5,
        imputation);
  }

  @Test
  void theLinearPartHasShapleyValues() {
    Random random = new Random(7);
    Imputation imputation = new Imputation(random.doubles(FEATURES).toArray(), new int[] {1, 4});
    for (Imputation before : List.of(Imputation.NONE, imputation)) {
      Network network = linear(random, 0, before, Double.POSITIVE_INFINITY);
      List<double[]> rows = new ArrayList<>();
      for (int r = 0; r < 2; r++) {
        double[] x = row(random);
        Arrays.setAll(x, j -> before.none() && Double.isNaN(x[j]) ? 0.5 : x[j]);
        rows.add(x);
      }
      double[] weights = {1, 3};
      Contributions contributions = Contributions.of(network, Marginals.of(network, rows, weights));
      double[] x = rows.get(0);
      double[][] games = games(network, x, rows, weights);
      double[][] phi = contributions.of(x)[0];
      for (int c = 0; c < 2; c++) {
        assertThat(phi[c][FEATURES]).isCloseTo(games[0][c], within(1e-12));
        for (int j = 0; j < FEATURES; j++) {
          assertThat(phi[c][j]).isCloseTo(shapley(games, FEATURES, j, c), within(1e-11));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1.5, Double.POSITIVE_INFINITY})
  void neuronsHaveTheirSlopes(double clip) {
    Random random = new Random(8);
    Network network = linear(random, 6, Imputation.NONE, clip);
    Marginals marginals =
        Marginals.of(
            network, List.of(new double[FEATURES], row(new Random(3))), new double[] {1, 1});
    double[] means = new double[FEATURES];
    Marginals at = new Marginals(means, marginals.cuts(), marginals.masses());
    Contributions contributions = Contributions.of(network, at);
    assertSums(network, contributions, random);
    double[] x = new Random(9).doubles(FEATURES, -1, 1).toArray();
    Network.Evaluator evaluator = network.evaluator();
    double[] f = new double[2];
    double[] moved = new double[2];
    evaluator.evaluate(x, f);
    double[][] phi = contributions.of(x)[0];
    for (int j = 0; j < FEATURES; j++) {
      double[] near = x.clone();
      near[j] += 1e-7;
      evaluator.evaluate(near, moved);
      for (int c = 0; c < 2; c++) {
        assertThat(phi[c][j]).isCloseTo(x[j] * (moved[c] - f[c]) / 1e-7, within(1e-6));
      }
    }
  }

  @Test
  void marginalsOfAnotherNetworkAreRefused() {
    Random random = new Random(2);
    Network network = forest(random, 1, 20);
    Marginals other = Marginals.of(forest(random, 1, 3), List.of(row(random)), new double[] {1});
    assertThatThrownBy(() -> Contributions.of(network, other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not those of this network");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 12, 40})
  void quadratureIsExactForPolynomials(int n) {
    GaussLegendre quadrature = GaussLegendre.of(n);
    for (int power = 0; power < 2 * n; power++) {
      double sum = 0;
      for (int g = 0; g < n; g++) {
        sum += quadrature.weights()[g] * Math.pow(quadrature.points()[g], power);
      }
      assertThat(sum).isCloseTo(1.0 / (power + 1), within(1e-13));
    }
  }
}
