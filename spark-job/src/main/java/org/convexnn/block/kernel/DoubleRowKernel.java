package org.convexnn.block.kernel;

import java.util.Arrays;
import org.convexnn.block.Patterns;
import org.convexnn.block.RowSetting;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.DoubleTable;

/** {@link RowKernel} for dense rows in double precision (its twin differs in the type alone: Java's generics do not range over primitive types). */
final class DoubleRowKernel extends BatchKernel {

  private static final int GRAM_PANEL = 256;

  private final PatternCodes codes;
  private final int width;
  private final int span;
  private final int stride;
  private final double[] rows;
  private final double[] products;
  private final double[][] linear;
  private final DoubleTable[] tables;
  private final double[] linearSum;
  private double[] expanded = new double[0];
  private double[] panel = new double[0];
  // By slot, of as many numbers as the weights: made where backward products are wanted.
  private final DoubleTable[] sums;
  // By slot, the rows in these sums.
  private final int[] summed;

  DoubleRowKernel(RowSetting setting, double[][] gradients) {
    super(setting, gradients);
    int slots = gradients.length;
    int capacity = capacity(setting);
    this.codes = new PatternCodes(setting.halfSpaces(), setting.leaves());
    this.width = setting.width();
    this.span = setting.outputs() * width;
    this.stride = DoubleTable.stride(span);
    this.rows = new double[capacity * width];
    this.products = new double[capacity * stride];
    this.linear = new double[slots][stride];
    this.tables = new DoubleTable[slots];
    this.sums = new DoubleTable[slots];
    this.summed = new int[slots];
    this.linearSum = new double[stride];
  }

  @Override
  void weights(int slot, double[] v) {
    for (int k = 0; k < span; k++) {
      linear[slot][k] = v[k];
    }
    if (tables[slot] == null) {
      tables[slot] = new DoubleTable(codes.tableRows(), span);
    } else {
      tables[slot].clear();
    }
    DoubleTable table = tables[slot];
    for (int i = 0; i < setting.groups(); i++) {
      table.set(codes.tableRow(i), v, (1 + i) * span);
    }
    codes.forEachUnion(
        (union, one, rest) -> {
          table.add(union, one);
          table.add(union, rest);
        });
  }

  @Override
  protected void loadRows() {
    codes.load(current.patterns(), first, count);
    int d = width - 1;
    double[] x = new double[d];
    for (int r = 0; r < count; r++) {
      setting.rowCoordinates(current, first + r, x);
      int at = r * width;
      for (int j = 0; j < d; j++) {
        rows[at + j] = x[j];
      }
      rows[at + d] = 1;
    }
  }

  @Override
  void forward(int slot, double[] f, int at) {
    for (int r = 0; r < count; r++) {
      System.arraycopy(linear[slot], 0, products, r * stride, stride);
    }
    tables[slot].gather(codes.values(), codes.picks(), count, products);
    int outputs = setting.outputs();
    for (int r = 0; r < count; r++) {
      for (int c = 0; c < outputs; c++) {
        f[at + r * outputs + c] = dot(rows, r * width, products, r * stride + c * width, width);
      }
    }
  }

  @Override
  void backward(int slot, double[] q, int at) {
    double[] gradient = gradients[slot];
    int outputs = setting.outputs();
    Arrays.fill(linearSum, 0);
    for (int r = 0; r < count; r++) {
      for (int c = 0; c < outputs; c++) {
        double factor = q[at + r * outputs + c];
        int from = r * width;
        int to = r * stride + c * width;
        for (int j = 0; j < width; j++) {
          products[to + j] = factor * rows[from + j];
        }
      }
      Arrays.fill(products, r * stride + span, (r + 1) * stride, 0);
      for (int k = 0; k < span; k++) {
        linearSum[k] += products[r * stride + k];
      }
    }
    for (int k = 0; k < span; k++) {
      gradient[k] += linearSum[k];
    }
    if (sums[slot] == null) {
      sums[slot] = new DoubleTable(codes.tableRows(), span);
    }
    sums[slot].scatter(codes.values(), codes.picks(), count, products);
    summed[slot] += count;
  }

  @Override
  void finish(int slot) {
    if (summed[slot] == 0) {
      return;
    }
    DoubleTable table = sums[slot];
    codes.forEachUnionDown(
        (union, one, rest) -> {
          table.add(one, union);
          table.add(rest, union);
        });
    for (int i = 0; i < setting.groups(); i++) {
      table.addTo(codes.tableRow(i), gradients[slot], (1 + i) * span);
    }
    table.clear();
    summed[slot] = 0;
  }

  @Override
  void addGram(double[] weights, int at, double[] gram) {
    int q = (1 + setting.groups()) * width;
    int most = Math.max(32, Math.min(capacity(setting), (1 << 20) / q));
    if (expanded.length < most * q) {
      expanded = new double[most * q];
    }
    int filled = 0;
    for (int r = 0; r < count; r++) {
      if (weights[at + r] > 0) {
        expand(r, Math.sqrt(weights[at + r]), filled * q, q);
        filled++;
        if (filled == most) {
          multiplyGram(filled, q, gram);
          filled = 0;
        }
      }
    }
    if (filled > 0) {
      multiplyGram(filled, q, gram);
    }
  }

  private void expand(int r, double scale, int to, int q) {
    Arrays.fill(expanded, to, to + q, 0);
    int from = r * width;
    for (int j = 0; j < width; j++) {
      expanded[to + j] = scale * rows[from + j];
    }
    Patterns patterns = current.patterns();
    for (int p = 0; p < setting.halfSpaces(); p++) {
      if (patterns.active(first + r, p)) {
        System.arraycopy(expanded, to, expanded, to + (1 + p) * width, width);
      }
    }
    for (int t = 0; setting.leaves() > 0 && t < patterns.trees(); t++) {
      int group = 1 + setting.halfSpaces() + patterns.leaf(first + r, t);
      System.arraycopy(expanded, to, expanded, to + group * width, width);
    }
  }

  /** Panels of columns, each down to the diagonal: about half the flops of the full product. */
  private void multiplyGram(int filled, int q, double[] gram) {
    if (panel.length < q * GRAM_PANEL) {
      panel = new double[q * GRAM_PANEL];
    }
    for (int from = 0; from < q; from += GRAM_PANEL) {
      int columns = Math.min(GRAM_PANEL, q - from);
      int above = from + columns;
      Blas.gemm(
          true, false, above, columns, filled, 1, expanded, 0, q, expanded, from, q, 0, panel, 0,
          columns);
      for (int i = 0; i < above; i++) {
        int row = i * q + from;
        int source = i * columns;
        for (int j = 0; j < columns; j++) {
          gram[row + j] += panel[source + j];
        }
      }
    }
  }

  /** Four partial sums, because the JIT must not reorder a floating-point reduction itself. */
  private static double dot(double[] x, int xAt, double[] y, int yAt, int length) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int j = 0;
    for (; j + 4 <= length; j += 4) {
      s0 += x[xAt + j] * y[yAt + j];
      s1 += x[xAt + j + 1] * y[yAt + j + 1];
      s2 += x[xAt + j + 2] * y[yAt + j + 2];
      s3 += x[xAt + j + 3] * y[yAt + j + 3];
    }
    for (; j < length; j++) {
      s0 += x[xAt + j] * y[yAt + j];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
