package org.convexnn.block.pass.cone;

import java.util.Arrays;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.linalg.Blas;

/**
 * Products of some rows with the neurons of all cones, by two matrix products. In float64. Use:
 * {@link #load}, then {@link #products}, {@link #fitted} and {@link #project}. Not thread-safe.
 */
final class ConeKernel {

  private static final int CAPACITY = 256;

  private final ConeSetting setting;
  private final int width;
  private final int linear;
  private final int gates;
  private final int cones;
  private final double[] rows;
  private final double[] linearRows;
  private final double[] indicators;
  private final double[] norms = new double[CAPACITY];
  private int count;

  ConeKernel(ConeSetting setting) {
    this.setting = setting;
    this.width = setting.width();
    this.linear = setting.linear();
    this.gates = setting.gates();
    this.cones = setting.cones();
    this.rows = new double[CAPACITY * width];
    this.linearRows = new double[CAPACITY * linear];
    this.indicators = new double[CAPACITY * gates];
  }

  /** Most rows that {@link #load} takes. */
  int capacity() {
    return CAPACITY;
  }

  /** Makes rows {@code from ..} of a block the current batch; returns how many were taken. */
  int load(GatedBlock gated, int from) {
    Block block = gated.block();
    int d = block.features();
    int k = setting.map().dimension();
    count = Math.min(CAPACITY, block.rows() - from);
    double[] raw = new double[count * d];
    double[] x = new double[d];
    for (int r = 0; r < count; r++) {
      block.copyRow(from + r, x);
      System.arraycopy(x, 0, raw, r * d, d);
    }
    double[] z = setting.map().applyRows(raw, count);
    for (int r = 0; r < count; r++) {
      System.arraycopy(z, r * k, rows, r * width, k);
      if (setting.bias()) {
        rows[r * width + k] = 1;
      }
      if (setting.skip()) {
        System.arraycopy(z, r * k, linearRows, r * linear, k);
        linearRows[r * linear + k] = 1;
      }
      norms[r] = Blas.norm(rows, r * width, width);
      for (int i = 0; i < gates; i++) {
        indicators[r * gates + i] = gated.patterns().active(from + r, i) ? 1 : 0;
      }
    }
    return count;
  }

  /** s_i of row r, 0 or 1, of the neuron's cone. */
  double indicator(int r, int cone) {
    return indicators[r * gates + cone % gates];
  }

  /** 2 s_i - 1 of row r. */
  double sign(int r, int cone) {
    return 2 * indicator(r, cone) - 1;
  }

  /** +1 for v_i, -1 for w_i. */
  double output(int cone) {
    return cone < gates ? 1 : -1;
  }

  /** ||z~_r||. */
  double norm(int r) {
    return norms[r];
  }

  /** Writes {@code factor z~_r} to {@code to[at ..]}. */
  void copyRow(int r, double factor, double[] to, int at) {
    for (int j = 0; j < width; j++) {
      to[at + j] = factor * rows[r * width + j];
    }
  }

  /** Writes z~_r . u of every neuron, count x 2P. */
  void products(double[] weights, double[] h) {
    products(weights, linear, cones, h);
  }

  /** Writes z~_r . u of m neurons at {@code neurons[at ..]}, count x m. */
  void products(double[] neurons, int at, int m, double[] h) {
    Blas.gemm(false, true, count, m, width, 1.0, rows, 0, width, neurons, at, width, 0.0, h, 0, m);
  }

  /** Writes f from the neurons' products, the offset b0 in it. */
  void fitted(double[] weights, double[] h, double[] f) {
    linearPart(weights, f);
    for (int r = 0; r < count; r++) {
      for (int i = 0; i < gates; i++) {
        f[r] += indicators[r * gates + i] * (h[r * cones + i] - h[r * cones + gates + i]);
      }
    }
  }

  /** Writes the outputs of the ReLU network that has these neurons, whatever their cones. */
  void network(double[] weights, double[] h, double[] f) {
    linearPart(weights, f);
    for (int r = 0; r < count; r++) {
      for (int c = 0; c < cones; c++) {
        f[r] += output(c) * Math.max(0, h[r * cones + c]);
      }
    }
  }

  private void linearPart(double[] weights, double[] f) {
    Arrays.fill(f, 0, count, setting.rows().offset()[0]);
    if (linear > 0) {
      Blas.gemm(
          false, false, count, 1, linear, 1.0, linearRows, 0, linear, weights, 0, 1, 1.0, f, 0, 1);
    }
  }

  /**
   * Adds {@code sum_r q_r [z, 1]_r} to the linear block of g and {@code sum_r m_rc z~_r} to its
   * neurons.
   *
   * @param m count x 2P
   */
  void project(double[] q, double[] m, double[] g) {
    if (linear > 0) {
      Blas.gemm(true, false, linear, 1, count, 1.0, linearRows, 0, linear, q, 0, 1, 1.0, g, 0, 1);
    }
    Blas.gemm(
        true, false, cones, width, count, 1.0, m, 0, cones, rows, 0, width, 1.0, g, linear, width);
  }

  /** Adds {@code sum_r m_ri z~_r} of every gate to g, P x D; m is count x P. */
  void projectGates(double[] m, double[] g) {
    Blas.gemm(true, false, gates, width, count, 1.0, m, 0, gates, rows, 0, width, 1.0, g, 0, width);
  }

  /**
   * Adds {@code sum_r m_rc z~_r z~_r'} of every cone.
   *
   * @param m count x 2P
   * @param blocks 2P x D x D
   */
  void addBlocks(double[] m, double[] blocks) {
    double[] scaled = new double[count * width];
    for (int c = 0; c < cones; c++) {
      for (int r = 0; r < count; r++) {
        double weight = m[r * cones + c];
        for (int j = r * width; j < (r + 1) * width; j++) {
          scaled[j] = weight * rows[j];
        }
      }
      Blas.gemm(
          true,
          false,
          width,
          width,
          count,
          1.0,
          scaled,
          0,
          width,
          rows,
          0,
          width,
          1.0,
          blocks,
          c * width * width,
          width);
    }
  }

  /**
   * Adds {@code sum_r weight_r phi_r phi_r'} of the rows phi = [[z, 1], s_1 z~, .., s_P z~], and
   * {@code sum_r plain_r z~_r z~_r'}.
   *
   * @param gram Q x Q, Q = D_0 + P D
   * @param moments D x D
   */
  void addGram(double[] weights, double[] plain, double[] gram, double[] moments) {
    int q = linear + gates * width;
    double[] phi = new double[count * q];
    double[] scaled = new double[count * q];
    double[] plainRows = new double[count * width];
    for (int r = 0; r < count; r++) {
      System.arraycopy(linearRows, r * linear, phi, r * q, linear);
      for (int i = 0; i < gates; i++) {
        if (indicators[r * gates + i] == 1) {
          System.arraycopy(rows, r * width, phi, r * q + linear + i * width, width);
        }
      }
      for (int j = r * q; j < (r + 1) * q; j++) {
        scaled[j] = weights[r] * phi[j];
      }
      for (int j = r * width; j < (r + 1) * width; j++) {
        plainRows[j] = plain[r] * rows[j];
      }
    }
    Blas.gemm(true, false, q, q, count, 1.0, scaled, 0, q, phi, 0, q, 1.0, gram, 0, q);
    Blas.gemm(
        true, false, width, width, count, 1.0, plainRows, 0, width, rows, 0, width, 1.0, moments, 0,
        width);
  }
}
