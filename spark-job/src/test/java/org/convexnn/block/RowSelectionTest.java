package org.convexnn.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.convexnn.linalg.CounterRandom;
import org.junit.jupiter.api.Test;

class RowSelectionTest {

  private static final int KEYS = 20_000;

  @Test
  void foldsPartitionTheRowsEvenly() {
    for (int folds : new int[] {2, 5, 10}) {
      int[] sizes = new int[folds];
      for (int k = 0; k < KEYS; k++) {
        long key = CounterRandom.mix(k);
        int selected = 0;
        for (int fold = 0; fold < folds; fold++) {
          RowSelection held = new RowSelection(folds, fold, true, 7);
          if (held.selects(key)) {
            selected++;
            sizes[fold]++;
          }
          assertThat(held.complement().selects(key)).isNotEqualTo(held.selects(key));
          assertThat(held.complement().complement()).isEqualTo(held);
        }
        assertThat(selected).isEqualTo(1);
      }
      double share = 1.0 / folds;
      for (int size : sizes) {
        assertThat((double) size / KEYS)
            .isCloseTo(share, within(5 * Math.sqrt(share * (1 - share) / KEYS)));
      }
    }
  }

  @Test
  void saltsGiveIndependentFolds() {
    int both = 0;
    for (int k = 0; k < KEYS; k++) {
      long key = CounterRandom.mix(k);
      both +=
          new RowSelection(10, 0, true, 1).selects(key)
                  && new RowSelection(10, 0, true, 2).selects(key)
              ? 1
              : 0;
    }
    assertThat((double) both / KEYS).isCloseTo(0.01, within(5 * Math.sqrt(0.01 * 0.99 / KEYS)));
  }

  @Test
  void allIsEveryRow() {
    for (int k = 0; k < 100; k++) {
      assertThat(RowSelection.ALL.selects(CounterRandom.mix(k))).isTrue();
    }
  }

  @Test
  void marksSplitTheRowsAndTravelWithTheirKeys() {
    Block block =
        new Block(
            new DenseFeatures(1, new double[] {1, 2, 1}),
            new double[] {0, 1, 0},
            new double[] {1, 1, 1},
            new boolean[] {true, false, false});
    RowSelection marked = new RowSelection(RowSelection.BY_MARK, 0, true, 5);
    for (int r = 0; r < 3; r++) {
      assertThat(marked.selects(block.key(r))).isEqualTo(r == 0);
      assertThat(marked.complement().selects(block.key(r))).isEqualTo(r > 0);
      assertThat(RowSelection.ALL.selects(block.key(r))).isTrue();
    }
  }
}
