package org.convexnn.solver.program;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.convexnn.linalg.Blas;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.WeightLayout;

/**
 * The driver-side change of variables between the coordinates a solver works in and the row
 * coordinates in which rows are multiplied.
 *
 * <p>In solver coordinates w the norms of the penalty are Euclidean and indicators are centred:
 *
 * <pre>v_i = T_i w_i,   v_0 = T_0 w_0 - sum_i c_i v_i;      h_i = T_i' (g_i - c_i g_0),   h_0 = T_0' g_0</pre>
 *
 * where T_i = B N_i, B = diag(M', 1) takes feature-map weights to row weights (I where the map
 * {@linkplain FeatureMap#mapsRows maps rows}) and N_i = L_i^(-T), A_i = L_i L_i', or I, is the
 * norm's metric at gate i: ||A_i^(1/2) u_i|| = ||L_i' u_i|| = ||w_i||. Coordinates that are switched off (the
 * linear skip, the intercept, the bias inside groups) are zero rows of T: their gradient is zero and
 * their weights stay zero. Vectors stand as {@link WeightLayout} says; a narrow leaf's weights are on
 * row coordinates themselves, {@code v_i = N_i w_i} with a matrix of its own columns, D_i x D_i, and
 * have no centre.
 */
public final class Coordinates {

  private static final int PARALLEL_LENGTH = 1 << 14;

  private final WeightLayout layout;
  private final int gates;
  private final int outputs;
  private final int width;
  private final Base groupBase;
  private final Base linearBase;
  private final boolean mapsRows;
  private final double[][] norms;
  private final double[] centres;

  /**
   * Builds the map.
   *
   * @param map the feature map
   * @param centres c_i, P numbers
   * @param layout of the weights
   * @param norms L_i^(-1) = N_i', D x D row-major each, D_i x D_i of a narrow leaf, lower triangular, or the last rows of it where
   *     those before are zero; empty for the identity, of one group or of all
   * @param skip which of the linear terms are free
   * @param groupBias whether groups have a bias
   */
  public Coordinates(
      FeatureMap map,
      double[] centres,
      WeightLayout layout,
      double[][] norms,
      Skip skip,
      boolean groupBias) {
    this.layout = layout;
    this.gates = layout.wide();
    this.outputs = layout.outputs();
    this.width = layout.width();
    this.centres = centres.clone();
    this.norms = norms;
    this.groupBase = new Base(map, new Skip(true, groupBias));
    this.linearBase = new Base(map, skip);
    this.mapsRows = map.mapsRows();
  }

  /** The coordinates of wide gates, of C outputs. */
  public Coordinates(
      FeatureMap map,
      double[] centres,
      int outputs,
      double[][] norms,
      Skip skip,
      boolean groupBias) {
    this(
        map,
        centres,
        WeightLayout.wide(outputs, map.dimension() + 1, centres.length),
        norms,
        skip,
        groupBias);
  }

  /**
   * Which linear terms are free.
   *
   * @param linear whether w0 is
   * @param intercept whether b is
   */
  public record Skip(boolean linear, boolean intercept) {}

  /**
   * {@code v = w B'}, B' = diag(M, 1) with switched-off rows zero; no matrix where M is I or rows are
   * mapped.
   */
  private static final class Base {

    private final int width;
    private final Skip free;
    private final double[] matrix;

    Base(FeatureMap map, Skip free) {
      this.width = map.dimension() + 1;
      this.free = free;
      boolean identity = map.matrix().length == 0 || map.mapsRows();
      this.matrix = identity ? new double[0] : base(map, free.linear, free.intercept);
    }

    /** Multiplies {@code count} rows of D numbers by B', or by B. */
    void multiply(double[] w, int at, int count, boolean transposed, double[] v) {
      if (matrix.length > 0) {
        Blas.gemm(
            false,
            transposed,
            count,
            width,
            width,
            1.0,
            w,
            at,
            width,
            matrix,
            0,
            width,
            0.0,
            v,
            at,
            width);
        return;
      }
      System.arraycopy(w, at, v, at, count * width);
      for (int from = at; from < at + count * width; from += width) {
        switchOff(v, from);
      }
    }

    /** Makes the coordinates of one row of D numbers zero that are switched off. */
    void switchOff(double[] v, int from) {
      int last = width - 1;
      if (!free.linear) {
        Arrays.fill(v, from, from + last, 0);
      }
      if (!free.intercept) {
        v[from + last] = 0;
      }
    }
  }

  /** B' = diag(M, 1), D x D row-major, with switched-off rows zero. */
  static double[] base(FeatureMap map, boolean linear, boolean bias) {
    int d = map.dimension();
    int width = d + 1;
    double[] base = new double[width * width];
    for (int i = 0; linear && i < d; i++) {
      if (map.matrix().length == 0 || map.mapsRows()) {
        base[i * width + i] = 1;
      } else {
        System.arraycopy(map.matrix(), i * d, base, i * width, d);
      }
    }
    base[d * width + d] = bias ? 1 : 0;
    return base;
  }

