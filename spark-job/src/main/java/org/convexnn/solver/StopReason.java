package org.convexnn.solver;

/** Why a fit stopped. */
public enum StopReason {
  /** The relative duality gap reached the tolerance. */
  GAP,
  /** The allowed number of passes was spent; the gap reached is reported. */
  MAX_PASSES,
  /** Rounding stops all progress above the tolerance; the gap reached is reported. */
  STALLED,
  /** A point of the regularisation path whose validation loss is known well enough. */
  ENOUGH,
  /** The search finds no neuron that is clearly worth its penalty, or nothing lowers the objective. */
  NO_IMPROVEMENT,
  /** The loss on held-out rows does not fall any more. */
  VALIDATION,
  /** No gate is worth its penalty (beta at or above betaMax): the model is the linear one. */
  LINEAR,
  /** The label is constant or nothing correlates with it: the linear or constant model. */
  NO_SIGNAL
}
