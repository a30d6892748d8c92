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
}
