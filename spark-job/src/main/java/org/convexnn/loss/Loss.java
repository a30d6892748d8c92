package org.convexnn.loss;

import java.io.Serializable;

/**
 * A convex loss l(y, f) of a label y and C outputs f.
 *
 * <p>Methods take an array and the position of a row's first output, so that a block of rows needs
 * no object per row. Stateless; instances may be shared by threads.
 */
public sealed interface Loss extends Serializable permits SquaredLoss, LogisticLoss {

  /** C, the number of outputs of the network. */
  int outputs();

  /** {@code l(y, f)}, never negative. */
  double value(double y, double[] f, int at);

  /** Writes {@code r = dl/df (y, f)}, C numbers, to {@code r[rAt ..]}. */
  void derivative(double y, double[] f, int at, double[] r, int rAt);

  /**
   * Writes the proximal point {@code argmin_f l(y, f) + rho/2 ||f - v||^2} to {@code f[fAt ..]}.
   *
   * @param rho the penalty, positive
   */
  void prox(double y, double[] v, int at, double rho, double[] f, int fAt);

  /** The conjugate {@code l*(y, r) = sup_f <r, f> - l(y, f)}; +infinity outside its domain. */
  double conjugate(double y, double[] r, int at);

  /** The largest curvature (eigenvalue of the Hessian) over all f. */
  double curvature();

  /**
   * The curvature that a row's quadratic model should have when its derivative is r: a secant
   * estimate, at most {@link #curvature()}, that stays large on rows that are fitted badly
   * (solver.md section 3.1).
   */
  double rowCurvature(double[] r, int at);
}
