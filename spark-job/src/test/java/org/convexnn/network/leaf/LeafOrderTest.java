package org.convexnn.network.leaf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.convexnn.network.CategoryBins;
import org.convexnn.network.FeatureConstraints;
import org.convexnn.network.Forest;
import org.convexnn.network.LeafModel;
import org.convexnn.network.LeafPenalty;
import org.convexnn.network.Tree;
import org.convexnn.network.WeightLayout;
import org.junit.jupiter.api.Test;

/** The order of leaves beside that of all points of a grid. */
class LeafOrderTest {

  private static final int NUMBERS = 3;
  private static final int CODES = 4;
  private static final double[] VALUES = {0.5, 1.5, 2.5, 3.5, Double.NaN};

  /** Tests numbers at 1, 2, 3 and infinity, and column 3 by sets of bins; missing values either side. */
  private static Tree random(Random random, int nodes) {
    int[] feature = new int[nodes];
    double[] threshold = new double[nodes];
    int[] left = new int[nodes];
    int[] right = new int[nodes];
    long[][] sets = new long[nodes][];
    boolean[] missingLeft = new boolean[nodes];
    List<int[]> open = new ArrayList<>();
    for (int node = 0; node < nodes; node++) {
      feature[node] = random.nextInt(NUMBERS + 1);
      if (feature[node] == NUMBERS) {
        sets[node] = new long[] {random.nextInt(1 << CODES), 0, 0, 0};
      } else {
        threshold[node] = random.nextInt(8) == 0 ? Double.POSITIVE_INFINITY : 1 + random.nextInt(3);
      }
      missingLeft[node] = random.nextBoolean();
      if (node > 0) {
        int[] place = open.remove(random.nextInt(open.size()));
        (place[1] == 0 ? left : right)[place[0]] = node;
      }
      open.add(new int[] {node, 0});
      open.add(new int[] {node, 1});
    }
    int leaf = 0;
    for (int[] place : open) {
      (place[1] == 0 ? left : right)[place[0]] = ~leaf++;
    }
    return new Tree(feature, threshold, left, right, sets, missingLeft);
  }

  private static CategoryBins categories() {
    byte[][] tables = new byte[NUMBERS + 1][];
    tables[NUMBERS] = new byte[] {0, 1, 2, 3};
    return new CategoryBins(tables);
  }

  private static List<double[]> grid() {
    List<double[]> points = new ArrayList<>();
    for (double x : VALUES) {
      for (double y : VALUES) {
        for (double z : VALUES) {
          for (int code = 0; code <= CODES; code++) {
            points.add(new double[] {x, y, z, code});
          }
        }
      }
    }
    return points;
  }

  /** Which leaves are to be at most which others: all pairs of points that differ in one column. */
  private static boolean[][] byPoints(Forest forest, FeatureConstraints constraints) {
    Tree tree = forest.trees().get(0);
    boolean[][] below = new boolean[tree.leaves()][tree.leaves()];
    for (double[] from : grid()) {
      for (int j = 0; j < NUMBERS; j++) {
        for (double raised : VALUES) {
          if (from[j] < raised && constraints.direction(j) != 0) {
            double[] to = from.clone();
            to[j] = raised;
            int a = tree.leaf(forest.row(from));
            int b = tree.leaf(forest.row(to));
            below[constraints.direction(j) > 0 ? a : b][constraints.direction(j) > 0 ? b : a] =
                true;
          }
        }
      }
    }
    return closed(below);
  }

  private static boolean[][] closed(boolean[][] below) {
    int n = below.length;
    for (int k = 0; k < n; k++) {
      below[k][k] = true;
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          below[i][j] |= below[i][k] && below[k][j];
        }
      }
    }
    return below;
  }

  @Test
  void pairsGenerateExactlyTheOrderOfPoints() {
    Random random = new Random(3);
    int some = 0;
    for (int trial = 0; trial < 300; trial++) {
      Forest forest =
          new Forest(
              List.of(random(random, 1 + random.nextInt(12))),
              LeafModel.CONSTANT,
              new int[] {WeightLayout.ALL},
              categories(),
              LeafPenalty.PLAIN);
      FeatureConstraints constraints =
          new FeatureConstraints(List.of(1, random.nextInt(3) - 1, 0, 0), List.of());
      int n = forest.leaves();
      boolean[][] below = new boolean[n][n];
      int[] pairs = LeafOrder.of(forest, constraints).pairs(0);
      for (int p = 0; p < pairs.length; p += 2) {
        below[pairs[p]][pairs[p + 1]] = true;
      }
      some += pairs.length;
      assertThat(closed(below)).isDeepEqualTo(byPoints(forest, constraints));
    }
    assertThat(some).isPositive();
  }

  @Test
  void projectedValuesAreInOrderAndThoseInOrderStay() {
    Random random = new Random(5);
    List<Tree> trees = new ArrayList<>();
    for (int t = 0; t < 20; t++) {
      trees.add(random(random, 15));
    }
    int[] outputs = new int[trees.size()];
    Arrays.fill(outputs, WeightLayout.ALL);
    Forest forest = new Forest(trees, LeafModel.CONSTANT, outputs, categories(), LeafPenalty.PLAIN);
    LeafOrder order = LeafOrder.of(forest, new FeatureConstraints(List.of(1, -1, 0, 0), List.of()));
    double[] values = random.doubles(forest.leaves()).toArray();
    double[] weights = random.doubles(forest.leaves()).toArray();
    assertThat(order.holds(values, 0)).isFalse();
    order.project(values, weights, 0);
    assertThat(order.holds(values, 0)).isTrue();
    double[] again = values.clone();
    order.project(again, weights, 0);
    assertThat(again).isEqualTo(values);
  }
}