  /** Whether rows of the groups, before any norm, are the row coordinates themselves. */
  public boolean plain() {
    return groupBase.matrix.length == 0 && groupBase.free.intercept;
  }

  /** Whether no group has a norm of its own. */
  public boolean euclidean() {
    return Arrays.stream(norms).allMatch(n -> n.length == 0);
  }

  /** Which of the linear terms are free. */
  public Skip skip() {
    return linearBase.free;
  }

  /** Whether the feature map {@linkplain FeatureMap#mapsRows maps rows}. */
  boolean mapsRows() {
    return mapsRows;
  }

  /** The number of gates. */
  public int gates() {
    return layout.gates();
  }

  /** C D, the numbers in a block: of a gate or of the linear part. */
  public int blockLength() {
    return outputs * width;
  }

  /** The number of weights. */
  public int length() {
    return layout.length();
  }

  /** The row coordinates v of solver coordinates w. */
  public double[] toRows(double[] w) {
    double[] v = new double[w.length];
    int span = blockLength();
    linearBase.multiply(w, 0, outputs, false, v);
    double[] u = normalised(w, false);
    groupBase.multiply(u, span, gates * outputs, false, v);
    copyNarrow(u, v);
    for (int i = 0; i < gates; i++) {
      if (centres[i] != 0) {
        int from = (1 + i) * span;
        for (int k = 0; k < span; k++) {
          v[k] -= centres[i] * v[from + k];
        }
      }
    }
    return v;
  }

  /** The gradient h in solver coordinates of a gradient g in row coordinates. */
  public double[] toSolver(double[] g) {
    double[] h = new double[g.length];
    double[] centred = g.clone();
    int span = blockLength();
    for (int i = 0; i < gates; i++) {
      if (centres[i] != 0) {
        int from = (1 + i) * span;
        for (int k = 0; k < span; k++) {
          centred[from + k] -= centres[i] * g[k];
        }
      }
    }
    linearBase.multiply(centred, 0, outputs, true, h);
    groupBase.multiply(centred, span, gates * outputs, true, h);
    copyNarrow(g, h);
    return normalised(h, true);
  }

  private void copyNarrow(double[] from, double[] to) {
    int start = layout.wideLength();
    System.arraycopy(from, start, to, start, from.length - start);
  }

  /** u_i = N_i w_i for every group, or N_i' of a gradient. */
  private double[] normalised(double[] w, boolean transposed) {
    if (norms.length == 0) {
      return w;
    }
    double[] u = new double[w.length];
    System.arraycopy(w, 0, u, 0, blockLength());
    normalisedNarrow(w, u, transposed);
    IntStream range = IntStream.range(0, gates * outputs);
    (w.length > PARALLEL_LENGTH ? range.parallel() : range)
        .forEach(
            k -> {
              int at = blockLength() + k * width;
              if (norms[k / outputs].length == 0) {
                System.arraycopy(w, at, u, at, width);
              } else if (transposed) {
                lowerTimes(norms[k / outputs], width, w, u, at);
              } else {
                transposeTimes(norms[k / outputs], width, w, u, at);
              }
            });
    return u;
  }

  private void normalisedNarrow(double[] w, double[] u, boolean transposed) {
    for (int i = 0; i < layout.narrow(); i++) {
      double[] norm = norms[gates + i];
      int d = layout.narrowWidth(i);
      for (int at = layout.start()[i]; at < layout.start()[i + 1]; at += d) {
        if (d == 1) {
          u[at] = norm[0] * w[at];
        } else if (transposed) {
          lowerTimes(norm, d, w, u, at);
        } else {
          transposeTimes(norm, d, w, u, at);
        }
      }
    }
  }

  /** {@code u = N' w} for the lower triangular N', D numbers at {@code at}. */
  private static void lowerTimes(double[] lower, int width, double[] w, double[] u, int at) {
    int zero = width - lower.length / width;
    for (int i = zero; i < width; i++) {
      int row = (i - zero) * width;
      double even = 0;
      double odd = 0;
      int j = 0;
      for (; j < i; j += 2) {
        even += lower[row + j] * w[at + j];
        odd += lower[row + j + 1] * w[at + j + 1];
      }
      u[at + i] = even + odd + (j == i ? lower[row + i] * w[at + i] : 0);
    }
  }

  /** {@code u = N w}. */
  private static void transposeTimes(double[] lower, int width, double[] w, double[] u, int at) {
    int zero = width - lower.length / width;
    for (int i = zero; i < width; i++) {
      int row = (i - zero) * width;
      double factor = w[at + i];
      for (int j = 0; j <= i; j++) {
        u[at + j] += factor * lower[row + j];
      }
    }
  }

  /**
   * Rows y~ as the solver sees them under an indicator: {@code B' y~} for the groups, before any
   * group's own norm, or for the linear block.
   *
   * @param rows count x D row-major
   */
  public double[] rowsInSolver(double[] rows, int count, boolean linear) {
    double[] result = new double[count * width];
    (linear ? linearBase : groupBase).multiply(rows, 0, count, true, result);
    return result;
  }

