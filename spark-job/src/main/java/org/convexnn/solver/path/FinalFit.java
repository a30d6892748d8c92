package org.convexnn.solver.path;

import java.util.Optional;
import org.convexnn.network.Network;
import org.convexnn.solver.AllPatterns;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.Objective;
import org.convexnn.solver.RankBound;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingResult;
import org.convexnn.solver.fit.GatedModel;
import org.convexnn.solver.fit.ProgramFit;
import org.convexnn.solver.fit.RunLog;
import org.convexnn.solver.program.DualPoint;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.Solver;

/**
 * The last solve, for the beta that is given or was chosen, and its certificate: both bounds in
 * float64 in one pass over the rows (docs/theory/certificates.md#what-is-certified).
 *
 * @param model the model
 * @param fit the program that is solved
 */
public record FinalFit(GatedModel model, ProgramFit fit) {

  /** A betaMax that is rounding. */
  static final double NO_SIGNAL = 1e-12;

  // The loop stops a little below the tolerance: the certificate's pass rounds differently.
  private static final double SAFETY = 0.95;

  /** Weights with the dual point that bounds them. */
  private record Solved(double[] weights, DualPoint dual, StopReason reason, String solver) {}

  /**
   * Solves, certifies and builds the network.
   *
   * @param asked the regularisation parameter; where nothing correlates with the label betaMax is rounding
   *     and beta not below it
   * @param start where to start from
   * @param setUp seconds spent before the path
   */
  public TrainingResult solve(double asked, Solver.Start start, double setUp) {
    double beta = noSignal() ? Math.max(asked, fit.betaMax()) : asked;
    Solved solved = solved(beta, start);
    Problem.Bounds bounds = fit.problem().certify(solved.weights, solved.dual, beta);
    double tol = model.tolerance();
    double gap =
        new Solver.Stopping(tol, 0, model.gapScale()).relativeGap(bounds.primal(), bounds.dual());
    Network network = model.network(fit.problem().coordinates(), solved.weights);
    RunLog log = model.log();
    Certificate certificate =
        new Certificate(
            bounds.primal(),
            bounds.dual(),
            gap,
            tol,
            beta,
            fit.betaMax(),
            model.elasticNet(),
            model.gates().size(),
            network.activeGroups(),
            log.counter().passes(),
            log.counter().jobs(),
            solved.reason,
            solved.solver,
            AllPatterns.NONE);
    log.message("certificate: " + certificate);
    certificate.warning().ifPresent(log::warning);
    Optional<RankBound> rankBound = model.rankBound(beta);
    rankBound.ifPresent(bound -> log.message(bound.toString()));
    return new TrainingResult(
        network.pruned(),
        certificate,
        Objective.of(model.options(), model.gates(), fit.problem().selected()),
        rankBound,
        log.trace(),
        log.path(),
        model.prepared().stats().rows(),
        model.prepared().skipRidge(model.options()),
        setUp,
        log.counter().seconds() - setUp);
  }

  private Solved solved(double beta, Solver.Start start) {
    if (noSignal()) {
      return linear(StopReason.NO_SIGNAL);
    }
    if (beta >= fit.betaMax() && fit.problem().groups().selects()) {
      return linear(StopReason.LINEAR);
    }
    TrainingOptions options = model.options();
    Solver.Stopping stop =
        new Solver.Stopping(SAFETY * model.tolerance(), options.maxIter(), model.gapScale());
    Solver solver = fit.solver();
    model.log().finalFit(stop);
    Solver.Solution solution =
        model
            .log()
            .journal()
            .solve(
                fit.at(beta, start, stop),
                model.log().watch("solve", beta, fit.problem().groups()));
    return new Solved(solution.weights(), solution.dual(), solution.reason(), solver.name());
  }

  private boolean noSignal() {
    return fit.betaMax() <= NO_SIGNAL || model.prepared().constantLabel();
  }

  private Solved linear(StopReason reason) {
    return new Solved(fit.skip(), DualPoint.ofWeights(fit.skip()), reason, "linear");
  }
}
