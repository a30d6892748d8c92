package org.convexnn.solver;

/**
 * Where the dual point r of a certificate comes from: the average or l'(f) kept in a row state, or
 * l'(b0 + F v) for weights v.
 *
 * @param state the number of the row state, or {@link GatedRows#NO_STATE}
 * @param averaged whether the state's average is meant
 * @param weights v in solver coordinates; also what rows that lost their state fall back on
 */
record DualPoint(int state, boolean averaged, double[] weights) {

  /** l'(f) of a row state. */
  static DualPoint ofState(int state, double[] fallback) {
    return new DualPoint(state, false, fallback);
  }

  /** The averaged dual point of a row state. */
  static DualPoint ofAverage(int state, double[] fallback) {
    return new DualPoint(state, true, fallback);
  }

  /** The dual point l'(b0 + F v). */
  static DualPoint ofWeights(double[] v) {
    return new DualPoint(GatedRows.NO_STATE, false, v);
  }
}
