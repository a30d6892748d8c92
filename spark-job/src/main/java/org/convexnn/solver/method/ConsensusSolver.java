package org.convexnn.solver.method;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.convexnn.block.pass.gated.SearchPass;
import org.convexnn.block.pass.gated.SweepPass;
import org.convexnn.linalg.Blas;
import org.convexnn.network.WeightLayout;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.program.DualPoint;
import org.convexnn.solver.program.Incumbent;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.program.SolverState;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.setup.Groups;

/**
 * The consensus loop over trees of constant leaves. The driver holds the consensus variable u; a
 * round is
 *
 * <pre>partition k   v_k = a few sweeps of block coordinate descent over its trees, from u
 * driver        r = average of v_k - u, each weight by the partitions' curvatures
 *               d = r mixed with the last rounds' ({@link AndersonMixing})
 * rows          f += t F d,   t by line search;  loss, gradient and dual value where they come to</pre>
 *
 * in two jobs: {@link SweepPass}, which says what a partition lowers, and {@link SearchPass}. What a
 * partition takes for the others' rows is their gradient at u alone, so that rounds fall with the
 * rows of a partition (Shamir, Srebro and Zhang, "Communication-efficient distributed optimization
 * using an approximate Newton-type method", ICML 2014). The dual point is the derivative of the loss
 * where the rows are, known from the same sums; under the elastic norm it needs no scaling.
 */
public final class ConsensusSolver implements Solver {

  static final String NAME = "consensus";

  private static final int SWEEPS = 2;
  private static final int MIXED_ROUNDS = 5;
  private static final double FIRST_DAMPING = 0;
  private static final double LEAST_DAMPING = 0.05;
  private static final double MOST_DAMPING = 1e3;
  // Partitions that keep an order, each by its own curvatures, may agree on a step that leads
  // nowhere.
  private static final double DOWNHILL_DAMPING = 1;
  private static final double SHORT_STEP = 0.6;
  private static final double LONG_STEP = 1.2;
  // A guessed step that keeps this share of what the best one gains is taken: it costs no half
  // pass.
  private static final double GOOD_ENOUGH = 0.9;
  private static final double FLOOR = 1e-3;
  private static final double ROUND = SWEEPS + 1.5;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Solution solve(Problem problem, double beta, Start start, Stopping stop, Watch watch) {
    return new Run(problem, beta, start.weights(), stop, watch).run(start.earlier(name()));
  }

  /** The state of one solve. */
  private static final class Run {

    private final Problem problem;
    private final Groups groups;
    private final double beta;
    private final Stopping stop;
    private final Watch watch;
    private final Incumbent best;
    private final double[] scales;
    private final double[] centres;
    private final double startPasses;
    private double[] u;
    private double[] inRows;
    private Problem.Move at;
    private final AndersonMixing mixing = new AndersonMixing(MIXED_ROUNDS);
    private double damping = FIRST_DAMPING;
    private int state;
    private int round;

    Run(Problem problem, double beta, double[] start, Stopping stop, Watch watch) {
      this.problem = problem;
      this.groups = problem.groups();
      this.beta = beta;
      this.stop = stop;
      this.watch = watch;
      this.best = new Incumbent(start);
      this.startPasses = problem.counter().passes();
      this.u = groups.inCone(start).clone();
      WeightLayout layout = problem.coordinates().layout();
      this.scales = new double[layout.narrow()];
      Arrays.setAll(scales, problem.coordinates()::leafScale);
      this.centres = groups.centres().clone();
      for (int i = 0; i < centres.length; i++) {
        centres[i] *= scales[i];
      }
    }

    Solution run(Optional<SolverState> earlier) {
      earlier.ifPresent(
          state -> {
            damping = state.number("damping");
            round = state.count("round");
            mixing.remember(state.vectors("mixing"));
          });
      enter();
      for (; ; round++) {
        note();
        watch.iteration(round, best.upper(), best.lower(), best.weights());
        watch.underWay(ROUND, this::state);
        double gap = stop.relativeGap(best.upper(), best.lower());
        if (gap <= stop.tol()) {
          return best.solution(StopReason.GAP);
        }
        if (watch.enough(round, best.upper(), gap, at.leftOut())) {
          return best.solution(StopReason.ENOUGH);
        }
        if (problem.counter().passes() - startPasses >= stop.maxPasses()) {
          return best.solution(StopReason.MAX_PASSES);
        }
        if (!round()) {
          return best.solution(StopReason.STALLED);
        }
      }
    }

    private SolverState state() {
      return SolverState.of(NAME, best.weights())
          .and("damping", damping)
          .and("round", round)
          .and("mixing", mixing.history());
    }

    /** Takes the rows to u. */
    private void enter() {
      inRows = problem.coordinates().toRows(u);
      state = problem.counter().nextState();
      at = problem.move("consensus start", inRows, inRows, 0, FLOOR, GatedRows.NO_STATE, state);
    }

    private void note() {
      best.primal(u, at.at().loss() + problem.penalty(u, beta));
      int before = best.dual().state();
      DualPoint point = DualPoint.ofWeights(u);
      best.dual(point, problem.lowerBound(at.at().gradient(), at.at().dual(), beta));
    }

