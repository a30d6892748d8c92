package org.convexnn.solver;

import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;

/**
 * The proof that comes with a network: no weights for the same gates, norm and beta have an
 * objective below {@code dualBound}. How the gates were chosen is heuristic and not certified.
 *
 * @param primalObjective the objective of the returned network, evaluated in float64 as stored
 * @param dualBound a lower bound on the optimum, evaluated in the same pass
 * @param relativeGap (primalObjective - dualBound) / max(primalObjective, 1e-6 constant-model loss)
 * @param tol the gap that was asked for
 * @param beta the regularisation parameter
 * @param betaMax the smallest beta at which the model is linear
 * @param elasticNet a of the penalty beta (a N + (1 - a) N^2 / 2)
 * @param gates number of gates trained, half-spaces, paths of sub-networks and leaves; of a plain ReLU
 *     network, neurons that were tried
 * @param activeNeurons gates with non-zero weights, of whichever class; neurons of a plain ReLU network
 * @param passes sweeps over the data with all gates, everything counted
 * @param jobs sweeps over the data of any kind
 * @param stopReason why the fit stopped
 * @param solver the solver that ran
 * @param allPatterns of a plain ReLU network, what is proven beyond its own activation patterns
 */
public record Certificate(
    double primalObjective,
    double dualBound,
    double relativeGap,
    double tol,
    double beta,
    double betaMax,
    double elasticNet,
    int gates,
    int activeNeurons,
    double passes,
    int jobs,
    StopReason stopReason,
    String solver,
    AllPatterns allPatterns)
    implements Serializable {

  private static final double FAR = 0.1;
  private static final double VERY_SMALL = 1e-4;

  /**
   * What to say of a fit that ended far from the optimum of its program: the network may be worse than the
   * best one for its beta. Nothing of others.
   */
  public Optional<String> warning() {
    boolean ended =
        switch (stopReason) {
          case MAX_PASSES, STALLED -> true;
          case GAP, ENOUGH, LINEAR, NO_SIGNAL, VALIDATION, NO_IMPROVEMENT -> false;
        };
    if (!ended || relativeGap <= FAR || allPatterns.hiddenFree()) {
      return Optional.empty();
    }
    String remedy =
        beta < VERY_SMALL * betaMax
            ? "so small a beta takes many passes; raise regParam (beta is mostly best between 0.001 and"
                + " 0.7 of betaMax) or leave it out, so that validation chooses it"
            : "raise maxIter, or choose another solver";
    return Optional.of(
        String.format(
            Locale.ROOT,
            "beta is %.4g, %.2g of betaMax, and training stopped (%s) at a relative gap of %.2g: other"
                + " weights may have an objective far below this network's; %s",
            beta,
            beta / betaMax,
            stopReason,
            relativeGap,
            remedy));
  }

  @Override
  public String toString() {
    return String.format(
            Locale.ROOT,
            "objective %.6g, dual bound %.6g, relative gap %.2e (tol %.0e), beta %.4g, betaMax %.4g,"
                + "%s %s, %.1f passes, solver %s, stopped by %s",
            primalObjective,
            dualBound,
            relativeGap,
            tol,
            beta,
            betaMax,
            elasticNet == 1 ? "" : String.format(Locale.ROOT, " elasticNet %.2g,", elasticNet),
            active(),
            passes,
            solver,
            stopReason)
        + (allPatterns.known() ? "; " + allPatterns : "");
  }

  private String active() {
    return allPatterns.known()
        ? activeNeurons + (activeNeurons == 1 ? " neuron" : " neurons")
        : activeNeurons + " of " + gates + " gates active";
  }
}
