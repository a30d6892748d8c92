package org.convexnn.block.kernel;

import org.convexnn.block.GatedBlock;
import org.convexnn.block.LeafCodes;
import org.convexnn.block.RowSetting;
import org.convexnn.network.WeightLayout;

/**
 * The narrow leaves' part in products of some rows with F and its transpose: tree by tree a look-up
 * of the leaf's weights for each row, which D has no part in. With i the leaf that row r reaches in
 * tree t, y_i~ the leaf's own columns of the row coordinates and 1,
 *
 * <pre>forward:  f_rc += y_i~ . v_ic        backward: g_ic += q_rc y_i~</pre>
 *
 * in double precision. Used by {@link RowKernel}, which has the slots.
 */
final class LeafKernel {

  private final RowSetting setting;
  private final WeightLayout layout;
  private final boolean constant;
  private final double[][] weights;
  private final double[][] gradients;
  private final double[] rows;
  private final double[] row;
  private LeafCodes codes;
  private int first;
  private int count;

  LeafKernel(RowSetting setting, double[][] gradients, int capacity) {
    this.setting = setting;
    this.layout = setting.layout();
    this.constant = layout.constant();
    this.weights = new double[gradients.length][];
    this.gradients = gradients;
    this.rows = new double[constant ? 0 : capacity * setting.dimension()];
    this.row = new double[setting.mean().length];
  }

  void weights(int slot, double[] v) {
    weights[slot] = v;
  }

  void load(GatedBlock block, int from, int rowCount) {
    codes = block.patterns().leaves();
    first = from;
    count = rowCount;
    for (int r = 0; !constant && r < count; r++) {
      setting.rowCoordinates(block, from + r, row);
      System.arraycopy(row, 0, rows, r * setting.dimension(), setting.dimension());
    }
  }

  void forward(int slot, double[] f, int at) {
    double[] v = weights[slot];
    for (int t = 0; t < codes.trees(); t++) {
      if (constant) {
        forwardConstants(t, v, f, at);
      } else {
        for (int r = 0; r < count; r++) {
          forwardPath(codes.leaf(first + r, t), r, v, f, at + r * setting.outputs());
        }
      }
    }
  }

  void backward(int slot, double[] q, int at) {
    double[] g = gradients[slot];
    for (int t = 0; t < codes.trees(); t++) {
      if (constant) {
        backwardConstants(t, q, at, g);
      } else {
        for (int r = 0; r < count; r++) {
          backwardPath(codes.leaf(first + r, t), r, q, at + r * setting.outputs(), g);
        }
      }
    }
  }

  /** The numbers of leaf l of tree t are v[start + l C_t ..], C_t = 1 or C. */
  private void forwardConstants(int t, double[] v, double[] f, int at) {
    int leaf = codes.first()[t];
    int start = layout.start()[leaf];
    int c = setting.outputs();
    int output = layout.output()[leaf];
    byte[] bytes = codes.bytes()[t];
    if (output == WeightLayout.ALL && c > 1) {
      for (int r = 0; r < count; r++) {
        int from = start + codes.code(first + r, t) * c;
        for (int k = 0; k < c; k++) {
          f[at + r * c + k] += v[from + k];
        }
      }
    } else if (bytes.length > 0) {
      int to = at + Math.max(0, output);
      for (int r = 0; r < count; r++) {
        f[to + r * c] += v[start + (bytes[first + r] & 0xFF)];
      }
    } else {
      int to = at + Math.max(0, output);
      for (int r = 0; r < count; r++) {
        f[to + r * c] += v[start + codes.code(first + r, t)];
      }
    }
  }

  private void backwardConstants(int t, double[] q, int at, double[] g) {
    int leaf = codes.first()[t];
    int start = layout.start()[leaf];
    int c = setting.outputs();
    int output = layout.output()[leaf];
    byte[] bytes = codes.bytes()[t];
    if (output == WeightLayout.ALL && c > 1) {
      for (int r = 0; r < count; r++) {
        int to = start + codes.code(first + r, t) * c;
        for (int k = 0; k < c; k++) {
          g[to + k] += q[at + r * c + k];
        }
      }
    } else if (bytes.length > 0) {
      int from = at + Math.max(0, output);
      for (int r = 0; r < count; r++) {
        g[start + (bytes[first + r] & 0xFF)] += q[from + r * c];
      }
    } else {
      int from = at + Math.max(0, output);
      for (int r = 0; r < count; r++) {
        g[start + codes.code(first + r, t)] += q[from + r * c];
      }
    }
  }

  private void forwardPath(int leaf, int r, double[] v, double[] f, int at) {
    int[] columns = layout.columns()[leaf];
    int from = layout.start()[leaf];
    int y = r * setting.dimension();
    int output = layout.output()[leaf];
    int low = Math.max(0, output);
    for (int c = low; c < low + layout.narrowOutputs(leaf); c++) {
      double sum = v[from + columns.length];
      for (int j = 0; j < columns.length; j++) {
        sum += v[from + j] * rows[y + columns[j]];
      }
      f[at + c] += sum;
      from += columns.length + 1;
    }
  }

  private void backwardPath(int leaf, int r, double[] q, int at, double[] g) {
    int[] columns = layout.columns()[leaf];
    int to = layout.start()[leaf];
    int y = r * setting.dimension();
    int low = Math.max(0, layout.output()[leaf]);
    for (int c = low; c < low + layout.narrowOutputs(leaf); c++) {
      double factor = q[at + c];
      for (int j = 0; j < columns.length; j++) {
        g[to + j] += factor * rows[y + columns[j]];
      }
      g[to + columns.length] += factor;
      to += columns.length + 1;
    }
  }
}
