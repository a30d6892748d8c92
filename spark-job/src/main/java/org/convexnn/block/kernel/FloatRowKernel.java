package org.convexnn.block.kernel;

import java.util.Arrays;
import org.convexnn.block.Patterns;
import org.convexnn.block.RowSetting;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.FloatTable;

/** {@link RowKernel} for dense rows in single precision (its twin differs in the type alone: Java's generics do not range over primitive types). */
final class FloatRowKernel extends BatchKernel {

  private static final int GRAM_PANEL = 256;
  // Sums of so many float32 numbers are exact enough.
  private static final int MOST_SUMMED = 64;

  private final PatternCodes codes;
  private final int width;
  private final int span;
  private final int stride;
  private final float[] rows;
  private final float[] products;
  private final float[][] linear;
  private final FloatTable[] tables;
  private final float[] linearSum;
  private float[] expanded = new float[0];
  private float[] panel = new float[0];
  // By slot, of as many numbers as the weights: made where backward products are wanted.
  private final FloatTable[] sums;
  // By slot, the rows in these sums.
  private final int[] summed;

  FloatRowKernel(RowSetting setting, double[][] gradients) {
    super(setting, gradients);
    int slots = gradients.length;
    int capacity = capacity(setting);
    this.codes = new PatternCodes(setting.halfSpaces(), setting.leaves());
    this.width = setting.width();
    this.span = setting.outputs() * width;
    this.stride = FloatTable.stride(span);
    this.rows = new float[capacity * width];
    this.products = new float[capacity * stride];
    this.linear = new float[slots][stride];
    this.tables = new FloatTable[slots];
    this.sums = new FloatTable[slots];
    this.summed = new int[slots];
    this.linearSum = new float[stride];
  }

  @Override
  void weights(int slot, double[] v) {
    for (int k = 0; k < span; k++) {
      linear[slot][k] = (float) v[k];
    }
    if (tables[slot] == null) {
      tables[slot] = new FloatTable(codes.tableRows(), span);
    } else {
      tables[slot].clear();
    }
    FloatTable table = tables[slot];
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
        rows[at + j] = (float) x[j];
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
        float factor = (float) q[at + r * outputs + c];
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
      sums[slot] = new FloatTable(codes.tableRows(), span);
    }
    sums[slot].scatter(codes.values(), codes.picks(), count, products);
    summed[slot] += count;
    if (summed[slot] >= MOST_SUMMED * codes.rowsOfAPick()) {
      finish(slot);
    }
  }

  @Override
  void finish(int slot) {
    if (summed[slot] == 0) {
      return;
    }
    FloatTable table = sums[slot];
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
      expanded = new float[most * q];
    }
    int filled = 0;
    for (int r = 0; r < count; r++) {
      if (weights[at + r] > 0) {
        expand(r, (float) Math.sqrt(weights[at + r]), filled * q, q);
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

  private void expand(int r, float scale, int to, int q) {
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
      panel = new float[q * GRAM_PANEL];
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
  private static float dot(float[] x, int xAt, float[] y, int yAt, int length) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
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
