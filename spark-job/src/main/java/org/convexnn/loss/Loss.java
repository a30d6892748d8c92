package org.convexnn.loss;

import java.io.Serializable;

/**
 * A convex loss l(y, f) of a label y and C outputs f.
 *
 * <p>A label is a number y: the label itself, a class, or where a row has several labels its place in a
 * table of them ({@link #on}).
 *
 * <p>Methods take an array and the position of a row's first output, so that a block of rows needs
 * no object per row. Stateless; instances may be shared by threads.
 */
public sealed interface Loss extends Serializable
    permits SquaredLoss,
        LogisticLoss,
        SoftmaxLoss,
        TweedieLoss,
        HuberLoss,
        QuantileLoss,
        SeparableLoss {

  /** C, the number of outputs of the network. */
  int outputs();

  /** The numbers that a row's label is. */
  default int labels() {
    return 1;
  }

  /**
   * This loss of rows with these labels.
   *
   * @param labels {@link #labels()} numbers a row
   */
  default Loss on(double[] labels) {
    return this;
  }

  /** What stands for the label of row r, of a loss {@link #on} these labels. */
  default double label(double[] labels, int r) {
    return labels[r];
  }

  /** {@code l(y, f)}, never negative. */
  double value(double y, double[] f, int at);

  /** Whether the derivative rises by one wherever its output does. */
  default boolean quadratic() {
    return false;
  }

  /** Whether an output changes the derivative by another one. */
  default boolean coupled() {
    return false;
  }

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

  /**
   * Adds the weighted dual values of a ray of dual points: {@code sums[at + g] += weight (tau_g r . b
   * - l*(y, tau_g r))}.
   *
   * @param r C numbers at {@code r[rAt ..]}
   * @param b C numbers
   * @param scalings the tau_g
   */
  default void addDualValues(
      double y,
      double[] r,
      int rAt,
      double[] b,
      Scalings scalings,
      double weight,
      double[] sums,
      int at) {
    int c = outputs();
    double[] scaled = new double[c];
    for (int g = 0; g < scalings.size(); g++) {
      double value = 0;
      for (int k = 0; k < c; k++) {
        scaled[k] = scalings.taus()[g] * r[rAt + k];
        value += scaled[k] * b[k];
      }
      sums[at + g] += weight * (value - conjugate(y, scaled, 0));
    }
  }

  /**
   * Moves a dual point as far as the domain of l* allows: {@code r += t change} with the largest t
   * in [0, 1] at which {@code l*(y, r)} is finite.
   *
   * @param r C numbers at {@code r[at ..]}, in the domain
   * @param change C numbers at {@code change[at ..]}
   */
  void moveDual(double y, double[] r, double[] change, int at);

  /** Whether f is the logarithm of the mean label. */
  default boolean logLink() {
    return false;
  }

  /**
   * The largest curvature (eigenvalue of the Hessian) over all f; where there is none, that of an ordinary
   * row, with which others are compared.
   */
  double curvature();

  /**
   * The curvature that a row's quadratic model should have at f: a secant estimate that stays large on
   * rows that are fitted badly (docs/theory/solvers.md#penalties-by-row), at most {@link #curvature()}
   * where that is a bound.
   *
   * @param f C numbers at {@code f[at ..]}
   * @param r {@code dl/df (y, f)}, C numbers at {@code r[rAt ..]}
   */
  double rowCurvature(double y, double[] f, int at, double[] r, int rAt);

  /** The curvature of output c alone that a row's quadratic model should have: {@link #rowCurvature}
   * by output. */
  default double outputCurvature(double y, double[] f, int at, double[] r, int rAt, int c) {
    return rowCurvature(y, f, at, r, rAt);
  }

  /**
   * The size of entry (c, k) of the Hessian at f, where the derivative is r; the entry is not negative
   * where c = k and not positive elsewhere.
   */
  double hessian(double y, double[] f, int at, double[] r, int rAt, int c, int k);

  /**
   * The curvature of output c by which boosting splits trees and sets their values: that of Newton's
   * method where it is stable.
   */
  default double splitCurvature(double y, double[] f, int at, double[] r, int rAt, int c) {
    return outputCurvature(y, f, at, r, rAt, c);
  }

  /**
   * Adds the weighted slopes of the loss along a line to sums: {@code sums[s] += weight l'(y, f +
   * step s g) . g} for the steps {@code s, 2 s, ..., sums.length s}.
   *
   * @param f C numbers at {@code f[at ..]}
   * @param g C numbers at {@code g[at ..]}
   */
  default void addSlopes(
      double y, double[] f, double[] g, int at, double step, double weight, double[] sums) {
    int c = outputs();
    double[] point = new double[c];
    double[] r = new double[c];
    for (int s = 0; s < sums.length; s++) {
      for (int k = 0; k < c; k++) {
        point[k] = f[at + k] + (s + 1) * step * g[at + k];
      }
      derivative(y, point, 0, r, 0);
      double slope = 0;
      for (int k = 0; k < c; k++) {
        slope += r[k] * g[at + k];
      }
      sums[s] += weight * slope;
    }
  }
}
