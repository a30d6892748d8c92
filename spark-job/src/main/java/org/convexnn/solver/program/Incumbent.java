package org.convexnn.solver.program;

import org.convexnn.solver.StopReason;

/** The best primal weights and the best dual bound seen so far in a solve. */
public final class Incumbent {

  private double[] weights;
  private double upper = Double.POSITIVE_INFINITY;
  private double lower = Double.NEGATIVE_INFINITY;
  private double known = Double.NEGATIVE_INFINITY;
  private DualPoint dual;

  public Incumbent(double[] weights) {
    this.weights = weights.clone();
    this.dual = DualPoint.ofWeights(this.weights);
  }

  /** Keeps weights (a copy) where their objective is the lowest so far. */
  public void primal(double[] candidate, double objective) {
    if (objective < upper) {
      upper = objective;
      weights = candidate.clone();
    }
  }

  /** Keeps a dual point where its bound is the highest so far; says whether it is. */
  public boolean dual(DualPoint point, double bound) {
    if (bound > lower) {
      lower = bound;
      dual = point;
      return true;
    }
    return false;
  }

  /** Keeps a bound whose dual point was lost with a driver: it is true, but nothing to end with. */
  public void know(double bound) {
    known = Math.max(known, bound);
  }

  /** The highest bound that is true. */
  public double known() {
    return Math.max(known, lower);
  }

  public double[] weights() {
    return weights;
  }

  public double upper() {
    return upper;
  }

  public double lower() {
    return lower;
  }

  public DualPoint dual() {
    return dual;
  }

  public Solver.Solution solution(StopReason reason) {
    return new Solver.Solution(weights, upper, lower, dual, reason);
  }
}
