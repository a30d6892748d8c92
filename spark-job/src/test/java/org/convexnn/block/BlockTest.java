package org.convexnn.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlockTest {

  private static Block one(double label, double weight, double... row) {
    return new Block(row.length, row.clone(), new double[] {label}, new double[] {weight});
  }

  @Test
  void equalRowsHaveEqualKeysWhereverTheyAre() {
    long key = one(1, 1, 0.5, 0, 3).key(0);
    assertThat(one(1, 1, 0.5, -0.0, 3).key(0)).as("-0 is 0").isEqualTo(key);
    assertThat(one(1, 9, 0.5, 0, 3).key(0)).as("weights are left out").isEqualTo(key);
    assertThat(one(0, 1, 2).key(0)).isEqualTo(one(-0.0, 1, 2).key(0));
    Block wide =
        new Block(
            3, new double[] {0.1, 0.2, 0.3, 0.5, 0, 3}, new double[] {0, 1}, new double[] {1, 1});
    assertThat(wide.key(1)).as("in a block of doubles").isEqualTo(key);
  }

  @Test
  void otherRowsHaveOtherKeys() {
    Set<Long> keys = new HashSet<>();
    assertThat(keys.add(one(1, 1, 0.5, 0, 3).key(0))).isTrue();
    assertThat(keys.add(one(0, 1, 0.5, 0, 3).key(0))).as("another label").isTrue();
    assertThat(keys.add(one(1, 1, 0, 0.5, 3).key(0))).as("columns swapped").isTrue();
    assertThat(keys.add(one(1, 1, 3, 0, 0.5).key(0))).as("columns swapped").isTrue();
    assertThat(keys.add(one(1, 1, -0.5, 0, 3).key(0))).as("another sign").isTrue();
    assertThat(keys.add(one(1, 1, Math.nextUp(0.5), 0, 3).key(0))).as("another bit").isTrue();
    for (int a = 0; a < 100; a++) {
      for (int b = 1; b < 100; b++) {
        assertThat(keys.add(one(2, 1, a, b).key(0))).isTrue();
      }
    }
  }

  @Test
  void storageIsNarrowOnlyWhereNothingIsLost() {
    double[] singles = {0.5, -0.0, 3, (float) 0.1};
    double[][] notSingles = {
      {0.5, 0.1}, {0.5, 1e-50}, {0.5, 1e50}, {Math.nextUp(1.0), 1}, {16_777_217, 1}
    };
    Block narrow = new Block(2, singles.clone(), new double[2], new double[] {1, 1});
    assertThat(narrow.bytes()).isEqualTo(4 * 4 + 8 * 3 * 2);
    assertSame(narrow, singles);
    for (double[] values : notSingles) {
      Block wide = new Block(1, values.clone(), new double[2], new double[] {1, 1});
      assertThat(wide.bytes()).isEqualTo(8 * 2 + 8 * 3 * 2);
      assertSame(wide, values);
    }
  }

  private static void assertSame(Block block, double[] values) {
    int d = block.features();
    double[] row = new double[d];
    for (int r = 0; r < block.rows(); r++) {
      block.copyRow(r, row);
      for (int j = 0; j < d; j++) {
        long bits = Double.doubleToRawLongBits(values[r * d + j]);
        assertThat(Double.doubleToRawLongBits(row[j])).isEqualTo(bits);
        assertThat(Double.doubleToRawLongBits(block.value(r, j))).isEqualTo(bits);
      }
    }
  }

  @Test
  void anEmptyBlockIsFine() {
    Block block = new Block(3, new double[0], new double[0], new double[0]);
    assertThat(block.rows()).isZero();
    assertThat(block.features()).isEqualTo(3);
  }

  @Test
  void shapesAreChecked() {
    assertThatThrownBy(() -> new Block(2, new double[3], new double[2], new double[2]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Block(2, new double[4], new double[2], new double[1]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
