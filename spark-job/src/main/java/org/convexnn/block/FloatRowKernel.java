package org.convexnn.block;

import java.util.Arrays;
import org.convexnn.linalg.Blas;

/** {@link RowKernel} in single precision (its twin differs in the type alone: Java's generics do not range over primitive types). */
final class FloatRowKernel extends RowKernel {

  private static final int GRAM_PANEL = 256;
  private static final float[] EXPANDED_BYTES = expandedBytes();

  private final int width;
  private final int span;
  private final int halfSpaces;
  private final int stride;
  private final boolean trees;
  private final float[] rows;
  private final float[] pattern;
  private final float[] products;
  private final float[][] linear;
  private final float[][] halfWeights;
  private final float[][] leafWeights;
  private final float[] halfGradient;
  private final float[] leafGradient;
  private final float[] linearGradient;
  private final double[][] gradients;
  private float[] expanded = new float[0];
  private float[] panel = new float[0];

  FloatRowKernel(RowSetting setting, int slots) {
    super(setting);
    this.width = setting.width();
    this.span = setting.outputs() * width;
    this.halfSpaces = setting.halfSpaces();
    this.stride = (halfSpaces + 7) / 8 * 8;
    this.rows = new float[capacity * width];
    this.pattern = new float[capacity * stride];
    this.products = new float[capacity * span];
    this.trees = setting.leaves() > 0;
    this.linear = new float[slots][span];
    this.halfWeights = new float[slots][span * stride];
    this.leafWeights = new float[slots][setting.leaves() * span];
    this.halfGradient = new float[halfSpaces * span];
    this.leafGradient = new float[setting.leaves() * span];
    this.linearGradient = new float[span];
    this.gradients = new double[slots][setting.length()];
  }

  /** Row b holds the eight bits of byte b as numbers, lowest first. */
  private static float[] expandedBytes() {
    float[] table = new float[256 * 8];
    for (int b = 0; b < 256; b++) {
      for (int k = 0; k < 8; k++) {
        table[b * 8 + k] = b >>> k & 1;
      }
    }
    return table;
  }

  @Override
  public void weights(int slot, double[] v) {
    copy(v, 0, linear[slot]);
    // Transposed: a product of two row-major matrices by rows is the fast case of every BLAS.
    float[] half = halfWeights[slot];
    for (int p = 0; p < halfSpaces; p++) {
      for (int k = 0; k < span; k++) {
        half[k * stride + p] = (float) v[span * (1 + p) + k];
      }
    }
    copy(v, span * (1 + halfSpaces), leafWeights[slot]);
  }

  private static void copy(double[] from, int at, float[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] = (float) from[at + i];
    }
  }

  @Override
  protected void loadBatch() {
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
    Patterns patterns = current.patterns();
    long[] bits = patterns.bits();
    int words = patterns.words();
    for (int r = 0; r < count; r++) {
      int to = r * stride;
      int end = to + stride;
      for (int w = (first + r) * words; to < end; w++) {
        long word = bits[w];
        int stop = Math.min(end, to + 64);
        while (to < stop) {
          System.arraycopy(EXPANDED_BYTES, ((int) word & 0xFF) << 3, pattern, to, 8);
          word >>>= 8;
          to += 8;
        }
      }
    }
  }

  @Override
  public void forward(int slot, double[] f, int at) {
    for (int r = 0; r < count; r++) {
      System.arraycopy(linear[slot], 0, products, r * span, span);
    }
    if (halfSpaces > 0) {
      Blas.gemm(
          false,
          true,
          count,
          span,
          halfSpaces,
          1,
          pattern,
          0,
          stride,
          halfWeights[slot],
          0,
          stride,
          1,
          products,
          0,
          span);
    }
    Patterns patterns = current.patterns();
    for (int r = 0; trees && r < count; r++) {
      for (int t = 0; t < patterns.trees(); t++) {
        add(leafWeights[slot], patterns.leaf(first + r, t) * span, products, r * span, span);
      }
    }
    int outputs = setting.outputs();
    for (int r = 0; r < count; r++) {
      for (int c = 0; c < outputs; c++) {
        f[at + r * outputs + c] = dot(rows, r * width, products, r * span + c * width, width);
      }
    }
  }

  @Override
  public void backward(int slot, double[] q, int at) {
    double[] gradient = gradients[slot];
    int outputs = setting.outputs();
    for (int r = 0; r < count; r++) {
      for (int c = 0; c < outputs; c++) {
        float factor = (float) q[at + r * outputs + c];
        int from = r * width;
        int to = r * span + c * width;
        for (int j = 0; j < width; j++) {
          products[to + j] = factor * rows[from + j];
        }
      }
    }
    Arrays.fill(linearGradient, 0);
    for (int r = 0; r < count; r++) {
      add(products, r * span, linearGradient, 0, span);
    }
    addTo(gradient, 0, linearGradient);
    if (halfSpaces > 0) {
      Blas.gemm(
          true,
          false,
          halfSpaces,
          span,
          count,
          1,
          pattern,
          0,
          stride,
          products,
          0,
          span,
          0,
          halfGradient,
          0,
          span);
      addTo(gradient, span, halfGradient);
    }
    Patterns patterns = current.patterns();
    if (trees) {
      Arrays.fill(leafGradient, 0);
      for (int r = 0; r < count; r++) {
        for (int t = 0; t < patterns.trees(); t++) {
          add(products, r * span, leafGradient, patterns.leaf(first + r, t) * span, span);
        }
      }
      addTo(gradient, span + halfGradient.length, leafGradient);
    }
  }

  @Override
  public double[] gradient(int slot) {
    return gradients[slot];
  }

  @Override
  public void addGram(double[] weights, int at, double[] gram) {
    int q = (1 + setting.groups()) * width;
    int most = Math.max(32, Math.min(capacity, (1 << 20) / q));
    if (expanded.length < most * q) {
      expanded = new float[most * q];
    }
    Patterns patterns = current.patterns();
    int filled = 0;
    for (int r = 0; r < count; r++) {
      if (weights[at + r] > 0) {
        expand(r, (float) Math.sqrt(weights[at + r]), filled * q, q, patterns);
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

  private void expand(int r, float scale, int to, int q, Patterns patterns) {
    Arrays.fill(expanded, to, to + q, 0);
    int from = r * width;
    for (int j = 0; j < width; j++) {
      expanded[to + j] = scale * rows[from + j];
    }
    for (int p = 0; p < halfSpaces; p++) {
      if (pattern[r * stride + p] != 0) {
        System.arraycopy(expanded, to, expanded, to + (1 + p) * width, width);
      }
    }
    for (int t = 0; trees && t < patterns.trees(); t++) {
      int group = 1 + halfSpaces + patterns.leaf(first + r, t);
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

  private static void add(float[] from, int fromAt, float[] to, int toAt, int length) {
    for (int j = 0; j < length; j++) {
      to[toAt + j] += from[fromAt + j];
    }
  }

  private static void addTo(double[] sum, int at, float[] terms) {
    for (int i = 0; i < terms.length; i++) {
      sum[at + i] += terms[i];
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
