package org.convexnn.block.kernel;

import java.util.Arrays;
import org.convexnn.block.RowSetting;
import org.convexnn.block.SparseCoordinates;
import org.convexnn.linalg.DoubleTable;

/**
 * {@link RowKernel} for sparse rows e~ of s non-zeros ({@link SparseCoordinates}): non-zeros first,
 * patterns after. Weights and sums are kept by column, row j the entries (j, c, i) of all groups, so
 * that a non-zero adds one row of them:
 *
 * <pre>forward:  h_ci = sum_k e_k V_(j_k, c, i),   f_c = sum_i s_i h_ci
 * backward: G_(j_k, c, i) += e_k q_c s_i</pre>
 *
 * s (1 + P) C products a direction for half-spaces, all of them because a run of numbers is faster
 * than half as many single ones, and s T C for T trees, of which a row has one leaf each. Always in
 * float64: it is bound by the length of the runs more than by their width, and uncentred sums need
 * the digits.
 */
final class SparseRowKernel extends BatchKernel {

  private final int outputs;
  private final int width;
  private final int gates;
  private final int stride;
  private final int leafStride;
  private final SparseCoordinates coordinates;
  private final Table[] weights;
  private final Table[] sums;
  private final double[] run;
  private final double[] indicator;
  private int[] leaves = new int[0];
  private int trees;

  // e~ of the batch's rows, one after the other.
  private final int[] starts;
  private int[] columns = new int[0];
  private double[] values = new double[0];

  // Q x Q, made where it is wanted.
  private double[] outer = new double[0];

  SparseRowKernel(RowSetting setting, double[][] gradients) {
    super(setting, gradients);
    this.outputs = setting.outputs();
    this.width = setting.width();
    this.gates = 1 + setting.halfSpaces();
    this.stride = DoubleTable.stride(outputs * gates);
    this.leafStride = outputs * setting.leaves();
    this.coordinates = new SparseCoordinates(setting.mean(), setting.inverseScale());
    this.weights = new Table[gradients.length];
    this.sums = new Table[gradients.length];
    this.run = new double[stride];
    this.indicator = new double[gates];
    this.starts = new int[capacity(setting) + 1];
  }

  /** Numbers (j, c, i): of the linear block and half-spaces, and of leaves. */
  private record Table(double[] gates, double[] leaves) {}

  private Table table() {
    return new Table(
        new double[Math.multiplyExact(width, stride)],
        new double[Math.multiplyExact(width, leafStride)]);
  }

  @Override
  void weights(int slot, double[] v) {
    if (weights[slot] == null) {
      weights[slot] = table();
    }
    Table table = weights[slot];
    for (int i = 0; i <= setting.groups(); i++) {
      for (int c = 0; c < outputs; c++) {
        int from = (i * outputs + c) * width;
        double[] to = i < gates ? table.gates : table.leaves;
        int step = i < gates ? stride : leafStride;
        int at = entry(c, i);
        for (int j = 0; j < width - 1; j++) {
          to[j * step + at] = v[from + j];
        }
        to[(width - 1) * step + at] = coordinates.bias(v, from);
      }
    }
  }

  /** Where group i of output c is in a row of its table. */
  private int entry(int c, int i) {
    return i < gates ? c * gates + i : c * setting.leaves() + i - gates;
  }

  @Override
  protected void loadRows() {
    int at = 0;
    for (int r = 0; r < count; r++) {
      int nonZeros = coordinates.load(current.block(), first + r);
      if (columns.length < at + nonZeros) {
        int length = Math.max(at + nonZeros, 2 * columns.length);
        columns = Arrays.copyOf(columns, length);
        values = Arrays.copyOf(values, length);
      }
      coordinates.copy(columns, values, at);
      at += nonZeros;
      starts[r + 1] = at;
    }
    trees = setting.leaves() > 0 ? current.patterns().trees() : 0;
  }

  @Override
  void forward(int slot, double[] f, int at) {
    Table table = weights[slot];
    for (int r = 0; r < count; r++) {
      Arrays.fill(run, 0);
      for (int k = starts[r]; k < starts[r + 1]; k++) {
        DoubleTable.axpy(values[k], table.gates, columns[k] * stride, run, 0, stride);
      }
      loadIndicator(r);
      for (int c = 0; c < outputs; c++) {
        f[at + r * outputs + c] = dot(run, c * gates) + leafSum(r, c, table.leaves);
      }
    }
  }

