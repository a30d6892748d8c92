package org.convexnn.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Picked sums against the product with the 0/1 matrix, entry by entry; integers, so exactly. */
class TableTest {

  /** A random product: T (rows x columns), codes (count x picks), X (count x columns). */
  private static final class Case {

    final int rows;
    final int columns;
    final int picks;
    final int count;
    final int[] codes;
    final double[] table;
    final double[] x;

    Case(int rows, int columns, int picks, int count, long seed) {
      this.rows = rows;
      this.columns = columns;
      this.picks = picks;
      this.count = count;
      Random random = new Random(seed);
      this.codes = random.ints((long) count * picks, 0, rows).toArray();
      this.table = random.ints((long) rows * columns, -99, 99).asDoubleStream().toArray();
      this.x = random.ints((long) count * columns, -99, 99).asDoubleStream().toArray();
    }

    double[] gathered() {
      double[] sum = x.clone();
      for (int i = 0; i < codes.length; i++) {
        for (int j = 0; j < columns; j++) {
          sum[i / picks * columns + j] += table[codes[i] * columns + j];
        }
      }
      return sum;
    }

    double[] scattered() {
      double[] sum = table.clone();
      for (int i = 0; i < codes.length; i++) {
        for (int j = 0; j < columns; j++) {
          sum[codes[i] * columns + j] += x[i / picks * columns + j];
        }
      }
      return sum;
    }

    FloatTable floatTable() {
      FloatTable t = new FloatTable(rows, columns);
      for (int i = 0; i < rows; i++) {
        t.set(i, table, i * columns);
      }
      return t;
    }

    DoubleTable doubleTable() {
      DoubleTable t = new DoubleTable(rows, columns);
      for (int i = 0; i < rows; i++) {
        t.set(i, table, i * columns);
      }
      return t;
    }

    double[] padded(int stride) {
      double[] p = new double[count * stride];
      for (int r = 0; r < count; r++) {
        System.arraycopy(x, r * columns, p, r * stride, columns);
      }
      return p;
    }

    double[] unpadded(double[] p, int stride) {
      double[] u = new double[count * columns];
      for (int r = 0; r < count; r++) {
        System.arraycopy(p, r * stride, u, r * columns, columns);
      }
      return u;
    }
  }

  @Property(tries = 300)
  void matchesTheProductWithOnes(
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 200) int columns,
      @ForAll @IntRange(min = 1, max = 9) int picks,
      @ForAll @IntRange(min = 0, max = 30) int count,
      @ForAll long seed) {
    Case c = new Case(rows, columns, picks, count, seed);

    int wide = DoubleTable.stride(columns);
    double[] x = c.padded(wide);
    c.doubleTable().gather(c.codes, picks, count, x);
    assertThat(c.unpadded(x, wide)).isEqualTo(c.gathered());
    DoubleTable doubles = c.doubleTable();
    doubles.scatter(c.codes, picks, count, c.padded(wide));
    assertThat(values(c, doubles::addTo)).isEqualTo(c.scattered());

    int stride = FloatTable.stride(columns);
    float[] single = floats(c.padded(stride));
    c.floatTable().gather(c.codes, picks, count, single);
    assertThat(c.unpadded(doubles(single), stride)).isEqualTo(c.gathered());
    FloatTable floats = c.floatTable();
    floats.scatter(c.codes, picks, count, floats(c.padded(stride)));
    assertThat(values(c, floats::addTo)).isEqualTo(c.scattered());
  }

  @Property(tries = 200)
  void plainLoopsAgreeWithTheVectorModule(
      @ForAll @IntRange(min = 1, max = 12) int widthInVectors,
      @ForAll @IntRange(min = 1, max = 7) int picks,
      @ForAll @IntRange(min = 1, max = 20) int count,
      @ForAll long seed) {
    int width = widthInVectors * 16;
    Case c = new Case(9, width, picks, count, seed);
    PanelKernel plain = new PlainPanelKernel();
    PanelKernel vector = new VectorPanelKernel();

    double[] one = c.x.clone();
    double[] other = c.x.clone();
    plain.gather(c.codes, picks, count, c.table, 0, width, one, 0, width);
    vector.gather(c.codes, picks, count, c.table, 0, width, other, 0, width);
    assertThat(other).isEqualTo(one).isEqualTo(c.gathered());

    one = c.table.clone();
    other = c.table.clone();
    plain.scatter(c.codes, picks, count, one, 0, width, c.x, 0, width);
    vector.scatter(c.codes, picks, count, other, 0, width, c.x, 0, width);
    assertThat(other).isEqualTo(one).isEqualTo(c.scattered());

    one = c.x.clone();
    other = c.x.clone();
    plain.axpy(3, c.table, width, one, 0, width);
    vector.axpy(3, c.table, width, other, 0, width);
    assertThat(other).isEqualTo(one);
    for (int j = 0; j < one.length; j++) {
      assertThat(one[j]).isEqualTo(c.x[j] + (j < width ? 3 * c.table[width + j] : 0));
    }

    float[] single = floats(c.x);
    float[] singleOther = floats(c.x);
    plain.gather(c.codes, picks, count, floats(c.table), 0, width, single, 0, width);
    vector.gather(c.codes, picks, count, floats(c.table), 0, width, singleOther, 0, width);
    assertThat(singleOther).isEqualTo(single);

    single = floats(c.table);
    singleOther = floats(c.table);
    plain.scatter(c.codes, picks, count, single, 0, width, floats(c.x), 0, width);
    vector.scatter(c.codes, picks, count, singleOther, 0, width, floats(c.x), 0, width);
    assertThat(singleOther).isEqualTo(single);
  }

  @Test
  void addsRowsAndClears() {
    FloatTable table = new FloatTable(3, 70);
    double[] row = new double[70];
    Arrays.setAll(row, j -> j);
    table.set(0, row, 0);
    table.set(2, row, 0);
    table.add(0, 2);
    double[] sum = new double[70];
    table.addTo(0, sum, 0);
    assertThat(sum[69]).isEqualTo(138);
    table.clear();
    double[] zero = new double[70];
    table.addTo(0, zero, 0);
    assertThat(zero).containsOnly(0);
  }

  @Test
  void refusesWhatNoArrayHolds() {
    assertThatThrownBy(() -> new DoubleTable(1 << 20, 1 << 20))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fewer gates");
  }

  @Test
  void thisJvmOffersTheVectorModule() {
    assertThat(PanelKernel.BEST).isInstanceOf(VectorPanelKernel.class);
  }

  @FunctionalInterface
  private interface AddRow {
    void to(int row, double[] x, int at);
  }

  private static double[] values(Case c, AddRow add) {
    double[] all = new double[c.rows * c.columns];
    for (int i = 0; i < c.rows; i++) {
      add.to(i, all, i * c.columns);
    }
    return all;
  }

  private static float[] floats(double[] x) {
    float[] f = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      f[i] = (float) x[i];
    }
    return f;
  }

  private static double[] doubles(float[] x) {
    double[] d = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      d[i] = x[i];
    }
    return d;
  }
}
