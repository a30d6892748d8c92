package org.convexnn.solver.method;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.convexnn.block.pass.gated.SearchPass;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.program.DualPoint;
import org.convexnn.solver.program.Incumbent;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.program.SolverState;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.setup.Groups;

/**
 * Limited-memory quasi-Newton for wide networks: L-BFGS on a slightly smoothed penalty, its initial
 * matrix a sampled Woodbury metric ({@link SampleMetric}), with a near-exact line search.
 *
 * <pre>Phi(u) = loss(u) + beta sum_i sqrt(||u_i||^2 + eps^2) + ridge/2 ||u_0||^2,   eps = 2 tol loss / (beta groups)</pre>
 *
 * An iteration is one pass: F d with the slopes of the loss along d, and the gradient at the step length
 * of the iteration before; where the slopes say that this was a bad guess, half a pass more takes the
 * rows to the best one. The metric needs the right shape only, not to be a bound, so a small sample
 * serves where ADMM would inflate its own, and the sample of the first solve serves later ones of the
 * same program. The certificate takes the best of these dual points: l'(f), a running average of past
 * ones, weighted so that the largest group norm is smallest, and near the end a projection of l'(f)
 * ({@link DualProjection}).
 *
 * <p>After the driver was lost the iterates go on as they would have, to rounding: weights, secant
 * pairs and where the metric was sampled and factored are the state, rows give the rest in two
 * passes. Only the running average begins anew, which is a state of the rows.
 */
public final class LbfgsSolver implements Solver {

  /** Rows that the metric is sampled from, at first. */
  public static final int SAMPLE = 2000;

  private static final int MOST_SAMPLE = 16_000;
  private static final double SAMPLE_MEMORY_SHARE = 0.3;
  private static final double DAMPING = 1;
  // Few sampled rows meet in a leaf: more of its curvature lies outside of them.
  private static final double DAMPING_OF_LEAVES = 2;
  // Fewer than columns: most of it does. With this, best steps are near 1.
  private static final double DAMPING_OF_SMALL_LEAVES = 16;
  private static final int MEMORY = 30;
  private static final double FLOOR = 0.1;
  private static final double SMOOTHING = 2;
  // Where all groups are zero, norms are taken for what makes the penalty this share of the loss.
  private static final double FIRST_PENALTY = 0.05;
  private static final int SPACING = 4;
  private static final int MOST_SMALLER = 2;
  private static final int MOST_STALLS = 12;
  private static final double CHANGED_SHARE = 0.05;
  private static final double CHANGED_FACTOR = 5;
  // The objective has about so many of its last decreases ahead of it.
  private static final double DECREASES_AHEAD = 10;
  // With so much of the tolerance ahead, a projected dual point is likely to be good enough.
  private static final double CLOSE = 0.16;
  // Off by so much, a step still goes down nearly as far as the best one.
  private static final double GOOD_GUESS = 0.3;
  private static final double[] TRIMS = {0.98, 0.9};
  private static final double MOST_PASSES = 1.5;

  private final long seed;
  private SampleMetric metric;
  private double[] sampledAt;
  private int sampleRows = SAMPLE;

  /** A solver for one program at several beta; the seed draws the sample. */
  public LbfgsSolver(long seed) {
    this.seed = seed;
  }

  @Override
  public String name() {
    return "lbfgs";
  }

  @Override
  public Solution solve(Problem problem, double beta, Start start, Stopping stop, Watch watch) {
    if (start.earlier(GradientSolver.NAME).isPresent()) {
      return new GradientSolver().solve(problem, beta, start, stop, watch);
    }
    double before = problem.counter().passes();
    Solution found =
        new Run(problem, beta, start.weights(), stop, watch).run(start.earlier(name()));
    double left = stop.maxPasses() - (problem.counter().passes() - before);
    if (found.reason() != StopReason.STALLED || left < 1) {
      return found;
    }
    watch.message(
        "quasi-Newton steps make no progress at a relative gap of "
            + String.format(Locale.ROOT, "%.1e", stop.relativeGap(found.upper(), found.lower()))
            + ": proximal gradient steps from here");
    Solution further =
        new GradientSolver()
            .solve(
                problem,
                beta,
                Start.at(found.weights()),
                new Stopping(stop.tol(), left, stop.scale()),
                watch);
    return better(problem, found, further, stop);
  }