  /** N_i', or empty for the identity. */
  public double[] norm(int group) {
    return norms.length == 0 ? new double[0] : norms[group];
  }

  /** Where the weights of each gate stand. */
  public WeightLayout layout() {
    return layout;
  }

  /** The gradient in row coordinates of one in solver coordinates, of constant leaves and a bias. */
  public double[] toRowGradient(double[] h) {
    double[] g = h.clone();
    for (int i = 0; i < layout.narrow(); i++) {
      for (int k = layout.start()[i]; k < layout.start()[i + 1]; k++) {
        g[k] /= leafScale(i);
      }
    }
    return g;
  }

  /** The weights in solver coordinates of those in row coordinates, of constant leaves and a bias. */
  public double[] toSolverWeights(double[] v) {
    return toRowGradient(v);
  }

  /** The scale of constant leaf i, {@code v_i = scale w_i}. */
  public double leafScale(int i) {
    return norms[gates + i][0];
  }

  /** c_i. */
  public double centre(int group) {
    return centres[group];
  }

  /** The weights a network stores, u_i = N_i w_i on z~ and [w0, b], of solver coordinates. */
  public double[] toNetwork(double[] w) {
    double[] u = normalised(w, false).clone();
    // Switched-off coordinates never leave zero; adding 0.0 turns -0 into 0.
    for (int k = 0; k < u.length; k++) {
      u[k] += 0.0;
    }
    return u;
  }

  /**
   * The solver coordinates of weights that a network stores, w_i = N_i^(-1) u_i: the inverse of
   * {@link #toNetwork}, where switched-off coordinates are zero.
   */
  public double[] fromNetwork(double[] u) {
    double[] w = u.clone();
    for (int k = 0; k < gates * outputs && norms.length > 0; k++) {
      if (norms[k / outputs].length > 0) {
        solveUpper(norms[k / outputs], width, w, blockLength() + k * width);
      }
    }
    for (int i = 0; i < layout.narrow(); i++) {
      int d = layout.narrowWidth(i);
      for (int at = layout.start()[i]; at < layout.start()[i + 1]; at += d) {
        solveUpper(norms[gates + i], d, w, at);
      }
    }
    for (int c = 0; c < outputs; c++) {
      linearBase.switchOff(w, c * width);
    }
    for (int k = 0; k < gates * outputs; k++) {
      groupBase.switchOff(w, blockLength() + k * width);
    }
    return w;
  }

  /** {@code w = N^(-1) w} for N upper triangular, D numbers at {@code at}, in place. */
  private static void solveUpper(double[] lower, int width, double[] w, int at) {
    for (int i = width - 1; i >= 0; i--) {
      double rest = w[at + i];
      for (int j = i + 1; j < width; j++) {
        rest -= lower[j * width + i] * w[at + j];
      }
      w[at + i] = rest / lower[i * width + i];
    }
  }

  /**
   * The matrix {@code T' G T} in solver coordinates of a symmetric matrix G on rows [y~, s_1 y~,
   * ...] in row coordinates (one output).
   *
   * @param gram Q x Q row-major, Q = (1 + P) D; complete on and above the diagonal; overwritten
   * @return the same array, both triangles complete
   */
  public double[] toSolverGram(double[] gram) {
    int q = (1 + gates) * width;
    for (int i = 0; i < q; i++) {
      for (int j = 0; j < i; j++) {
        gram[i * q + j] = gram[j * q + i];
      }
    }
    // One output's rows of G are gradients in row coordinates, and so are the columns after that.
    double[] row = new double[q];
    Coordinates single =
        outputs == 1
            ? this
            : new Coordinates(this, WeightLayout.wide(1, width, gates), norms, centres);
    for (int pass = 0; pass < 2; pass++) {
      for (int i = 0; i < q; i++) {
        System.arraycopy(gram, i * q, row, 0, q);
        System.arraycopy(single.toSolver(row), 0, gram, i * q, q);
      }
      transpose(gram, q);
    }
    return gram;
  }

  /** The coordinates of the linear block alone. */
  Coordinates withoutGroups() {
    return new Coordinates(this, layout.withoutGates(), new double[0][], new double[0]);
  }

  private Coordinates(Coordinates other, WeightLayout layout, double[][] norms, double[] centres) {
    this.layout = layout;
    this.gates = layout.wide();
    this.outputs = layout.outputs();
    this.width = other.width;
    this.groupBase = other.groupBase;
    this.mapsRows = other.mapsRows;
    this.linearBase = other.linearBase;
    this.norms = norms;
    this.centres = centres;
  }

  private static void transpose(double[] a, int q) {
    for (int i = 0; i < q; i++) {
      for (int j = 0; j < i; j++) {
        double t = a[i * q + j];
        a[i * q + j] = a[j * q + i];
        a[j * q + i] = t;
      }
    }
  }
}
