package org.convexnn.solver.program;

import org.convexnn.block.pass.gated.CertificatePass;
import org.convexnn.solver.rows.GatedRows;

/**
 * Where the dual point r of a certificate comes from: the average or l'(f) kept in a row state, or
 * l'(b0 + F v) for weights v; with F c added for a correction c.
 *
 * @param state the number of the row state, or {@link GatedRows#NO_STATE}
 * @param averaged whether the state's average is meant
 * @param weights v in solver coordinates; also what rows that lost their state fall back on
 * @param correction c in solver coordinates, see {@link CertificatePass.Dual}; empty where it is zero
 */
public record DualPoint(int state, boolean averaged, double[] weights, double[] correction) {

  private static final double[] NONE = new double[0];

  /** l'(f) of a row state. */
  public static DualPoint ofState(int state, double[] fallback) {
    return new DualPoint(state, false, fallback, NONE);
  }

  /** The averaged dual point of a row state. */
  public static DualPoint ofAverage(int state, double[] fallback) {
    return new DualPoint(state, true, fallback, NONE);
  }

  /** The dual point l'(b0 + F v). */
  public static DualPoint ofWeights(double[] v) {
    return new DualPoint(GatedRows.NO_STATE, false, v, NONE);
  }

  /** This point with F c added; a correction it had before is forgotten. */
  public DualPoint corrected(double[] c) {
    return new DualPoint(state, averaged, weights, c);
  }
}
