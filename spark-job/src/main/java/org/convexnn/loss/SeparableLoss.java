package org.convexnn.loss;

import java.util.Arrays;

/**
 * The sum of a loss over C outputs, each with a label of its own:
 *
 * <pre>l(Y, f) = sum_k l_1((Y_k - shift_k) / scale_k, f_k)</pre>
 *
 * Its prox, conjugate and derivative are those of l_1, output by output. A row is told by its place in a
 * table of labels, which {@link #on} brings; without one it says what no label is needed for.
 *
 * @param each l_1, of one output
 * @param shift of each label, C numbers
 * @param scale of each label, C positive numbers
 * @param table labels as they came, C a row; empty where there is none
 */
public record SeparableLoss(Loss each, double[] shift, double[] scale, double[] table)
    implements Loss {

  /** Checks the shapes. */
  public SeparableLoss {
    if (each.outputs() != 1 || shift.length < 2 || scale.length != shift.length) {
      throw new IllegalArgumentException(
          "a sum of losses of "
              + each.outputs()
              + " outputs over "
              + shift.length
              + " labels; it is of one output over two labels at least");
    }
  }

  /** Without labels. */
  public SeparableLoss(Loss each, double[] shift, double[] scale) {
    this(each, shift, scale, new double[0]);
  }

  @Override
  public int outputs() {
    return shift.length;
  }

  @Override
  public int labels() {
    return shift.length;
  }

  @Override
  public Loss on(double[] labels) {
    return new SeparableLoss(each, shift, scale, labels);
  }

  @Override
  public double label(double[] labels, int r) {
    return r;
  }

  @Override
  public boolean quadratic() {
    return each.quadratic();
  }

  /** The label of output k of a row, in training units. */
  private double y(double row, int k) {
    return (table[(int) row * shift.length + k] - shift[k]) / scale[k];
  }

  @Override
  public double value(double y, double[] f, int at) {
    double sum = 0;
    for (int k = 0; k < shift.length; k++) {
      sum += each.value(y(y, k), f, at + k);
    }
    return sum;
  }

  @Override
  public void derivative(double y, double[] f, int at, double[] r, int rAt) {
    for (int k = 0; k < shift.length; k++) {
      each.derivative(y(y, k), f, at + k, r, rAt + k);
    }
  }

  @Override
  public void prox(double y, double[] v, int at, double rho, double[] f, int fAt) {
    for (int k = 0; k < shift.length; k++) {
      each.prox(y(y, k), v, at + k, rho, f, fAt + k);
    }
  }

  @Override
  public double conjugate(double y, double[] r, int at) {
    double sum = 0;
    for (int k = 0; k < shift.length; k++) {
      sum += each.conjugate(y(y, k), r, at + k);
    }
    return sum;
  }

  @Override
  public void moveDual(double y, double[] r, double[] change, int at) {
    for (int k = 0; k < shift.length; k++) {
      each.moveDual(y(y, k), r, change, at + k);
    }
  }

  @Override
  public double curvature() {
    return each.curvature();
  }

  @Override
  public double rowCurvature(double y, double[] f, int at, double[] r, int rAt) {
    double most = 0;
    for (int k = 0; k < shift.length; k++) {
      most = Math.max(most, each.rowCurvature(y(y, k), f, at + k, r, rAt + k));
    }
    return most;
  }

  @Override
  public double outputCurvature(double y, double[] f, int at, double[] r, int rAt, int c) {
    return each.rowCurvature(y(y, c), f, at + c, r, rAt + c);
  }

  @Override
  public double hessian(double y, double[] f, int at, double[] r, int rAt, int c, int k) {
    return c == k ? each.hessian(y(y, c), f, at + c, r, rAt + c, 0, 0) : 0;
  }

  @Override
  public double splitCurvature(double y, double[] f, int at, double[] r, int rAt, int c) {
    return each.splitCurvature(y(y, c), f, at + c, r, rAt + c, 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SeparableLoss loss
        && each.equals(loss.each)
        && Arrays.equals(shift, loss.shift)
        && Arrays.equals(scale, loss.scale)
        && Arrays.equals(table, loss.table);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(shift);
  }

  @Override
  public String toString() {
    return each + " of " + shift.length + " labels";
  }
}
