package org.convexnn.solver;

/** The best primal weights and the best dual bound seen so far in a solve. */
final class Incumbent {

  private double[] weights;
  private double upper = Double.POSITIVE_INFINITY;
  private double lower = Double.NEGATIVE_INFINITY;
  private double known = Double.NEGATIVE_INFINITY;
  private DualPoint dual;

  Incumbent(double[] weights) {
    this.weights = weights.clone();
    this.dual = DualPoint.ofWeights(this.weights);
  }

  /** Keeps weights (a copy) where their objective is the lowest so far. */
  void primal(double[] candidate, double objective) {
    if (objective < upper) {
      upper = objective;
      weights = candidate.clone();
    }
  }

  /** Keeps a dual point where its bound is the highest so far; says whether it is. */
  boolean dual(DualPoint point, double bound) {
    if (bound > lower) {
      lower = bound;
      dual = point;
      return true;
    }
    return false;
  }

  /** Keeps a bound whose dual point was lost with a driver: it is true, but nothing to end with. */
  void know(double bound) {
    known = Math.max(known, bound);
  }

  /** The highest bound that is true. */
  double known() {
    return Math.max(known, lower);
  }

  double[] weights() {
    return weights;
  }

  double upper() {
    return upper;
  }

  double lower() {
    return lower;
  }

  DualPoint dual() {
    return dual;
  }

  Solver.Solution solution(StopReason reason) {
    return new Solver.Solution(weights, upper, lower, dual, reason);
  }
}