  private double leafSum(int r, int c, double[] table) {
    double sum = 0;
    for (int t = 0; t < trees; t++) {
      int entry = c * setting.leaves() + current.patterns().leaf(first + r, t);
      for (int k = starts[r]; k < starts[r + 1]; k++) {
        sum += values[k] * table[columns[k] * leafStride + entry];
      }
    }
    return sum;
  }

  @Override
  void backward(int slot, double[] q, int at) {
    if (sums[slot] == null) {
      sums[slot] = table();
    }
    Table table = sums[slot];
    for (int r = 0; r < count; r++) {
      loadIndicator(r);
      for (int c = 0; c < outputs; c++) {
        double factor = q[at + r * outputs + c];
        for (int i = 0; i < gates; i++) {
          run[c * gates + i] = factor * indicator[i];
        }
        addLeaves(r, c, factor, table.leaves);
      }
      Arrays.fill(run, outputs * gates, stride, 0);
      for (int k = starts[r]; k < starts[r + 1]; k++) {
        DoubleTable.axpy(values[k], run, 0, table.gates, columns[k] * stride, stride);
      }
    }
  }

  private void addLeaves(int r, int c, double factor, double[] table) {
    for (int t = 0; t < trees; t++) {
      int entry = c * setting.leaves() + current.patterns().leaf(first + r, t);
      for (int k = starts[r]; k < starts[r + 1]; k++) {
        table[columns[k] * leafStride + entry] += factor * values[k];
      }
    }
  }

  @Override
  void finish(int slot) {
    if (sums[slot] == null) {
      return;
    }
    Table table = sums[slot];
    double[] gradient = gradients[slot];
    for (int i = 0; i <= setting.groups(); i++) {
      for (int c = 0; c < outputs; c++) {
        int to = (i * outputs + c) * width;
        double[] from = i < gates ? table.gates : table.leaves;
        int step = i < gates ? stride : leafStride;
        int at = entry(c, i);
        double bias = from[(width - 1) * step + at];
        for (int j = 0; j < width; j++) {
          gradient[to + j] += from[j * step + at] + coordinates.base(j) * bias;
        }
      }
    }
    Arrays.fill(table.gates, 0);
    Arrays.fill(table.leaves, 0);
  }

  /** s of the linear block, which is 1, and of the half-spaces. */
  private void loadIndicator(int r) {
    indicator[0] = 1;
    long[] bits = current.patterns().bits();
    int words = current.patterns().words();
    for (int p = 0; p < gates - 1; p++) {
      indicator[1 + p] = bits[(first + r) * words + (p >> 6)] >>> p & 1;
    }
  }

  /** {@code indicator . x[at ..]}; four partial sums, as the JIT must not reorder one itself. */
  private double dot(double[] x, int at) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 4 <= gates; i += 4) {
      s0 += indicator[i] * x[at + i];
      s1 += indicator[i + 1] * x[at + i + 1];
      s2 += indicator[i + 2] * x[at + i + 2];
      s3 += indicator[i + 3] * x[at + i + 3];
    }
    for (; i < gates; i++) {
      s0 += indicator[i] * x[at + i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  @Override
  void addGram(double[] rowWeights, int at, double[] gram) {
    int size = (1 + setting.groups()) * width;
    boolean any = false;
    for (int r = 0; r < count; r++) {
      if (rowWeights[at + r] > 0) {
        if (!any && outer.length < size * size) {
          outer = new double[size * size];
        }
        any = true;
        addOuter(r, rowWeights[at + r], size);
      }
    }
    if (!any) {
      return;
    }
    for (int i = 0; i <= setting.groups(); i++) {
      for (int k = i; k <= setting.groups(); k++) {
        coordinates.addTransformed(outer, gram, i * width * size + k * width, size);
      }
    }
    Arrays.fill(outer, 0);
  }

  private void addOuter(int r, double weight, int size) {
    coordinates.load(current.block(), first + r);
    int[] active = current.patterns().activeGroups(first + r, setting);
    for (int a = 0; a < active.length; a++) {
      for (int b = a; b < active.length; b++) {
        coordinates.addOuter(weight, outer, active[a] * width * size + active[b] * width, size);
      }
    }
  }
}