  /** The better weights and the better dual point of two solutions. */
  private static Solution better(Problem problem, Solution one, Solution other, Stopping stop) {
    boolean upper = one.upper() < other.upper();
    boolean lower = one.lower() > other.lower();
    problem.rows().release((lower ? other : one).dual().state());
    double most = Math.min(one.upper(), other.upper());
    double least = Math.max(one.lower(), other.lower());
    return new Solution(
        (upper ? one : other).weights(),
        most,
        least,
        (lower ? one : other).dual(),
        stop.reached(most, least) ? StopReason.GAP : other.reason());
  }

  /** The state of one solve. */
  private final class Run {

    private final Problem problem;
    private final double beta;
    private final Stopping stop;
    private final Watch watch;
    private final Groups groups;
    private final double startPasses;
    private final Incumbent best;
    private final SecantPairs pairs = new SecantPairs(MEMORY);
    private int k;
    private double stallGap = Double.POSITIVE_INFINITY;
    private int stallFrom;
    private int stalls;
    private double[] u;
    private double[] inRows;
    private double epsilon;
    private Problem.Move at;
    private double[] averageGradient;
    private double average;
    private double[] factoredFrom;
    private double[] factoredNorms;
    private double[] curvature;
    private int factoredAt;
    private int state;
    private DualProjection.Bounded ofWeights;
    private double upperBefore = Double.POSITIVE_INFINITY;
    private double projectBelow;
    private double guess = 1;
    private boolean averaged;

    Run(Problem problem, double beta, double[] start, Stopping stop, Watch watch) {
      this.problem = problem;
      this.beta = beta;
      this.stop = stop;
      this.watch = watch;
      this.groups = problem.groups();
      this.startPasses = problem.counter().passes();
      this.u = start.clone();
      this.best = new Incumbent(start);
      this.projectBelow = CLOSE * stop.tol();
    }

    Solution run(Optional<SolverState> earlier) {
      earlier.ifPresentOrElse(this::goOn, this::begin);
      for (; ; k++) {
        note();
        watch.iteration(k, best.upper(), best.lower(), best.weights());
        double gap = stop.relativeGap(best.upper(), best.lower());
        if (gap <= stop.tol()) {
          return end(StopReason.GAP);
        }
        double known = stop.relativeGap(best.upper(), best.known());
        if (watch.enough(k, best.upper(), known, at.leftOut())) {
          return end(StopReason.ENOUGH);
        }
        if (problem.counter().passes() - startPasses >= stop.maxPasses()) {
          return end(StopReason.MAX_PASSES);
        }
        boolean force = k == 5;
        if (known < 0.7 * stallGap) {
          stallGap = known;
          stallFrom = k;
        } else if (k - stallFrom >= 10) {
          if (++stalls > MOST_STALLS) {
            return end(StopReason.STALLED);
          }
          stallFrom = k;
          // The smoothing itself may stand in the way of the gap, or the dual point be too long.
          if (stalls <= MOST_SMALLER) {
            epsilon /= 4;
            pairs.clear();
            force = true;
          }
          projectBelow = Double.POSITIVE_INFINITY;
          // The first time the smoothing alone: close to the tolerance progress is slow anyway.
          if (stalls > 1) {
            growSample();
          }
        }
        if (k == 0 || force || metric == null || normsMoved()) {
          refactor();
        }
        if (!iterate()) {
          return end(StopReason.STALLED);
        }
        if (stop.reached(best.upper(), best.lower())) {
          watch.iteration(k, best.upper(), best.lower(), best.weights());
          return end(StopReason.GAP);
        }
      }
    }

    private void begin() {
      enter();
      int count = Math.max(1, groups.count(u));
      epsilon = SMOOTHING * stop.tol() * Math.max(at.at().loss(), stop.scale()) / (beta * count);
    }

    /** Takes the rows to u. */
    private void enter() {
      inRows = problem.coordinates().toRows(u);
      state = problem.counter().nextState();
      at = from("quasi-Newton start", inRows, state);
      averageGradient = at.at().gradient();
      average = 1;
    }

    private Problem.Move from(String what, double[] weights, int to) {
      return problem.move(what, weights, weights, 0, FLOOR, GatedRows.NO_STATE, to);
    }

