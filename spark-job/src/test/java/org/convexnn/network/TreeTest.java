package org.convexnn.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TreeTest {

  /** x0 < 1 ? (x1 < 0 ? leaf 2 : leaf 0) : leaf 1. */
  private static final Tree TREE =
      new Tree(new int[] {0, 1}, new double[] {1, 0}, new int[] {1, ~2}, new int[] {~1, ~0});

  @Test
  void leftIsStrictlyBelowTheThreshold() {
    assertThat(TREE.leaves()).isEqualTo(3);
    assertThat(TREE.leaf(new double[] {0.5, -1})).isEqualTo(2);
    assertThat(TREE.leaf(new double[] {0.5, 0})).isEqualTo(0);
    assertThat(TREE.leaf(new double[] {0.5, -0.0})).as("-0 is 0").isEqualTo(0);
    assertThat(TREE.leaf(new double[] {1, -1})).isEqualTo(1);
    assertThat(TREE.leaf(new double[] {Math.nextDown(1.0), -1})).isEqualTo(2);
  }

  @Test
  void aTreeWithoutNodesHasOneLeaf() {
    Tree stump = new Tree(new int[0], new double[0], new int[0], new int[0]);
    assertThat(stump.leaves()).isEqualTo(1);
    assertThat(stump.leaf(new double[] {3})).isZero();
  }

  @Test
  void lengthsAreChecked() {
    assertThatThrownBy(() -> new Tree(new int[1], new double[1], new int[1], new int[2]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** x0 missing or in {1, 70, 253} ? (x1 < 0 or missing ? leaf 0 : leaf 2) : leaf 1. */
  private static Tree withSet() {
    long[] set = new long[Tree.SET_WORDS];
    for (int bin : new int[] {1, 70, 253}) {
      set[bin / 64] |= 1L << bin % 64;
    }
    return new Tree(
        new int[] {0, 1},
        new double[] {0, 0},
        new int[] {1, ~0},
        new int[] {~1, ~2},
        new long[][] {set, null},
        new boolean[] {true, false});
  }

  @Test
  void setsHoldBins() {
    for (int bin = 0; bin < CategoryBins.MOST_BINS; bin++) {
      int expected = bin == 1 || bin == 70 || bin == 253 ? 0 : 1;
      assertThat(withSet().leaf(new double[] {bin, -1})).as("bin %d", bin).isEqualTo(expected);
    }
  }

  @Test
  void missingValuesGoWhereTheNodeSays() {
    assertThat(withSet().leaf(new double[] {Double.NaN, -1})).isEqualTo(0);
    assertThat(withSet().leaf(new double[] {Double.NaN, Double.NaN})).isEqualTo(2);
    assertThat(TREE.leaf(new double[] {Double.NaN, -1})).as("right by default").isEqualTo(1);
  }

  @Test
  void anInfiniteThresholdPartsMissingValuesFromOthers() {
    double[] infinite = {Double.POSITIVE_INFINITY};
    Tree tree = new Tree(new int[] {0}, infinite, new int[] {~0}, new int[] {~1});
    assertThat(tree.leaf(new double[] {Double.MAX_VALUE})).isZero();
    assertThat(tree.leaf(new double[] {Double.NaN})).isEqualTo(1);
  }

  @Test
  void pathsAreDistinctColumnsInOrder() {
    Tree tree =
        new Tree(
            new int[] {5, 2, 5, 9},
            new double[4],
            new int[] {1, ~0, ~2, ~3},
            new int[] {3, 2, ~1, ~4});
    assertThat(tree.paths()).isDeepEqualTo(new int[][] {{2, 5}, {2, 5}, {2, 5}, {5, 9}, {5, 9}});
    assertThat(tree.path(3)).containsExactly(5, 9);
    Tree stump = new Tree(new int[0], new double[0], new int[0], new int[0]);
    assertThat(stump.path(0)).isEmpty();
  }

  @Test
  void setsAreChecked() {
    int[] one = {0};
    assertThatThrownBy(
            () -> new Tree(one, new double[1], one, one, new long[][] {{1, 2}}, new boolean[1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a set of 2 words; it has 4");
    assertThatThrownBy(() -> new Tree(one, new double[1], one, one, new long[2][], new boolean[1]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Tree(one, new double[1], one, one, new long[0][], new boolean[2]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Values on thresholds, signed zeros, infinite and missing ones: side by side as one by one. */
}
