package org.convexnn.block.kernel;

import java.util.Arrays;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.SparseCoordinates;
import org.convexnn.linalg.Blas;

/** Inner products of some rows with each other, for samples on the driver. */
public final class RowProducts {

  private RowProducts() {}

  /**
   * The n x n matrix {@code y_a . y_b + 1} of a block's rows in row coordinates.
   *
   * @param features whether the products of the features are wanted
   * @param bias whether the 1 is
   */
  public static double[] of(RowSetting setting, GatedBlock rows, boolean features, boolean bias) {
    int n = rows.block().rows();
    double[] products = new double[n * n];
    if (bias) {
      Arrays.fill(products, 1);
    }
    if (features && rows.sparse()) {
      addSparse(setting, rows.block(), products);
    } else if (features) {
      addDense(setting, rows, products);
    }
    return products;
  }

  private static void addDense(RowSetting setting, GatedBlock rows, double[] products) {
    int n = rows.block().rows();
    int k = setting.dimension();
    double[] x = new double[k];
    double[] y = new double[n * k];
    for (int r = 0; r < n; r++) {
      setting.rowCoordinates(rows, r, x);
      System.arraycopy(x, 0, y, r * k, k);
    }
    Blas.parallelGemm(n, n, k, 1.0, y, 0, k, y, 0, k, 1.0, products, 0, n);
  }

  /** {@code (e_a + b) . (e_b + b)}, each row's non-zeros looked up in one that is spread out. */
  private static void addSparse(RowSetting setting, Block rows, double[] products) {
    int n = rows.rows();
    SparseCoordinates coordinates = new SparseCoordinates(setting.mean(), setting.inverseScale());
    double[] spread = new double[rows.features() + 1];
    double[] along = new double[n];
    double base = coordinates.baseSquare();
    int[][] columns = new int[n][];
    double[][] values = new double[n][];
    for (int r = 0; r < n; r++) {
      // Without its last non-zero, the 1.
      int count = coordinates.load(rows, r) - 1;
      columns[r] = new int[count];
      values[r] = new double[count];
      for (int k = 0; k < count; k++) {
        columns[r][k] = coordinates.column(k);
        values[r][k] = coordinates.value(k);
      }
      along[r] = coordinates.alongBase();
    }
    for (int a = 0; a < n; a++) {
      for (int k = 0; k < columns[a].length; k++) {
        spread[columns[a][k]] = values[a][k];
      }
      for (int b = 0; b < n; b++) {
        double sum = base + along[a] + along[b];
        for (int k = 0; k < columns[b].length; k++) {
          sum += values[b][k] * spread[columns[b][k]];
        }
        products[a * n + b] += sum;
      }
      for (int column : columns[a]) {
        spread[column] = 0;
      }
    }
  }
}
