package org.convexnn.linear;

/** A convex loss {@code f(w) = L(A w)} of weights w with a Lipschitz gradient, and its dual. */
public interface SmoothLoss {

  /** The number of weights. */
  int length();

  /** A Lipschitz constant of the gradient, or slightly more. */
  double curvature();

  /** The loss at some weights. */
  Point at(double[] w);

  /** What is known of the loss at some weights. */
  interface Point {

    /** f(w). */
    double value();

    /** The gradient, {@code -A' lambda} with the dual point {@code lambda = -grad L(A w)}. */
    double[] gradient();

    /**
     * A lower bound {@code max -L*(-tau lambda)} over some tau in [0, most]: no more than the optimum
     * of loss and penalty where most times the penalty's dual norm of the gradient is at most beta.
     */
    double dualBound(double most);
  }
}
