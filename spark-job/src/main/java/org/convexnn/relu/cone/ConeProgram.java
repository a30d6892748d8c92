package org.convexnn.relu.cone;

import org.convexnn.block.kernel.DualValue;
import org.convexnn.block.pass.StepPass;
import org.convexnn.block.pass.cone.ConeGramPass;
import org.convexnn.block.pass.cone.ConeSetting;
import org.convexnn.block.pass.cone.ConeSums;
import org.convexnn.block.pass.cone.ConeValuePass;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.setup.Groups;

/**
 * Exact training of a two-layer ReLU network on given activation patterns s_i (Pilanci and Ergen
 * 2020; docs/theory/cones.md#the-program):
 *
 * <pre>min (1/W) sum_r w_r l(y_r, b0 + [z, 1]_r.u_0 + sum_i s_ir z~_r.(v_i - w_i))
 *       + beta sum_i (||v_i|| + ||w_i||) + ridge/2 ||u_0||^2
 * s.t. (2 s_ir - 1) z~_r.v_i >= 0,  (2 s_ir - 1) z~_r.w_i >= 0   for all i, r</pre>
 *
 * In its cone v_i has the pattern s_i, so that a feasible point is a ReLU network with the same
 * outputs and penalty. Weights are [u_0, v_1 .. v_P, w_1 .. w_P] in coordinates of the feature map.
 */
public final class ConeProgram {

  private final GatedRows rows;
  private final ConeSetting setting;
  private final Groups groups;
  private final double totalWeight;
  private final double ridge;
  private int states = GatedRows.NO_STATE;

  /**
   * A program.
   *
   * @param rows rows with the patterns of its gates
   * @param setting loss, feature map and which terms there are
   * @param totalWeight W, the weight of the rows that count
   * @param ridge of the linear block, positive
   */
  public ConeProgram(GatedRows rows, ConeSetting setting, double totalWeight, double ridge) {
    if (!(totalWeight > 0)) {
      throw new IllegalArgumentException(
          "total weight is " + totalWeight + "; it must be positive");
    }
    if (!(ridge > 0)) {
      throw new IllegalArgumentException("skipRidge is " + ridge + "; it must be positive");
    }
    this.rows = rows;
    this.setting = setting;
    this.groups = new Groups(setting.linear(), setting.width());
    this.totalWeight = totalWeight;
    this.ridge = ridge;
  }

  /** The rows' setting. */
  public ConeSetting setting() {
    return setting;
  }

  /** The neurons as groups, after the linear block. */
  public Groups groups() {
    return groups;
  }

  /** W. */
  double totalWeight() {
    return totalWeight;
  }

  /** The ridge of the linear block. */
  double ridge() {
    return ridge;
  }

  /** The number of weights. */
  public int length() {
    return setting.length();
  }

  /** The rows. */
  GatedRows rows() {
    return rows;
  }

  /** Whether the loss is squared. */
  boolean quadratic() {
    return setting.rows().loss() instanceof SquaredLoss;
  }

  /**
   * The lower bound of a dual point r (docs/theory/certificates.md#losses), scaled as well as may
   * be.
   *
   * @param price an upper bound on its price at every cone
   * @param linearSquare squared norm of its gradient by u_0
   * @param dual sums of its {@link DualValue}, divided by W
   */
  double lowerBound(double beta, double price, double linearSquare, double[] dual) {
    double most = price > 0 ? beta / price : Double.POSITIVE_INFINITY;
    return DualValue.best(most, linearSquare / (2 * ridge), dual, quadratic()).value();
  }

  /** A state number not used before. */
  int nextState() {
    return ++states;
  }

  /** Runs a step job; its scalars and vectors come back as they are, not divided by W. */
  <A> A step(String what, StepPass<A> pass, int from, int to) {
    return rows.step(what, pass, from, to);
  }

  /** The penalty and ridge terms. */
  public double penalty(double[] weights, double beta) {
    return beta * groups.sum(weights) + 0.5 * ridge * groups.linearSquare(weights);
  }

  /** Evaluates weights in one forward pass, in float64. */
  public ConePoint evaluate(double[] weights, double beta) {
    return point(
        rows.sum("cone program: objective", new ConeValuePass(setting, weights)), weights, beta);
  }

  /** The point whose sums a job has found. */
  ConePoint point(double[][] sums, double[] weights, double beta) {
    double penalty = penalty(weights, beta);
    double violation = sums[1][ConeSums.VIOLATION];
    return new ConePoint(
        sums[0][ConeSums.LOSS] / totalWeight + penalty,
        sums[0][ConeSums.NETWORK_LOSS] / totalWeight + penalty,
        violation > 0 ? violation / sums[1][ConeSums.LARGEST] : 0);
  }

  /** Both Gram matrices, divided by W; see {@link ConeGramPass}. */
  double[][] grams(boolean curved, int state) {
    double[][] grams =
        step(
            "cone program: Gram matrix",
            new ConeGramPass(setting, curved),
            state,
            GatedRows.NO_STATE);
    for (double[] gram : grams) {
      divide(gram);
    }
    return grams;
  }

  /** Divides sums by W, in place. */
  double[] divide(double[] sums) {
    for (int k = 0; k < sums.length; k++) {
      sums[k] /= totalWeight;
    }
    return sums;
  }

  /** Checks beta at the door. */
  static void checkBeta(double beta) {
    if (!(beta > 0) || Double.isInfinite(beta)) {
      throw new IllegalArgumentException(
          "regParam is " + beta + "; exact ReLU needs a positive, finite one");
    }
  }
}