    /** Goes on where {@link #state} was taken. */
    private void goOn(SolverState earlier) {
      k = earlier.count("k");
      stallGap = earlier.number("stallGap");
      stallFrom = earlier.count("stallFrom");
      stalls = earlier.count("stalls");
      epsilon = earlier.number("epsilon");
      upperBefore = earlier.number("upperBefore");
      projectBelow = earlier.number("projectBelow");
      guess = earlier.number("guess");
      sampleRows = earlier.count("sampleRows");
      u = earlier.vector("u");
      pairs.learn(earlier.vectors("steps"), earlier.vectors("changes"));
      enter();
      if (!earlier.vectors("sampledAt").isEmpty()) {
        sampledAt = earlier.vector("sampledAt");
        metric = sampleSize() < problem.rowCount() ? sampledAgain() : sampled(at, state);
      }
      if (k > 0) {
        factoredAt = earlier.count("factoredAt");
        factoredFrom = earlier.vector("factoredFrom");
        factoredNorms = earlier.vector("factoredNorms");
        curvature = earlier.vector("curvature");
        factor();
      }
      best.primal(earlier.weights(), earlier.number("upper"));
      best.know(earlier.number("known"));
      List<double[]> dual = earlier.vectors("dual");
      offer(DualPoint.ofWeights(dual.get(0)).corrected(dual.get(1)), earlier.number("lower"));
    }

    private SampleMetric sampledAgain() {
      int there = problem.counter().nextState();
      SampleMetric again =
          sampled(
              from("rows of the metric", problem.coordinates().toRows(sampledAt), there), there);
      problem.rows().release(there);
      return again;
    }

    /** What {@link #goOn} wants. */
    private SolverState state() {
      SolverState now =
          SolverState.of(name(), best.weights())
              .and("upper", best.upper())
              .and("known", best.known())
              .and("k", k)
              .and("stallGap", stallGap)
              .and("stallFrom", stallFrom)
              .and("stalls", stalls)
              .and("epsilon", epsilon)
              .and("upperBefore", upperBefore)
              .and("projectBelow", projectBelow)
              .and("guess", guess)
              .and("sampleRows", sampleRows)
              .and("u", u)
              .and("steps", pairs.steps())
              .and("changes", pairs.changes())
              .and("sampledAt", metric == null ? List.of() : List.of(sampledAt))
              .and("lower", ofWeights.bound())
              .and("dual", List.of(ofWeights.point().weights(), ofWeights.point().correction()));
      return k == 0
          ? now
          : now.and("factoredAt", factoredAt)
              .and("factoredFrom", factoredFrom)
              .and("factoredNorms", factoredNorms)
              .and("curvature", curvature);
    }

    /** Bounds at the current point. */
    private void note() {
      best.primal(u, at.at().loss() + problem.penalty(u, beta));
      DualPoint point = DualPoint.ofState(state, u);
      double bound = problem.lowerBound(at.at().gradient(), at.at().dual(), beta);
      offer(point, bound);
      double ahead = DECREASES_AHEAD * stop.relativeGap(upperBefore, best.upper());
      boolean projects =
          k > 0
              && ahead < projectBelow
              && problem.setting().leaves() > 0
              && !stop.reached(best.upper(), best.lower());
      watch.underWay(MOST_PASSES + (projects ? DualProjection.MOST_STEPS : 0), this::state);
      upperBefore = best.upper();
      if (projects) {
        project(point, ahead);
      }
    }

    /**
     * Projects the dual point where that may close the gap: once the objective is close to the
     * optimum, and then when it is closer by as much as the last attempt fell short.
     */
    private void project(DualPoint point, double ahead) {
      double enough = best.upper() - stop.tol() * Math.max(best.upper(), stop.scale());
      DualProjection.Bounded found =
          new DualProjection(problem, beta, stop.tol())
              .from("projected dual point " + k, point, at.at().gradient(), enough);
      offer(found.point(), found.bound());
      double left = stop.relativeGap(best.upper(), found.bound());
      projectBelow = ahead * Math.min(0.7, stop.tol() / left);
    }

    private void offer(DualPoint point, double bound) {
      if (!point.averaged() && (ofWeights == null || bound > ofWeights.bound())) {
        ofWeights = new DualProjection.Bounded(point, bound);
      }
      int before = best.dual().state();
      if (best.dual(point, bound) && before != point.state() && before != state) {
        problem.rows().release(before);
      }
    }

    private double[] smoothNorms(double[] w) {
      double[] nu = groups.norms(w);
      Arrays.setAll(nu, i -> Math.hypot(nu[i], epsilon));
      return nu;
    }

