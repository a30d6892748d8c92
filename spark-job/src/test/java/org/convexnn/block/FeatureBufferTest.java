package org.convexnn.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureBufferTest {

  private static final int COLUMNS = 100;

  /** Rows until the buffer is full, every one with these non-zeros. */
  private static int fill(FeatureBuffer buffer, int nonZeros, double value) {
    int rows = 0;
    while (!buffer.full()) {
      for (int j = 0; j < COLUMNS; j++) {
        buffer.add(j, j < nonZeros ? value : 0);
      }
      buffer.endRow();
      rows++;
    }
    return rows;
  }

  @ParameterizedTest
  @CsvSource({"0, true", "1, true", "9, true", "10, false", "11, false", "100, false"})
  void sparseBelowATenth(int nonZeros, boolean sparse) {
    FeatureBuffer buffer = new FeatureBuffer(COLUMNS, 80_000);
    int rows = fill(buffer, nonZeros, 2);
    Features features = buffer.take();
    assertThat(features.sparse()).isEqualTo(sparse);
    assertThat(features.columns()).isEqualTo(COLUMNS);
    // 12 bytes a non-zero and 32 a row, or 8 a number
    assertThat(rows).isEqualTo(sparse ? (int) Math.ceil(80_000.0 / (12 * nonZeros + 32)) : 100);
    assertThat(features.bytes())
        .isEqualTo(sparse ? 4L * (rows + 1) + 8L * rows * nonZeros : 4L * rows * COLUMNS);
    assertThat(buffer.rows()).isZero();
    assertThat(buffer.full()).isFalse();
  }

  @Test
  void valuesThatAreNoFloatsTakeEightBytes() {
    FeatureBuffer buffer = new FeatureBuffer(COLUMNS, 8000);
    int rows = fill(buffer, 3, 0.1);
    assertThat(buffer.take().bytes()).isEqualTo(4L * (rows + 1) + 12L * 3 * rows);
  }

  @Test
  void rowsThatGrowDenseDoNotOverfillABlock() {
    FeatureBuffer buffer = new FeatureBuffer(COLUMNS, 80_000);
    for (int r = 0; r < 150; r++) {
      assertThat(buffer.full()).isFalse();
      buffer.add(r % COLUMNS, 1);
      buffer.endRow();
    }
    int rows = 150 + fill(buffer, COLUMNS, 1);
    assertThat(rows).isLessThan(200);
    assertThat(buffer.take().sparse()).as("too many rows for a dense block").isTrue();
    fill(buffer, COLUMNS, 1);
    assertThat(buffer.take().sparse()).as("the next block").isFalse();
  }

  @Test
  void aBlockHoldsAtLeastOneRow() {
    FeatureBuffer buffer = new FeatureBuffer(COLUMNS, 1);
    assertThat(fill(buffer, COLUMNS, 1)).isEqualTo(1);
    buffer.take();
    assertThat(fill(buffer, 1, 1)).isEqualTo(1);
  }

  @Test
  void readsBackWhatWasAdded() {
    Random random = new Random(3);
    double[][] x = new double[200][COLUMNS];
    FeatureBuffer buffer = new FeatureBuffer(COLUMNS, 1 << 20);
    for (double[] row : x) {
      for (int k = random.nextInt(6); k > 0; k--) {
        row[random.nextInt(COLUMNS)] = random.nextGaussian();
      }
      for (int j = 0; j < COLUMNS; j++) {
        buffer.add(j, row[j]);
      }
      buffer.endRow();
    }
    Features features = buffer.take();
    assertThat(features.sparse()).isTrue();
    double[] row = new double[COLUMNS];
    int[] columns = new int[COLUMNS];
    double[] values = new double[COLUMNS];
    for (int r = 0; r < x.length; r++) {
      features.copyRow(r, row);
      assertThat(row).isEqualTo(x[r]);
      int count = features.copyNonZeros(r, columns, values);
      double[] spread = new double[COLUMNS];
      for (int k = 0; k < count; k++) {
        assertThat(k == 0 || columns[k] > columns[k - 1]).isTrue();
        spread[columns[k]] = values[k];
      }
      assertThat(spread).isEqualTo(x[r]);
      for (int j = 0; j < COLUMNS; j++) {
        assertThat(features.value(r, j)).isEqualTo(x[r][j]);
      }
    }
  }
}
