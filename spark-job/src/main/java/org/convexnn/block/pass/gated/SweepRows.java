package org.convexnn.block.pass.gated;

import org.convexnn.block.LeafCodes;
import org.convexnn.loss.Loss;

/**
 * The rows of a block while block coordinate descent sweeps over its trees: their outputs f and, by
 * output, the loss's derivative d and curvature h times the row's weight, d moved along with f as by
 * the curvature until the rows are looked at again. A tree takes one look at the rows for the sums of
 * its leaves and one for its step; the step of a tree and the sums of the next share theirs.
 */
final class SweepRows {

  /**
   * A softmax's Hessian is the Laplacian of a graph, {@code diag(p) - p p'}, and so at most twice its
   * diagonal: outputs may move side by side between two looks.
   */
  private static final double OUTPUTS_TOGETHER = 2;

  /** Curvatures are not below this share of the loss's largest: rows fitted well can be lost again. */
  private static final double LEAST_CURVATURE = 1e-4;

  /** Leaves that a byte tells apart: tables of so many need no checks of their bounds. */
  private static final int BYTES = 256;

  private final Loss loss;
  private final LeafCodes codes;
  private final double[] labels;
  private final float[] weights;
  private final float[][] f;
  private final float[][] derivative;
  private final float[][] curvature;

  /**
   * Rows in their places.
   *
   * @param loss of the rows
   * @param codes of the trees
   * @param labels in training units
   * @param weights of the rows
   * @param f by output, row after row; moved by the sweeps
   */
  SweepRows(Loss loss, LeafCodes codes, double[] labels, float[] weights, float[][] f) {
    this.loss = loss;
    this.codes = codes;
    this.labels = labels;
    this.weights = weights;
    this.f = f;
    this.derivative = new float[f.length][labels.length];
    this.curvature = new float[f.length][labels.length];
  }

  /** Takes derivatives and curvatures where the rows are now. */
  void look() {
    int outputs = f.length;
    double factor = loss.coupled() ? OUTPUTS_TOGETHER : 1;
    double least = LEAST_CURVATURE * loss.curvature();
    double[] point = new double[outputs];
    double[] q = new double[outputs];
    for (int r = 0; r < labels.length; r++) {
      for (int c = 0; c < outputs; c++) {
        point[c] = f[c][r];
      }
      loss.derivative(labels[r], point, 0, q, 0);
      float weight = weights[r];
      for (int c = 0; c < outputs; c++) {
        derivative[c][r] = weight * (float) q[c];
        curvature[c][r] =
            weight
                * (float)
                    Math.max(least, factor * loss.outputCurvature(labels[r], point, 0, q, 0, c));
      }
    }
  }

  /** Adds d and h of output c over all rows to {@code sums[0]} and {@code sums[1]}. */
  void add(int c, double[] sums) {
    float[] d = derivative[c];
    float[] h = curvature[c];
    for (int r = 0; r < d.length; r++) {
      sums[0] += d[r];
      sums[1] += h[r];
    }
  }

  /** Moves output c of all rows. */
  void move(int c, float step) {
    float[] d = derivative[c];
    float[] h = curvature[c];
    for (int r = 0; r < d.length; r++) {
      f[c][r] += step;
      d[r] += h[r] * step;
    }
  }

  /** Adds d and h of output c over the rows of leaf l of tree t to {@code sums[2 l]} and next to it. */
  void add(int t, int c, double[] sums) {
    byte[] bytes = codes.bytes()[t];
    if (bytes.length > 0) {
      add(bytes, derivative[c], curvature[c], sums);
      return;
    }
    for (int r = 0; r < labels.length; r++) {
      int l = 2 * codes.code(r, t);
      sums[l] += derivative[c][r];
      sums[l + 1] += curvature[c][r];
    }
  }

  /** Moves output c by the steps of tree t's leaves. */
  void move(int t, int c, float[] steps) {
    byte[] bytes = codes.bytes()[t];
    if (bytes.length > 0) {
      move(bytes, steps, f[c], derivative[c], curvature[c]);
      return;
    }
    for (int r = 0; r < labels.length; r++) {
      float step = steps[codes.code(r, t)];
      f[c][r] += step;
      derivative[c][r] += curvature[c][r] * step;
    }
  }

  /** {@link #move(int, int, float[])} by tree t, then {@link #add(int, int, double[])} of the next. */
  void moveAndAdd(int t, float[] steps, int next, int c, double[] sums) {
    byte[] bytes = codes.bytes()[t];
    byte[] nextBytes = codes.bytes()[next];
    if (bytes.length > 0 && nextBytes.length > 0) {
      moveAndAdd(bytes, steps, nextBytes, f[c], derivative[c], curvature[c], sums);
    } else {
      move(t, c, steps);
      add(next, c, sums);
    }
  }

  // Tables made here, of a length that the compiler knows: no look-up by a byte is checked.

  private static void add(byte[] codes, float[] d, float[] h, double[] sums) {
    double[] table = new double[2 * BYTES];
    for (int r = 0; r < d.length; r++) {
      int l = (codes[r] & 0xFF) << 1;
      table[l] += d[r];
      table[l + 1] += h[r];
    }
    addTable(table, sums);
  }

  private static void move(byte[] codes, float[] steps, float[] f, float[] d, float[] h) {
    float[] table = table(steps);
    for (int r = 0; r < f.length; r++) {
      float step = table[codes[r] & 0xFF];
      f[r] += step;
      d[r] += h[r] * step;
    }
  }

  private static void moveAndAdd(
      byte[] codes,
      float[] steps,
      byte[] nextCodes,
      float[] f,
      float[] d,
      float[] h,
      double[] sums) {
    float[] stepTable = table(steps);
    double[] table = new double[2 * BYTES];
    for (int r = 0; r < f.length; r++) {
      float step = stepTable[codes[r] & 0xFF];
      float curvature = h[r];
      float moved = d[r] + curvature * step;
      int l = (nextCodes[r] & 0xFF) << 1;
      f[r] += step;
      d[r] = moved;
      table[l] += moved;
      table[l + 1] += curvature;
    }
    addTable(table, sums);
  }

  private static float[] table(float[] steps) {
    float[] table = new float[BYTES];
    System.arraycopy(steps, 0, table, 0, steps.length);
    return table;
  }

  private static void addTable(double[] table, double[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += table[i];
    }
  }
}
