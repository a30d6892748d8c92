package org.convexnn.relu;

import java.util.List;
import java.util.Optional;
import org.convexnn.network.ReluNetwork;
import org.convexnn.solver.program.SolverState;

/**
 * Keeps the network of the lowest loss on held-out rows and ends a polish where that loss has not
 * fallen for some time. Without held-out rows it does neither.
 */
final class EarlyStop {

  private static final int EVERY = 10;
  private static final int PATIENCE = 4;

  private final Optional<ReluProblem> heldOut;
  private ReluNetwork best;
  private double lowest = Double.POSITIVE_INFINITY;
  private int without;

  /** Looks at these rows. */
  EarlyStop(Optional<ReluProblem> heldOut) {
    this.heldOut = heldOut;
  }

  /** Whether to go on after this network; looks at every tenth. */
  boolean goesOn(int iteration, ReluNetwork network) {
    if (heldOut.isPresent() && iteration % EVERY == 0) {
      look(network);
    }
    return !stopped();
  }

  private void look(ReluNetwork network) {
    double loss = heldOut.orElseThrow().evaluate("validation", network).loss();
    without++;
    if (loss < lowest) {
      lowest = loss;
      best = network;
      without = 0;
    }
  }

  /** A state with this memory, which {@link #goOn} takes. */
  SolverState noted(SolverState polish) {
    List<double[]> kept =
        best == null ? List.of() : List.of(new NotedNetwork(best, lowest, without).vector());
    return polish.and("best", kept);
  }

  /** Remembers what was noted before the driver was lost. */
  void goOn(SolverState polish) {
    for (double[] vector : polish.vectors("best")) {
      NotedNetwork kept = NotedNetwork.of(vector);
      best = kept.network();
      lowest = kept.numbers()[0];
      without = (int) kept.numbers()[1];
    }
  }

  /** Whether the loss has not fallen for some time. */
  boolean stopped() {
    return without >= PATIENCE;
  }

  /** The best network seen, the last one looked at too. */
  ReluNetwork best(ReluNetwork last) {
    if (heldOut.isEmpty()) {
      return last;
    }
    look(last);
    return best;
  }
}
