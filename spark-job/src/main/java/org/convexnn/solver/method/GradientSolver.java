package org.convexnn.solver.method;

import java.util.Optional;
import org.convexnn.linalg.Blas;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.program.DualPoint;
import org.convexnn.solver.program.Incumbent;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.program.SolverState;
import org.convexnn.solver.rows.GatedRows;

/**
 * Accelerated proximal gradient (FISTA, Beck and Teboulle 2009) in solver coordinates, with
 * backtracking and restarts by the gradient mapping (O'Donoghue and Candes 2015). One pass per
 * iteration: rows keep F z, so the loss at z and the gradient at the extrapolated point come from
 * one forward and one transposed product.
 */
public final class GradientSolver implements Solver {

  static final String NAME = "gradient";

  private static final double DECREASE = 0.95;
  private static final double INCREASE = 1.7;

  // The step bound found at one beta is a good start for the next.
  private double bound = Double.NaN;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Solution solve(Problem problem, double beta, Start start, Stopping stop, Watch watch) {
    double ridge = problem.ridge();
    double startPasses = problem.counter().passes();
    Optional<SolverState> earlier = start.earlier(NAME);
    Incumbent best = new Incumbent(start.weights());
    double[] z = earlier.map(s -> s.vector("z")).orElse(start.weights()).clone();
    double[] before = earlier.map(s -> s.vector("before")).orElse(z);
    double momentum = earlier.map(s -> s.number("momentum")).orElse(0.0);
    double[] v = extrapolated(z, before, momentum);
    int state = problem.counter().nextState();
    Problem.Momentum begun =
        problem.momentum("gradient start", z, before, momentum, GatedRows.NO_STATE, state);
    Problem.Evaluation at = begun.ahead();
    best.primal(z, begun.loss() + problem.penalty(z, beta));
    best.dual(DualPoint.ofWeights(v), problem.lowerBound(at.gradient(), at.dual(), beta));
    earlier.ifPresent(
        s -> {
          best.primal(s.weights(), s.number("upper"));
          best.dual(DualPoint.ofWeights(s.vector("dual")), s.number("lower"));
        });
    double t = earlier.map(s -> s.number("t")).orElse(1.0);
    double fresh = Double.isNaN(bound) ? problem.setting().loss().curvature() : bound;
    double l = earlier.map(s -> s.number("l")).orElse(fresh);
    StopReason reason = StopReason.GAP;
    for (int k = earlier.map(s -> s.count("k")).orElse(0);
        !stop.reached(best.upper(), best.lower());
        k++) {
      SolverState now =
          SolverState.of(NAME, best.weights())
              .and("upper", best.upper())
              .and("lower", best.lower())
              .and("dual", best.dual().weights())
              .and("z", z)
              .and("before", before)
              .and("momentum", momentum)
              .and("t", t)
              .and("l", l)
              .and("k", k);
      watch.underWay(1, () -> now);
      if (problem.counter().passes() - startPasses >= stop.maxPasses()) {
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
      double nextMomentum = along > 0 ? 0 : (t - 1) / nextT;
      int target = problem.counter().nextState();
      Problem.Momentum pass =
          problem.momentum("gradient iteration " + k, next, z, nextMomentum, state, target);
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
      double[] extrapolated = extrapolated(next, z, nextMomentum);
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
      momentum = nextMomentum;
      before = z;
      z = next;
      v = extrapolated;
      at = there;
    }
    problem.rows().release(state);
    bound = l;
    return best.solution(reason);
  }

  /** {@code z + momentum (z - before)}. */
  private static double[] extrapolated(double[] z, double[] before, double momentum) {
    double[] v = z.clone();
    Blas.axpy(momentum, z, v);
    Blas.axpy(-momentum, before, v);
    return v;
  }
}
