package org.convexnn.solver;

import org.convexnn.block.CertificateJob;

/**
 * Where the dual point r of a certificate comes from: the average or l'(f) kept in a row state, or
 * l'(b0 + F v) for weights v; shortened in some leaves.
 *
 * @param state the number of the row state, or {@link GatedRows#NO_STATE}
 * @param averaged whether the state's average is meant
 * @param weights v in solver coordinates; also what rows that lost their state fall back on
 * @param shrink a factor in [0, 1] for each leaf, see {@link CertificateJob.Dual}; empty where all
 *     are 1
 */
record DualPoint(int state, boolean averaged, double[] weights, double[] shrink) {

  private static final double[] WHOLE = new double[0];

  /** l'(f) of a row state. */
  static DualPoint ofState(int state, double[] fallback) {
    return new DualPoint(state, false, fallback, WHOLE);
  }

  /** The averaged dual point of a row state. */
  static DualPoint ofAverage(int state, double[] fallback) {
    return new DualPoint(state, true, fallback, WHOLE);
  }

  /** The dual point l'(b0 + F v). */
  static DualPoint ofWeights(double[] v) {
    return new DualPoint(GatedRows.NO_STATE, false, v, WHOLE);
  }

  /** This point with its rows in leaf i shortened by factor i. */
  DualPoint shrunk(double[] factors) {
    return new DualPoint(state, averaged, weights, factors);
  }
}
