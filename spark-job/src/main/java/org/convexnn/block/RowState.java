package org.convexnn.block;

import java.io.Serializable;

/**
 * What a solver keeps of a block's rows between passes. Immutable. Parts a solver does not use are
 * empty.
 *
 * @param response f, n x C: ADMM's row variable, or the current outputs, offset included
 * @param fitted n x C: F u at ADMM's accepted u, F z of accelerated gradient, F d of a line search;
 *     n x 2P: the slacks of cone constraints
 * @param penalty rho_r, n numbers; for an interior point l''(f)
 * @param dual n x C: an averaged dual point r; for ADMM rho F d of the last step d; n x 2P: the
 *     multipliers of cone constraints, for ADMM slacks and negated multipliers in one
 */
public record RowState(double[] response, double[] fitted, float[] penalty, double[] dual)
    implements Serializable {

  private static final double[] UNUSED = new double[0];

  /** A state that says nothing, for jobs that keep none. */
  public static final RowState NONE = new RowState(UNUSED, UNUSED, new float[0], UNUSED);

  /** The most bytes that a row's state takes, of C outputs. */
  public static long mostBytesOfRow(int outputs) {
    return 3L * Double.BYTES * outputs + Float.BYTES;
  }

  /** The outputs alone. */
  public static RowState ofResponse(double[] response) {
    return new RowState(response, UNUSED, new float[0], UNUSED);
  }

  /** The state of ADMM. */
  public static RowState ofAdmm(
      double[] response, double[] fitted, float[] penalty, double[] change) {
    return new RowState(response, fitted, penalty, change);
  }

  /** The state of accelerated gradient. */
  public static RowState ofFitted(double[] fitted) {
    return new RowState(UNUSED, fitted, new float[0], UNUSED);
  }

  /** The state of a line search. */
  public static RowState ofSearch(double[] response, double[] fitted, double[] dual) {
    return new RowState(response, fitted, new float[0], dual);
  }

  /** The state of ADMM with cone constraints: signed is a slack where positive, else -multiplier. */
  public static RowState ofCones(double[] response, double[] signed) {
    return new RowState(response, UNUSED, new float[0], signed);
  }

  /** The state of an interior point. */
  public static RowState ofBarrier(double[] slack, double[] multiplier, float[] curvature) {
    return new RowState(UNUSED, slack, curvature, multiplier);
  }
}
