package org.convexnn.solver;

import org.convexnn.linalg.Blas;

/**
 * Accelerated proximal gradient (FISTA, Beck and Teboulle 2009) in solver coordinates, with
 * backtracking and restarts by the gradient mapping (O'Donoghue and Candes 2015). One pass per
 * iteration: rows keep F z, so the loss at z and the gradient at the extrapolated point come from
 * one forward and one transposed product.
 */
final class GradientSolver implements Solver {

  private static final double DECREASE = 0.95;
  private static final double INCREASE = 1.7;

  // The step bound found at one beta is a good start for the next.
  private double bound = Double.NaN;

  @Override
  public String name() {
    return "gradient";
  }

  @Override
  public Solution solve(Problem problem, double beta, Start start, Stopping stop, Watch watch) {
    double ridge = problem.ridge();
    double startPasses = problem.ledger().passes();
    Incumbent best = new Incumbent(start.weights());
    double[] z = start.weights().clone();
    int state = problem.ledger().nextState();
    Problem.Evaluation at =
        problem.momentum("gradient start", z, z, 0, GatedRows.NO_STATE, state).ahead();
    best.primal(z, at.loss() + problem.penalty(z, beta));
    best.dual(DualPoint.ofWeights(z), problem.lowerBound(at.gradient(), at.dual(), beta));
    double[] v = z.clone();
    double t = 1;
    double l = Double.isNaN(bound) ? problem.setting().loss().curvature() : bound;
    StopReason reason = StopReason.GAP;
    for (int k = 0; !stop.reached(best.upper(), best.lower()); k++) {
      if (problem.ledger().passes() - startPasses >= stop.maxPasses()) {
        reason = StopReason.MAX_PASSES;
        break;
      }
      double[] next = v.clone();
      Blas.axpy(-1 / l, at.gradient(), next);
      problem.groups().prox(next, beta, ridge, l);
      double along = 0;
      for (int i = 0; i < z.length; i++) {
        along += (v[i] - next[i]) * (next[i] - z[i]);
      }
      double nextT = along > 0 ? 1 : (1 + Math.sqrt(1 + 4 * t * t)) / 2;
      double momentum = along > 0 ? 0 : (t - 1) / nextT;
      int target = problem.ledger().nextState();
      Problem.Momentum pass =
          problem.momentum("gradient iteration " + k, next, z, momentum, state, target);
      Problem.Evaluation there = pass.ahead();
      double model = at.loss();
      double square = 0;
      for (int i = 0; i < z.length; i++) {
        double e = next[i] - v[i];
        model += at.gradient()[i] * e;
        square += e * e;
      }
      model += 0.5 * l * square;
      best.primal(next, pass.loss() + problem.penalty(next, beta));
      double[] extrapolated = next.clone();
      for (int i = 0; i < z.length; i++) {
        extrapolated[i] += momentum * (next[i] - z[i]);
      }
      best.dual(
          DualPoint.ofWeights(extrapolated),
          problem.lowerBound(there.gradient(), there.dual(), beta));
      watch.iteration(k, best.upper(), best.lower(), next);
      if (pass.loss() > model + 1e-6 * Math.abs(model)) {
        problem.rows().release(target);
        l *= INCREASE;
        continue;
      }
      problem.rows().release(state);
      state = target;
      l *= DECREASE;
      t = nextT;
      z = next;
      v = extrapolated;
      at = there;
    }
    problem.rows().release(state);
    bound = l;
    return best.solution(reason);
  }
}
