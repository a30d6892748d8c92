package org.convexnn.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.convexnn.network.leaf.LeafSearch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeafSearchTest {

  private static final int COLUMNS = 3;
  private static final double[] VALUES = {
    -2, -1, -0.0, 0.0, 1, Double.MIN_VALUE, 1e300, Double.POSITIVE_INFINITY, Double.NaN, 0.5
  };

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void leavesAreThoseOfEachTreeAndRow(boolean categories) {
    Random random = new Random(categories ? 1 : 2);
    for (int k = 0; k < 100; k++) {
      List<Tree> trees = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        trees.add(tree(random, categories));
      }
      trees.add(new Tree(new int[0], new double[0], new int[0], new int[0]));
      byte[][] tables = new byte[COLUMNS][];
      // Bins of codes 0 to 3; the last was never seen.
      tables[0] = categories ? new byte[] {3, 0, (byte) 253, (byte) 255} : null;
      Forest forest =
          new Forest(
              trees,
              LeafModel.CONSTANT,
              new int[trees.size()],
              new CategoryBins(tables),
              LeafPenalty.PLAIN);
      double[][] rows = new double[19][COLUMNS];
      for (double[] row : rows) {
        for (int j = 0; j < COLUMNS; j++) {
          row[j] =
              categories && j == 0 ? random.nextInt(6) - 1 : VALUES[random.nextInt(VALUES.length)];
        }
      }
      check(forest, rows);
    }
  }

  @Test
  void thresholdsThatBytesCannotCountAreComparedRowByRow() {
    List<Tree> trees = new ArrayList<>();
    for (int t = 0; t < 300; t++) {
      trees.add(new Tree(new int[] {1}, new double[] {t}, new int[] {~0}, new int[] {~1}));
    }
    double[][] rows = {{0, 254, 0}, {0, 255.5, 0}, {0, 299, 0}, {0, -1, 0}, {0, Double.NaN, 0}};
    check(new Forest(trees, LeafModel.CONSTANT, new int[trees.size()]), rows);
  }

  @ParameterizedTest
  @ValueSource(ints = {63, 64, 65, 255, 256, 300})
  void treesMayHaveMoreLeavesThanAWordHasBits(int count) {
    int nodes = count - 1;
    int[] left = new int[nodes];
    int[] right = new int[nodes];
    double[] threshold = new double[nodes];
    for (int node = 0; node < nodes; node++) {
      left[node] = ~node;
      right[node] = node + 1 < nodes ? node + 1 : ~nodes;
      threshold[node] = node % 200;
    }
    Tree chain = new Tree(new int[nodes], threshold, left, right);
    double[][] rows = new double[210][COLUMNS];
    for (int r = 0; r < rows.length; r++) {
      rows[r][0] = r - 5;
    }
    check(new Forest(List.of(chain), LeafModel.CONSTANT, new int[1]), rows);
  }

  @Test
  void aTreeWithoutNodesHasOneLeaf() {
    Tree leaf = new Tree(new int[0], new double[0], new int[0], new int[0]);
    check(new Forest(List.of(leaf), LeafModel.CONSTANT, new int[1]), new double[5][COLUMNS]);
  }

  private static void check(Forest forest, double[][] rows) {
    LeafSearch search = new LeafSearch(forest, COLUMNS, rows.length + 2);
    for (int r = 0; r < rows.length; r++) {
      search.set(r, rows[r]);
    }
    int[] leaves = new int[rows.length];
    for (int t = 0; t < forest.trees().size(); t++) {
      search.leaves(t, rows.length, leaves);
      for (int r = 0; r < rows.length; r++) {
        assertThat(leaves[r])
            .as("row %d, tree %d", r, t)
            .isEqualTo(forest.trees().get(t).leaf(forest.row(rows[r])));
      }
    }
    checkWalk(forest, rows);
  }

  private static void checkWalk(Forest forest, double[][] rows) {
    TreeWalk walk = new TreeWalk(forest.trees());
    int[] leaves = new int[walk.room()];
    for (double[] row : rows) {
      walk.leaves(forest.row(row), leaves);
      assertThat(Arrays.copyOf(leaves, forest.trees().size()))
          .isEqualTo(forest.trees().stream().mapToInt(t -> t.leaf(forest.row(row))).toArray());
    }
  }

  /** A chain of nodes, with sets where column 0 has categories. */
  private static Tree tree(Random random, boolean categories) {
    int nodes = 1 + random.nextInt(12);
    int[] feature = new int[nodes];
    double[] threshold = new double[nodes];
    int[] left = new int[nodes];
    int[] right = new int[nodes];
    boolean[] missingLeft = new boolean[nodes];
    long[][] sets = new long[nodes][];
    for (int node = 0; node < nodes; node++) {
      feature[node] = random.nextInt(COLUMNS);
      do {
        threshold[node] = VALUES[random.nextInt(VALUES.length)];
      } while (Double.isNaN(threshold[node]));
      missingLeft[node] = random.nextBoolean();
      if (categories && feature[node] == 0) {
        sets[node] = random.longs(Tree.SET_WORDS).toArray();
      }
      // The other child of the last node is a leaf too.
      boolean goesOn = node + 1 < nodes;
      boolean onLeft = random.nextBoolean();
      left[node] = goesOn && onLeft ? node + 1 : ~node;
      right[node] = !goesOn ? ~(node + 1) : onLeft ? ~node : node + 1;
    }
    return new Tree(
        feature, threshold, left, right, categories ? sets : new long[0][], missingLeft);
  }
}