    private boolean normsMoved() {
      if (k - factoredAt < SPACING) {
        return false;
      }
      double[] nu = smoothNorms(u);
      int moved = 0;
      for (int i = 0; i < nu.length; i++) {
        double ratio = nu[i] / factoredNorms[i];
        if (ratio > CHANGED_FACTOR || ratio < 1 / CHANGED_FACTOR) {
          moved++;
        }
      }
      return moved > CHANGED_SHARE * nu.length;
    }

    private SampleMetric sampled(Problem.Move there, int state) {
      return new SampleMetric(
          problem,
          problem.sketchRows(
              "sample of the metric",
              sampleSize(),
              there,
              FLOOR,
              CounterRandom.mix(seed + 1),
              state));
    }

    private void refactor() {
      if (metric == null) {
        metric = sampled(at, state);
        sampledAt = u;
      }
      double[] nu = smoothNorms(u);
      factoredFrom = u;
      factoredNorms = nu;
      factoredAt = k;
      double[] sorted = nu.clone();
      Arrays.sort(sorted);
      boolean zero = sorted.length == 0 || sorted[sorted.length - 1] < 2 * epsilon;
      double least = 0;
      if (k == 0) {
        least =
            zero
                ? FIRST_PENALTY * Math.max(at.at().loss(), stop.scale()) / (beta * nu.length)
                : 0.1 * sorted[sorted.length / 2];
      }
      curvature = new double[nu.length];
      for (int i = 0; i < nu.length; i++) {
        curvature[i] = beta / Math.max(nu[i], least);
      }
      factor();
    }

    private void factor() {
      metric.refactor(problem.coordinates().toRows(factoredFrom), FLOOR, damping(), curvature);
    }

    private double damping() {
      int leaves = problem.setting().leaves();
      if (leaves == 0) {
        return DAMPING;
      }
      double rowsOfALeaf = Math.min(sampleSize(), problem.rowCount()) * metric.trees() / leaves;
      return rowsOfALeaf < problem.setting().width() ? DAMPING_OF_SMALL_LEAVES : DAMPING_OF_LEAVES;
    }

    /** Half-spaces with norms of their own need a product each: fewer rows. */
    private int sampleSize() {
      boolean own = problem.setting().halfSpaces() > 0 && problem.coordinates().norm(0).length > 0;
      return own ? sampleRows / 4 : sampleRows;
    }

    /**
     * No progress: the metric misses directions that matter. Twice the rows, as far as there are more
     * and the driver has room for their matrices (Lacotte and Pilanci, 2104.14101, double a sketch
     * too).
     */
    private void growSample() {
      double next = 2.0 * sampleSize();
      double room = SAMPLE_MEMORY_SHARE * Runtime.getRuntime().maxMemory();
      if (sampleSize() < problem.rowCount()
          && 2 * sampleRows <= MOST_SAMPLE
          && SampleMetric.bytes(next, metric.trees()) <= room) {
        sampleRows *= 2;
        metric = null;
        watch.message(
            String.format(
                Locale.ROOT, "slow progress: the metric is sampled from %.0f rows now", next));
      }
    }

    /** The gradient of Phi at w, given that of the loss. */
    private double[] smoothed(double[] gradient, double[] w) {
      double[] g = gradient.clone();
      for (int i = 0; i < groups.block(); i++) {
        g[i] += problem.ridge() * w[i];
      }
      double[] nu = smoothNorms(w);
      for (int i = 0, at = groups.block(); i < nu.length; i++) {
        double factor = beta / nu[i];
        for (int end = at + groups.length(); at < end; at++) {
          g[at] += factor * w[at];
        }
      }
      return g;
    }

    private double[] direction(double[] g) {
      double[] d = pairs.solve(g, metric::solve);
      for (int i = 0; i < d.length; i++) {
        d[i] = -d[i];
      }
      return d;
    }

    /** One step; false when no direction goes down any more. */
    private boolean iterate() {
      double[] g = smoothed(at.at().gradient(), u);
      double[] d = direction(g);
      double slope = Blas.dot(g, d);
      if (!(slope < 0)) {
        pairs.clear();
        d = direction(g);
        slope = Blas.dot(g, d);
        if (!(slope < 0)) {
          return false;
        }
      }
      double[] along = problem.coordinates().toRows(d);
      double a = step(d, along, slope);
      double[] next = u.clone();
      Blas.axpy(a, d, next);
      Blas.axpy(a, along, inRows);
      learn(u, next, g, smoothed(at.at().gradient(), next));
      u = next;
      averageDual(averaged && at.complete());
      return true;
    }