    /** One round; false where no step lowers the objective. */
    private boolean round() {
      while (damping <= MOST_DAMPING) {
        SweepPass pass =
            new SweepPass(
                problem.setting(),
                inRows,
                problem.coordinates().toRowGradient(at.at().gradient()),
                scales,
                centres,
                groups.cone().order(),
                penalty(),
                damping,
                SWEEPS);
        Problem.Consensus consensus =
            problem.sweep(
                String.format(Locale.ROOT, "consensus round %d, local sweeps", round + 1),
                pass,
                state);
        double[] mixed = mixing.step(inRows, consensus.direction(), consensus.curvature());
        if (move(pass.inOrder(mixed, consensus.curvature()))) {
          return true;
        }
        if (mixing.mixes()) {
          mixing.forget();
          if (move(consensus.direction())) {
            return true;
          }
        }
        if (!groups.cone().all()
            && damping >= DOWNHILL_DAMPING
            && move(pass.downhill(consensus.direction(), consensus.curvature()))) {
          return true;
        }
        damp(Math.max(2 * damping, LEAST_DAMPING));
      }
      return false;
    }

    /** Another damping is another iteration: what was seen of it says nothing. */
    private void damp(double other) {
      damping = other;
      mixing.forget();
    }

    private SweepPass.Penalty penalty() {
      boolean intercept = problem.coordinates().skip().intercept();
      return new SweepPass.Penalty(
          beta, groups.elasticNet(), intercept ? problem.ridge() : Double.POSITIVE_INFINITY);
    }

    /** Moves the rows along a direction as far as it pays; false where it does not. */
    private boolean move(double[] inRowsDirection) {
      double[] direction = problem.coordinates().toSolverWeights(inRowsDirection);
      int next = problem.counter().nextState();
      Problem.Search search =
          problem.search(
              String.format(Locale.ROOT, "consensus round %d, step", round + 1),
              new SearchPass(problem.setting(), inRowsDirection, inRows, 1, 1, FLOOR),
              state,
              next);
      double length = length(direction, search.slopes());
      if (length == 0) {
        problem.rows().release(next);
        return false;
      }
      at = search.move();
      if (length != 1) {
        int searched = next;
        next = problem.counter().nextState();
        double[] ahead = inRows.clone();
        Blas.axpy(1, inRowsDirection, ahead);
        at =
            problem.move(
                String.format(Locale.ROOT, "consensus round %d, another length", round + 1),
                ahead,
                inRowsDirection,
                length - 1,
                FLOOR,
                searched,
                next);
        problem.rows().release(searched);
      }
      problem.rows().release(state);
      state = next;
      // The best dual point may hold on to the old one.
      double[] moved = u.clone();
      Blas.axpy(length, direction, moved);
      u = moved;
      inRows = problem.coordinates().toRows(u);
      if (length < SHORT_STEP && !mixing.mixes()) {
        damp(Math.max(2 * damping, LEAST_DAMPING));
      } else if (length > LONG_STEP && damping > 0) {
        damp(damping <= LEAST_DAMPING ? 0 : damping / 2);
      }
      return true;
    }

    /**
     * The step length: 1 where that is good enough, else the best of the grid, or a short one before
     * it; 0 where none lowers the objective. The loss along the line is the integral of its slopes, by
     * the trapezoidal rule.
     */
    private double length(double[] direction, double[] slopes) {
      double[] steps = SearchPass.steps();
      DoubleUnaryOperator penalty = penaltyAlong(direction);
      double before = 0;
      for (int i = 0; i < direction.length; i++) {
        before += at.at().gradient()[i] * direction[i];
      }
      double loss = 0;
      double last = 0;
      double slope = before;
      double best = 0;
      double bestLength = 0;
      double atOne = 0;
      double start = penalty.applyAsDouble(0);
      // Beyond 1 weights in order may lose it.
      double longest = groups.cone().all() ? Double.POSITIVE_INFINITY : 1;
      for (int s = 0; s < steps.length && steps[s] <= longest; s++) {
        loss += 0.5 * (steps[s] - last) * (slope + slopes[s]);
        double change = loss + penalty.applyAsDouble(steps[s]) - start;
        if (change < best) {
          best = change;
          bestLength = steps[s];
        }
        atOne = steps[s] == 1 ? change : atOne;
        last = steps[s];
        slope = slopes[s];
      }
      if (best == 0) {
        // Before the first step of the grid the slope is linear.
        double t = steps[0] / 2;
        double change =
            0.5 * t * (before + 0.5 * (before + slopes[0])) + penalty.applyAsDouble(t) - start;
        return change < 0 ? t : 0;
      }
      return atOne <= GOOD_ENOUGH * best ? 1 : bestLength;
    }

    private DoubleUnaryOperator penaltyAlong(double[] direction) {
      double[] point = new double[u.length];
      return t -> {
        for (int i = 0; i < point.length; i++) {
          point[i] = u[i] + t * direction[i];
        }
        return problem.penalty(point, beta);
      };
    }
  }
}