    /** Moves the rows along d, about as far as is best; returns how far. */
    private double step(double[] d, double[] along, double slope) {
      int moved = problem.counter().nextState();
      Problem.Search search =
          problem.search(
              "quasi-Newton step " + k,
              new SearchPass(problem.setting(), along, inRows, average, guess, FLOOR),
              state,
              moved);
      int before = state;
      state = moved;
      averaged = search.complete() && k > 0;
      if (averaged) {
        offer(
            DualPoint.ofAverage(moved, u),
            problem.lowerBound(averageGradient, search.dual(), beta));
      } else {
        // Some rows have a new average; all of them take the current dual point next time.
        averageGradient = at.at().gradient();
        average = 1;
      }
      release(before);
      at = search.move();
      double best = stepLength(d, slope, search.slopes());
      double length = guess;
      guess = best;
      return Math.abs(length - best) <= GOOD_GUESS * best ? length : correct(along, length, best);
    }

    private double correct(double[] along, double from, double to) {
      double[] there = inRows.clone();
      Blas.axpy(from, along, there);
      int moved = problem.counter().nextState();
      at =
          problem.move(
              "quasi-Newton step " + k + " corrected",
              there,
              along,
              to - from,
              FLOOR,
              state,
              moved);
      release(state);
      state = moved;
      return to;
    }

    private void release(int old) {
      if (best.dual().state() != old) {
        problem.rows().release(old);
      }
    }

    private void learn(double[] from, double[] to, double[] before, double[] after) {
      double[] step = to.clone();
      Blas.axpy(-1, from, step);
      double[] change = after;
      Blas.axpy(-1, before, change);
      pairs.learn(step, change);
    }

    /** The zero of Phi' along d: sums of rows at the grid, penalty and ridge in closed form. */
    private double stepLength(double[] d, double slope, double[] slopes) {
      double[] grid = SearchPass.steps();
      GroupNormsOnLine segment = new GroupNormsOnLine(groups, u, d);
      double beforeStep = 0;
      double before = slope;
      for (int s = 0; s < grid.length; s++) {
        double here =
            slopes[s]
                + problem.ridge() * segment.linearSlope(grid[s])
                + beta * segment.normSlope(grid[s], epsilon);
        if (here > 0) {
          return beforeStep + (grid[s] - beforeStep) * -before / (here - before);
        }
        beforeStep = grid[s];
        before = here;
      }
      return grid[grid.length - 1];
    }

    /** How far the average moves towards the new dual point: the share with the best gradient. */
    private void averageDual(boolean complete) {
      double[] g = at.at().gradient();
      if (!complete) {
        averageGradient = g;
        average = 1;
        return;
      }
      double[] change = g.clone();
      Blas.axpy(-1, averageGradient, change);
      GroupNormsOnLine segment = new GroupNormsOnLine(groups, averageGradient, change);
      double lowest = Double.POSITIVE_INFINITY;
      for (int s = 0; s <= 20; s++) {
        double share = s / 20.0;
        double merit =
            segment.largestNorm(share) / beta + 5 * segment.linearSquare(share) / problem.ridge();
        if (merit < lowest) {
          lowest = merit;
          average = share;
        }
      }
      double[] chosen = averageGradient.clone();
      Blas.axpy(average, change, chosen);
      averageGradient = chosen;
    }

    /** Smoothing leaves no group at exact zero: cuts those whose dual norm says they should be. */
    private Solution end(StopReason reason) {
      if (reason == StopReason.ENOUGH) {
        release(state);
        return best.solution(reason);
      }
      double[] g = at.at().gradient();
      double bar = Math.max(best.upper(), 0);
      for (double trim : TRIMS) {
        double[] cut = u.clone();
        int zeros = 0;
        for (int from = groups.block(); from < cut.length; from += groups.length()) {
          if (Blas.norm(g, from, groups.length()) < trim * beta) {
            Arrays.fill(cut, from, from + groups.length(), 0);
            zeros++;
          }
        }
        if (zeros == 0) {
          continue;
        }
        double objective = problem.evaluate("trim", cut, false).loss() + problem.penalty(cut, beta);
        if (objective <= bar || stop.reached(objective, best.lower())) {
          release(state);
          return new Solution(cut, objective, best.lower(), best.dual(), reason);
        }
      }
      release(state);
      return best.solution(reason);
    }
  }
}
